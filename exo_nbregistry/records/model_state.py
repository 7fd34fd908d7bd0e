"""The state of a model after all events of its journal: aliases, tags, notes and statuses.

Every event has an ``action``, a ``version``, a time (``at``) and a user (``actor``):

=========  ==================================================================================
alias      ``alias`` points to ``version``, whose record has the check ``target``
rollback   ``alias`` points to its previous version: undoes the last alias or unalias
unalias    ``alias`` is removed
tag        ``tags`` are added to the version
untag      the tags ``names`` are removed from the version
note       the note ``text`` is added to the version
attach     the attachment ``name`` with the payload ``artifact`` is added to the version;
           names of `OWN_ATTACHMENTS` are ignored
metrics    ``metrics`` were measured later, at the time ``measured_at``, on the data ``on``
delete     the version is deleted and can be restored
restore    the version is restored
purge      the version is deleted permanently, with its payload
=========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.fields import Artifact, Note, decode_part, plain_part
from exo_nbregistry.records.later_metrics import LaterMetrics, add_in_order, decode_event
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode
from exo_nbregistry.values.reference import check_alias, check_version

# Attachments that registering stores by itself: an event cannot add one, because its signer may be
# unknown and the registry reads them.
OWN_ATTACHMENTS = (
    *("evaluation", "input_example", "model", "sources"),
    *("trials", "curves", "columns", "test_set", "training_rows", "out_of_fold"),
)
ACTIVE, DELETED, PURGED = "active", "deleted", "purged"
_OF_VERSION = ("tag", "untag", "note", "attach", "metrics", "delete", "restore", "purge")


@immutable
@dataclass(frozen=True, slots=True)
class AliasMove:
    """A change of an alias.

    Attributes
    ----------
    alias : str
        The alias.
    version : int or None
        The version to which the alias points now; None if it was removed.
    protected : bool
        Whether the version cannot be deleted while the alias points to it.
    at : datetime
        Time of the change, in UTC, by the writer's clock.
    actor : str
        Name of the user.
    number : int
        Number of the event. Changes are sorted by number, not by time.
    record : Record
        The event.
    """

    alias: str
    version: int | None
    protected: bool
    at: datetime
    actor: str
    number: int
    record: Record = field(repr=False, compare=False)


@immutable
@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment that was added after the registration.

    Attributes
    ----------
    artifact : Artifact
        The stored attachment.
    at : datetime
        Time of the event, in UTC, by the writer's clock.
    actor : str
        Name of the user.
    record : Record
        The event, whose signer decides whether an attached model is loaded.
    """

    artifact: Artifact
    at: datetime
    actor: str
    record: Record = field(repr=False, compare=False)


@dataclass(slots=True)
class VersionFacts:
    """The state of a version after all events.

    Attributes
    ----------
    tags : dict
        Tags that events have set; the value of a removed tag is None.
    notes : list of Note
        Notes, oldest first.
    later_metrics : list of LaterMetrics
        Metrics that were measured after registration, by time of measurement.
    status : {'active', 'deleted', 'purged'}
        Whether the version can be loaded.
    attachments : dict of str to Attached
        Attachments that events have added. A name that is used again is ignored.
    """

    tags: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    later_metrics: list[LaterMetrics] = field(default_factory=list)
    status: str = ACTIVE
    attachments: dict[str, Attached] = field(default_factory=dict)

    def copy(self) -> VersionFacts:
        """Return an independent copy."""
        return VersionFacts(
            dict(self.tags),
            list(self.notes),
            list(self.later_metrics),
            self.status,
            dict(self.attachments),
        )


