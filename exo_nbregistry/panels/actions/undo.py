"""Undo of actions, by calls of the registry.

The journal is append-only, so that an undo runs the inverse action. It runs only if all changed
facts still have the values that the action set.
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
    """Version of an alias, and whether the alias is protected."""

    version: int
    protected: bool


class Fact(Protocol):
    """Interface of a fact that an action may change."""

    def read(self, registry: Any) -> Any:
        """Return the current value."""

    def write(self, registry: Any, value: Any) -> None:
        """Set the value."""

    def describe(self, value: Any) -> str:
        """Return a clause that describes a value."""


@dataclass(frozen=True, slots=True)
class Alias:
    """The target of an alias: a `Pointer`, or None if the alias does not exist."""

    model: str
    name: str

    def read(self, registry: Any) -> Pointer | None:
        """Return the current target."""
        return _pointer(registry.aliases(self.model).get(self.name))

    def write(self, registry: Any, value: Pointer | None) -> None:
        """Set the target; a concurrent move by another user is a conflict."""
        there = self.read(registry)
        expected = there and there.version
        if value is None:
            registry.remove_alias(self.model, self.name, expected=expected, force=True)
            return
        status = Status(model_id(self.model, value.version))
        # An alias may remain on a deleted version, but cannot be set to one.
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
            # A later rollback then ignores the move that is undone.
            registry.rollback_alias(self.model, self.name, expected=expected, force=True)
        else:
            version, protected = value
            registry.set_alias(
                self.model, self.name, version, expected=expected, protected=protected, force=True
            )

    def describe(self, value: Pointer | None) -> str:
        """Return a clause that describes a target."""
        if value is None:
            return f"{self.model}@{self.name} was removed"
        mark = " (protected)" if value.protected else ""
        return f"{self.model}@{self.name} points to {value.version}{mark}"


@dataclass(frozen=True, slots=True)
class Tag:
    """The value of a version's tag, or `ABSENT`."""

    ref: str
    name: str

    def read(self, registry: Any) -> Any:
        """Return the current value."""
        return registry.get_metadata(self.ref).tags.get(self.name, ABSENT)

    def write(self, registry: Any, value: Any) -> None:
        """Set the tag, or remove it."""
        if value is ABSENT:
            registry.untag_model(self.ref, self.name)
        else:
            registry.tag_model(self.ref, **{self.name: value})

    def describe(self, value: Any) -> str:
        """Return a clause that describes a value."""
        if value is ABSENT:
            return f"{self.ref} has no tag {self.name!r:.60}"
        shown = "" if value is True else f" = {value!r:.60}"
        return f"{self.ref} has the tag {self.name!r:.60}{shown}"


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a version is active, deleted or purged."""

    ref: str

    def read(self, registry: Any) -> str:
        """Return the current status."""
        status: str = registry.get_metadata(self.ref).status
        return status

    def write(self, registry: Any, value: str) -> None:
        """Restore or delete the version."""
        if value == ACTIVE:
            registry.restore_model(self.ref)
        else:
            registry.delete_model(self.ref)

    def describe(self, value: str) -> str:
        """Return a clause that describes a status."""
        return f"{self.ref} is {value}"


class Change(NamedTuple):
    """Values of a fact before and after an action; equal if the action only depends on the fact."""

    fact: Fact
    before: Any
    after: Any


class Outcome(NamedTuple):
    """Results of the calls of an action, and the error that stopped them."""

    results: list[Any]
    error: Exception | None


class Call(Protocol):
    """Interface of a registry call, with the facts that it may change or depends on."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Facts that the call may change or depends on."""

    def run(self, registry: Any) -> Any:
        """Run the call."""


class UndoStack:
    """Runs actions, and undoes them in reverse order.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._done: list[tuple[str, list[Change]]] = []

    @property
    def next(self) -> str | None:
        """Name of the action that `undo` would undo; None without one."""
        return self._done[-1][0] if self._done else None

    def do(
        self,
        name: str,
        calls: Sequence[Call],
        progress: Callable[[int], None] = lambda _: None,
    ) -> Outcome:
        """Run the calls of an action until one fails.

        Parameters
        ----------
        name : str
            Name of the action, for `next`.
        calls : sequence of Call
            Calls to run.
        progress : callable
            Called after each call with the number of completed calls.

        Returns
        -------
        Outcome
            Results and error. Completed calls can be undone.
        """
        results: list[Any] = []
        changes: list[Change] = []
        error = None
        try:
            for call in calls:
                # A call and its facts before and after use the same snapshot.
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
        """Undo the last action.

        Returns
        -------
        str
            Clause that describes the restored state.

        Raises
        ------
        ConflictError
            If a changed fact has changed again since. Nothing is undone then, and the next
            `undo` undoes the action before.
        RegistryError
            If the registry cannot be written. `undo` can be called again.
        """
        _, changes = self._done[-1]
        left = []
        for fact, before, after in changes:
            now = fact.read(self._registry)
            # An interrupted undo may have restored some facts already.
            if not same(now, before):
                left.append((fact, before))
                if not same(now, after):
                    self._done.pop()
                    raise ConflictError(
                        f"Cannot undo: {fact.describe(now)}, which is a later change.",
                        expected=after,
                        actual=now,
                    )
        for fact, before in left:
            fact.write(self._registry, before)
        self._done.pop()
        again = [
            fact.describe(before) for fact, before, after in changes if not same(before, after)
        ]
        if len(again) > _MAX_LISTED:
            return f"restored the previous state of {len(again)} versions"
        return " and ".join(again)


def _pointer(move: AliasMove | None) -> Pointer | None:
    if move is None or move.version is None:
        return None
    return Pointer(move.version, move.protected)
