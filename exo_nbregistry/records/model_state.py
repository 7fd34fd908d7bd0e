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
purge      the version is deleted permanently, with its payload; by an unknown signer, it is a
           ``delete``, so that no payload is removed on their word
=========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.event_signer import OWN, EventProblem, signed_actor
from exo_nbregistry.records.moved_in import MovedIn, moved_in_of
from exo_nbregistry.records.record import Record
from exo_nbregistry.records.version_facts import (
    ACTIVE,
    DELETED,
    OWN_ATTACHMENTS,
    PURGED,
    Attached,
    VersionFacts,
    change_facts,
    time_of,
)
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.reference import check_alias, check_version

__all__ = [
    "ACTIONS",
    "ACTIVE",
    "DELETED",
    "MOVES",
    "OWN_ATTACHMENTS",
    "PURGED",
    "AliasMove",
    "Attached",
    "ModelState",
    "VersionFacts",
    "fold",
]
MOVES = ("alias", "unalias", "rollback")
_OF_VERSION = ("tag", "untag", "note", "attach", "metrics", "delete", "restore", "purge")
ACTIONS = (*MOVES, *_OF_VERSION)


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
        Name of the user, with the signer unless it is this user.
    number : int
        Number of the event. Changes are sorted by number, not by time.
    record : Record
        The event.
    signer : SignerStatus
        Signer of the event, for this user.
    """

    alias: str
    version: int | None
    protected: bool
    at: datetime
    actor: str
    number: int
    record: Record = field(repr=False, compare=False)
    signer: SignerStatus = field(default=OWN, repr=False, compare=False)

    @property
    def moved_in(self) -> MovedIn | None:
        """Author and time of a change that was made in another tool and was moved in."""
        return moved_in_of(self.record.content)


@dataclass(slots=True)
class ModelState:
    """The state of a model after all events; one that a `Reader` returned never changes.

    Attributes
    ----------
    last : Record or None
        The newest event that is whole: it has a valid signature and follows the earlier events.
    facts : dict of int to VersionFacts
        State of each version that an event names.
    moves : list of AliasMove
        All changes of aliases, oldest first.
    problems : dict of int to EventProblem
        Events that are not followed, by number.
    checks : dict of int to str
        The check of each event that is whole, by number.
    highest, count : int
        The highest number of an event, whole or not, and the number of events.
    untrusted : set of int
        The numbers of the events that are whole and have an unknown signer.
    """

    last: Record | None = None
    facts: dict[int, VersionFacts] = field(default_factory=dict)
    moves: list[AliasMove] = field(default_factory=list)
    problems: dict[int, EventProblem] = field(default_factory=dict)
    checks: dict[int, str] = field(default_factory=dict, repr=False, compare=False)
    highest: int = field(default=0, compare=False)
    count: int = field(default=0, compare=False)
    untrusted: set[int] = field(default_factory=set, repr=False, compare=False)
    _stacks: dict[str, list[AliasMove]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether no event is missing, damaged or without a valid signature."""
        return all(
            problem.kind in ("unknown signer", "policy") for problem in self.problems.values()
        )

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

    def aliases_of(self, version: int, check: str | None = None) -> tuple[str, ...]:
        """Return the aliases of a version, sorted.

        Parameters
        ----------
        version : int
            The version.
        check : str, optional
            Check of its record. An alias that was set on another record is omitted.
        """
        return tuple(
            name
            for name, move in self.aliases().items()
            if move.version == version and check in (None, move.record.content.get("target", check))
        )

    def copy(self) -> ModelState:
        """Return an independent copy."""
        return ModelState(
            self.last,
            # `apply` replaces the facts of a version: a copy of all of them would make many events
            # in a row quadratic.
            dict(self.facts),
            list(self.moves),
            dict(self.problems),
            dict(self.checks),
            self.highest,
            self.count,
            set(self.untrusted),
            {alias: list(stack) for alias, stack in self._stacks.items()},
        )

    def apply(self, record: Record, signer: SignerStatus = OWN) -> None:
        """Apply the next event; an event with an unknown action is ignored.

        Parameters
        ----------
        record : Record
            An event that is whole and that its signer may cause.
        signer : SignerStatus
            Its signer.

        Raises
        ------
        RecordError
            If a field that the action requires is missing or invalid.
        """
        event = record.content
        action = event.get("action")
        try:
            if action in MOVES:
                self._move(record, event, str(action), signer)
            elif action in _OF_VERSION:
                version = check_version(event["version"])
                facts = self.of(version).copy()
                change_facts(facts, record, signer)
                self.facts[version] = facts
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise RecordError(
                f"{record.key} is not a valid event ({error!r:.60}). Restore it from a backup; "
                "verify() lists all damaged files.",
                key=record.key,
            ) from error
        self.last, self.highest = record, record.number
        self.checks[record.number] = record.check

    def _move(
        self, record: Record, event: dict[str, Any], action: str, signer: SignerStatus
    ) -> None:
        move = AliasMove(
            alias=check_alias(event["alias"]),
            version=None if action == "unalias" else check_version(event["version"]),
            protected=bool(event.get("protected")),
            at=time_of(event),
            actor=signed_actor(event["actor"], signer),
            number=record.number,
            record=record,
            signer=signer,
        )
        self.moves.append(move)
        stack = self._stacks.setdefault(move.alias, [])
        if action == "rollback":
            # The previous move applies again, under the number of the rollback event. A reader
            # that did not follow the undone move is there already.
            *_, before, now = None, None, *(item.version for item in stack)
            del stack[-1 if now == move.version != before else -2 :]
        stack.append(move)


def fold(records: Iterable[Record]) -> ModelState:
    """Return the state after a sequence of events that may all be followed, oldest first.

    Examples
    --------
    >>> fold([]).aliases()
    {}
    """
    state = ModelState()
    for record in records:
        state.apply(record)
    return state