@dataclass(slots=True)
class ModelState:
    """The state of a model after all events; one that a `Reader` returned never changes.

    Attributes
    ----------
    last : Record or None
        The newest event.
    facts : dict of int to VersionFacts
        State of each version that an event names.
    moves : list of AliasMove
        All changes of aliases, oldest first.
    """

    last: Record | None = None
    facts: dict[int, VersionFacts] = field(default_factory=dict)
    moves: list[AliasMove] = field(default_factory=list)
    _stacks: dict[str, list[AliasMove]] = field(default_factory=dict)

    def of(self, version: int) -> VersionFacts:
        """Return the state of a version."""
        return self.facts.get(version) or VersionFacts()

    def alias(self, alias: str) -> AliasMove | None:
        """Return the current move of an alias, or None if the alias does not exist."""
        stack = self._stacks.get(alias)
        return stack[-1] if stack and stack[-1].version is not None else None

    def before(self, alias: str) -> AliasMove | None:
        """Return the move that a rollback would restore, or None if there is none."""
        stack = self._stacks.get(alias, [])
        return stack[-2] if len(stack) > 1 else None

    def aliases(self) -> dict[str, AliasMove]:
        """Return the current moves of all aliases, sorted by alias."""
        found = {name: self.alias(name) for name in sorted(self._stacks)}
        return {name: move for name, move in found.items() if move}

    def aliases_of(self, version: int) -> tuple[str, ...]:
        """Return the aliases of a version, sorted."""
        return tuple(name for name, move in self.aliases().items() if move.version == version)

    def after(self, records: Iterable[Record]) -> ModelState:
        """Return the state after further events; this one stays unchanged."""
        copy = ModelState(
            self.last,
            {version: facts.copy() for version, facts in self.facts.items()},
            list(self.moves),
            {alias: list(stack) for alias, stack in self._stacks.items()},
        )
        for record in records:
            copy.apply(record)
        return copy

    def apply(self, record: Record) -> None:
        """Apply the next event; an event with an unknown action is ignored.

        Raises
        ------
        RecordError
            If a field that the action requires is missing or invalid.
        """
        event = record.content
        action = event.get("action")
        try:
            if action in ("alias", "unalias", "rollback"):
                self._move(record, event, str(action))
            elif action in _OF_VERSION:
                version = check_version(event["version"])
                self._change(self.facts.setdefault(version, VersionFacts()), event, record)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise RecordError(
                f"{record.key} is not a valid event ({error!r:.60}). Restore it from a backup; "
                "verify() lists all damaged files.",
                key=record.key,
            ) from error
        self.last = record

    def _move(self, record: Record, event: dict[str, Any], action: str) -> None:
        move = AliasMove(
            alias=check_alias(event["alias"]),
            version=None if action == "unalias" else check_version(event["version"]),
            protected=bool(event.get("protected")),
            at=_time_of(event),
            actor=event["actor"],
            number=record.number,
            record=record,
        )
        self.moves.append(move)
        stack = self._stacks.setdefault(move.alias, [])
        if action == "rollback":
            # The previous move applies again, under the number of the rollback event.
            del stack[-2:]
        stack.append(move)

    def _change(self, facts: VersionFacts, event: dict[str, Any], record: Record) -> None:
        match event["action"]:
            case "tag":
                facts.tags |= decode(event["tags"])
            case "untag":
                facts.tags |= dict.fromkeys(event["names"])
            case "note":
                facts.notes.append(Note(event["text"], event["actor"], _time_of(event)))
            case "attach":
                attached, name = _attached(event, record), str(event["name"])
                if name.lower() not in OWN_ATTACHMENTS:
                    facts.attachments.setdefault(name, attached)
            case "metrics":
                add_in_order(facts.later_metrics, decode_event(event))
            case "delete":
                facts.status = DELETED if facts.status == ACTIVE else facts.status
            case "restore":
                facts.status = ACTIVE if facts.status == DELETED else facts.status
            case "purge":
                facts.status = PURGED


def _attached(event: dict[str, Any], record: Record) -> Attached:
    artifact: Artifact = plain_part(decode_part(Artifact, event["artifact"]), "artifact")
    return Attached(artifact, _time_of(event), event["actor"], record)


def _time_of(event: dict[str, Any]) -> datetime:
    at = decode(event["at"])
    if not isinstance(at, datetime) or not isinstance(event["actor"], str):
        raise TypeError("an event needs a time and a user")
    return at


def fold(records: Iterable[Record]) -> ModelState:
    """Return the state after a sequence of events, oldest first.

    Examples
    --------
    >>> fold([]).aliases()
    {}
    """
    state = ModelState()
    for record in records:
        state.apply(record)
    return state
