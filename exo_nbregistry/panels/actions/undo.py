"""What an action changes, and how it is put back as it was: calls of the registry alone.

The journal only grows, so nothing is undone by forgetting it: undoing is doing the inverse, and
only where all still is as the action left it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from exo_nbregistry.errors import ConflictError, RegistryError
from exo_nbregistry.records.model_state import ACTIVE, DELETED, AliasMove, fold
from exo_nbregistry.values.reference import model_id
from exo_nbregistry.views.facts import ABSENT, same

_MAX_LISTED = 3


class Pointer(NamedTuple):
    """Where an alias points, and whether it protects what is there."""

    version: int
    protected: bool


class Fact(Protocol):
    """Something that the journal says and that an action may change."""

    def read(self, registry: Any) -> Any:
        """Return what the registry says now."""

    def write(self, registry: Any, value: Any) -> None:
        """Make the registry say it."""

    def describe(self, value: Any) -> str:
        """Return the clause that says so."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Where an alias points: a `Pointer`, or None for nowhere."""

    model: str
    name: str

    def read(self, registry: Any) -> Pointer | None:
        """Return where it points now."""
        return _pointer(registry.aliases(self.model).get(self.name))

    def write(self, registry: Any, value: Pointer | None) -> None:
        """Point it there, unless somebody moves it in the same moment."""
        there = self.read(registry)
        expected = there and there.version
        if value is None:
            registry.remove_alias(self.model, self.name, expected=expected)
            return
        status = Status(model_id(self.model, value.version))
        # An alias may be left on a version that was deleted, but is set on none.
        hidden = status.read(registry) == DELETED and not value.protected
        if hidden:
            status.write(registry, ACTIVE)
        try:
            self._point(registry, value, expected)
        finally:
            if hidden:
                status.write(registry, DELETED)

    def _point(self, registry: Any, value: Pointer, expected: int | None) -> None:
        moves = registry.alias_history(self.model, self.name)
        if _pointer(fold(move.record for move in moves).before(self.name)) == value:
            # So that a later rollback goes where it would have gone without what is undone.
            registry.rollback_alias(self.model, self.name, expected=expected)
        else:
            version, protected = value
            registry.set_alias(
                self.model, self.name, version, expected=expected, protected=protected
            )

    def describe(self, value: Pointer | None) -> str:
        """Return where it points, as a clause."""
        if value is None:
            return f"{self.model}@{self.name} points nowhere"
        mark = " (protected)" if value.protected else ""
        return f"{self.model}@{self.name} points at {value.version}{mark}"


@dataclass(frozen=True, slots=True)
class Tag:
    """The value of a version's tag, or `ABSENT`."""

    ref: str
    name: str

    def read(self, registry: Any) -> Any:
        """Return its value now."""
        return registry.get_metadata(self.ref).tags.get(self.name, ABSENT)

    def write(self, registry: Any, value: Any) -> None:
        """Give it this value, or take it away."""
        if value is ABSENT:
            registry.untag_model(self.ref, self.name)
        else:
            registry.tag_model(self.ref, **{self.name: value})

    def describe(self, value: Any) -> str:
        """Return the version's tag, as a clause."""
        if value is ABSENT:
            return f"{self.ref} has no tag {self.name!r:.60}"
        shown = "" if value is True else f" = {value!r:.60}"
        return f"{self.ref} has the tag {self.name!r:.60}{shown}"


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a version is active, deleted or purged."""

    ref: str

    def read(self, registry: Any) -> str:
        """Return its status now."""
        status: str = registry.get_metadata(self.ref).status
        return status

    def write(self, registry: Any, value: str) -> None:
        """Restore or delete it."""
        if value == ACTIVE:
            registry.restore_model(self.ref)
        else:
            registry.delete_model(self.ref)

    def describe(self, value: str) -> str:
        """Return its status, as a clause."""
        return f"{self.ref} is {value}"


class Change(NamedTuple):
    """A fact before and after an action; both are the same where it only must not have changed."""

    fact: Fact
    before: Any
    after: Any


class Outcome(NamedTuple):
    """What came of the calls of an action: what each returned, and what stopped them."""

    results: list[Any]
    error: Exception | None


class Call(Protocol):
    """One call of the registry, with the facts that it may change or relies on."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What it may change or relies on."""

    def run(self, registry: Any) -> Any:
        """Do it."""


class UndoStack:
    """Do actions, and undo them in the reverse order.

    Parameters
    ----------
    registry : ModelRegistry
        Where they are done.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._done: list[tuple[str, list[Change]]] = []

    @property
    def next(self) -> str | None:
        """The name of the action that would be undone; None if there is none."""
        return self._done[-1][0] if self._done else None

    def do(
        self,
        name: str,
        calls: Sequence[Call],
        progress: Callable[[int], None] = lambda _: None,
    ) -> Outcome:
        """Make the calls of one action, until one fails.

        Parameters
        ----------
        name : str
            What it is called when it can be undone.
        calls : sequence of Call
            What to do.
        progress : callable
            Told after each call how many were made.

        Returns
        -------
        Outcome
            What was done can be undone, also if it was not all.
        """
        results: list[Any] = []
        changes: list[Change] = []
        error = None
        try:
            for call in calls:
                # A call, and its facts before and after, are one look at the registry.
                with self._registry.consistent_reads():
                    before = [fact.read(self._registry) for fact in call.facts]
                    results.append(call.run(self._registry))
                    after = [fact.read(self._registry) for fact in call.facts]
                changes += map(Change, call.facts, before, after)
                progress(len(results))
        except (RegistryError, OSError) as failure:
            error = failure
        if any(not same(change.before, change.after) for change in changes):
            self._done.append((name, changes))
        return Outcome(results, error)

    def undo(self) -> str:
        """Undo the last action that was not undone yet.

        Returns
        -------
        str
            How things are again, as a clause.

        Raises
        ------
        ConflictError
            If something that it was about has changed since; then nothing is undone, and what
            was done before it is the next to be undone.
        RegistryError
            If the registry cannot be written; then it can be tried again.
        """
        _, changes = self._done[-1]
        left = []
        for fact, before, after in changes:
            now = fact.read(self._registry)
            # What is as it was before may be so by an undoing that stopped half-way.
            if not same(now, before):
                left.append((fact, before))
                if not same(now, after):
                    self._done.pop()
                    raise ConflictError(
                        f"{fact.describe(now)}, which was changed since: nothing was undone.",
                        expected=after,
                        actual=now,
                    )
        for fact, before in left:
            fact.write(self._registry, before)
        self._done.pop()
        again = [
            fact.describe(before) for fact, before, after in changes if not same(before, after)
        ]
        told = again if len(again) <= _MAX_LISTED else [f"all {len(again)} versions are as before"]
        return " and ".join(told)


def _pointer(move: AliasMove | None) -> Pointer | None:
    if move is None or move.version is None:
        return None
    return Pointer(move.version, move.protected)
