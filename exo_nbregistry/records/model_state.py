"""What a model's journal says, folded: aliases, tags, notes, and which versions are deleted.

Every event names its ``action``, its ``version``, when (``at``) and who (``actor``):

=========  ==================================================================================
alias      ``alias`` points at ``version``, whose record has the check ``target``
rollback   ``alias`` goes back to where it pointed before: undoes the last alias or unalias
unalias    ``alias`` points nowhere
tag        the version's tags gain ``tags``
untag      the version's tags lose ``names``
note       the version gains ``text``
delete     the version is hidden
restore    the version is back
purge      the version is hidden for good, and its payload is removed
=========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.fields import Note
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode
from exo_nbregistry.values.reference import check_alias, check_version

ACTIVE, DELETED, PURGED = "active", "deleted", "purged"


@immutable
@dataclass(frozen=True, slots=True)
class AliasMove:
    """One move of an alias.

    Attributes
    ----------
    alias : str
        The alias.
    version : int or None
        Where it points since; None if nowhere.
    protected : bool
        Whether the version cannot be deleted while the alias points at it.
    at : datetime
        When, in UTC, by the writer's clock.
    actor : str
        Who.
    number : int
        Number of the event: moves are ordered by it, never by time.
    record : Record
        The sealed event.
    """

    alias: str
    version: int | None
    protected: bool
    at: datetime
    actor: str
    number: int
    record: Record = field(repr=False, compare=False)


@dataclass(slots=True)
class VersionFacts:
    """What the journal says of one version.

    Attributes
    ----------
    tags : dict
        Tags that were set; None for one that was removed.
    notes : list of Note
        Notes, oldest first.
    status : {'active', 'deleted', 'purged'}
        Whether it can be loaded.
    """

    tags: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    status: str = ACTIVE


@dataclass(slots=True)
class ModelState:
    """The folded journal of one model. A state that a `Reader` returned never changes.

    Attributes
    ----------
    last : Record or None
        The newest event.
    facts : dict of int to VersionFacts
        What is said of each version that any event names.
    moves : list of AliasMove
        Every alias move, oldest first.
    """

    last: Record | None = None
    facts: dict[int, VersionFacts] = field(default_factory=dict)
    moves: list[AliasMove] = field(default_factory=list)
    _stacks: dict[str, list[AliasMove]] = field(default_factory=dict)

    def of(self, version: int) -> VersionFacts:
        """Return what is said of a version."""
        return self.facts.get(version) or VersionFacts()

    def alias(self, alias: str) -> AliasMove | None:
        """Return the move that says where an alias points, or None if it points nowhere."""
        stack = self._stacks.get(alias)
        return stack[-1] if stack and stack[-1].version is not None else None

    def before(self, alias: str) -> AliasMove | None:
        """Return the move that a rollback would go back to, or None if there is none."""
        stack = self._stacks.get(alias, [])
        return stack[-2] if len(stack) > 1 else None

    def aliases(self) -> dict[str, AliasMove]:
        """Return the aliases that point somewhere, sorted."""
        found = {name: self.alias(name) for name in sorted(self._stacks)}
        return {name: move for name, move in found.items() if move}

    def aliases_of(self, version: int) -> tuple[str, ...]:
        """Return the aliases that point at a version, sorted."""
        return tuple(name for name, move in self.aliases().items() if move.version == version)

    def after(self, records: Iterable[Record]) -> ModelState:
        """Return the state after further events; this one stays unchanged."""
        copy = ModelState(
            self.last,
            {
                version: VersionFacts(dict(facts.tags), list(facts.notes), facts.status)
                for version, facts in self.facts.items()
            },
            list(self.moves),
            {alias: list(stack) for alias, stack in self._stacks.items()},
        )
        for record in records:
            copy.apply(record)
        return copy

    def apply(self, record: Record) -> None:
        """Take in the next event; one with an action that is not known changes nothing.

        Raises
        ------
        RecordError
            If it lacks what its action needs: whole, but written by no release of this package.
        """
        event = record.content
        action = event.get("action")
        try:
            if action in ("alias", "unalias", "rollback"):
                self._move(record, event, str(action))
            elif action in ("tag", "untag", "note", "delete", "restore", "purge"):
                version = check_version(event["version"])
                self._change(self.facts.setdefault(version, VersionFacts()), event)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise RecordError(
                f"{record.key} is no event that can be followed ({error!r:.60}). Restore it "
                "from a copy of the registry; verify() lists everything that is damaged.",
                key=record.key,
            ) from error
        self.last = record

    def _move(self, record: Record, event: dict[str, Any], action: str) -> None:
        move = AliasMove(
            alias=check_alias(event["alias"]),
            version=None if action == "unalias" else check_version(event["version"]),
            protected=bool(event.get("protected")),
            at=decode(event["at"]),
            actor=event["actor"],
            number=record.number,
            record=record,
        )
        self.moves.append(move)
        stack = self._stacks.setdefault(move.alias, [])
        if action == "rollback":
            # The move before the last is in force again, under the event that says so.
            del stack[-2:]
        stack.append(move)

    def _change(self, facts: VersionFacts, event: dict[str, Any]) -> None:
        match event["action"]:
            case "tag":
                facts.tags |= decode(event["tags"])
            case "untag":
                facts.tags |= dict.fromkeys(event["names"])
            case "note":
                facts.notes.append(Note(event["text"], event["actor"], decode(event["at"])))
            case "delete":
                facts.status = DELETED if facts.status == ACTIVE else facts.status
            case "restore":
                facts.status = ACTIVE if facts.status == DELETED else facts.status
            case "purge":
                facts.status = PURGED


def fold(records: Iterable[Record]) -> ModelState:
    """Fold events, oldest first.

    Examples
    --------
    >>> fold([]).aliases()
    {}
    """
    state = ModelState()
    for record in records:
        state.apply(record)
    return state
