"""Aliases of models that are moved in: their history, or their current versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import ConflictError, RegistryError
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.model_state import AliasMove, ModelState
from exo_nbregistry.records.moved_in import MOVED_IN
from exo_nbregistry.registry.protection import require_policy
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.json_codec import encode


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMove:
    """A change of an alias in another tool.

    Attributes
    ----------
    alias : str
        The alias in this registry.
    version : int or None
        The version of this registry; None if the alias was removed.
    series : str
        The history of the alias in the other tool, such as ``gto:kepler_rf@prod``.
    source_id : str or None
        The version in the other tool; None if the alias was removed.
    place : int or None
        Place of the change in this history; None if the tool has only the current aliases.
    at : datetime or None
        Time of the change in the other tool.
    by : str
        Its author there, or an empty text.
    """

    alias: str
    version: int | None
    series: str
    source_id: str | None
    place: int | None = None
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class MovedAliases:
    """The result of `move_aliases`.

    Attributes
    ----------
    written : int
        Number of events that were written.
    problems : tuple of str
        Aliases that were not set, each with the reason.
    """

    written: int
    problems: tuple[str, ...]


def move_aliases(work: Workspace, key: str, moves: Sequence[IncomingMove]) -> MovedAliases:
    """Make the changes of the aliases of a model in the journal, in their order.

    An alias that this registry already has, and that no move-in has set last, is not moved.

    Parameters
    ----------
    work : Workspace
        The open registry.
    key : str
        The model key.
    moves : sequence of IncomingMove
        The changes, oldest first.

    Returns
    -------
    MovedAliases
        How many events were written, and which aliases were not set.
    """
    written, problems = 0, dict[str, str]()
    state = work.journal.snapshot(key).state
    for move in moves:
        if move.alias in problems or is_made(state, move):
            continue
        problem = conflict(state, key, move)
        if problem is None:
            try:
                require_policy(work, key, move.alias)
                state, added = _append(work, key, move)
                written += added
            except RegistryError as error:
                problem = f"{key}@{move.alias} was not set: {error}"
        if problem:
            problems[move.alias] = problem
    return MovedAliases(written, tuple(problems.values()))


def is_made(state: ModelState, move: IncomingMove) -> bool:
    """Return whether the journal has a change already, or a later one of the same history.

    Parameters
    ----------
    state : ModelState
        The state of the model.
    move : IncomingMove
        The change.

    Returns
    -------
    bool
        If True, the change is not made again. The newest change is, if its version was moved in
        again with other files, such as files that were missing before.
    """
    moved = [
        (made, origin)
        for made in state.moves
        if made.alias == move.alias and (origin := _origin(made)).get("series") == move.series
    ]
    if move.place is None:
        # The user may have moved the alias since, but the other tool has not.
        return bool(moved) and _is_same(*moved[-1], move)
    return any(
        type(place := origin.get("place")) is int
        and (place > move.place or (place == move.place and _is_same(made, origin, move)))
        for made, origin in moved
    )


def conflict(state: ModelState, key: str, move: IncomingMove) -> str | None:
    """Return why a change is not made, or None.

    Parameters
    ----------
    state : ModelState
        The state of the model.
    key : str
        The model key.
    move : IncomingMove
        The change.

    Returns
    -------
    str or None
        A sentence about an alias that was set here and points to another version.
    """
    last = next((made for made in reversed(state.moves) if made.alias == move.alias), None)
    if last is None or last.version == move.version:
        return None
    if _origin(last).get("series") == move.series:
        return None
    where = f"points to version {last.version}" if last.version else "was removed here"
    wanted = f"version {move.version}" if move.version else "nothing"
    call = f"registry.set_alias({key!r}, {move.alias!r}, {move.version})"
    hint = f"; {call} moves it" if move.version else ""
    return f"{key}@{move.alias} {where} and was not moved to {wanted}{hint}."


def _append(work: Workspace, key: str, move: IncomingMove) -> tuple[ModelState, int]:
    """Write the event of a change; return the state after it and the number of new events."""
    before: list[int] = []

    def decide(snapshot: Snapshot) -> dict[str, Any] | None:
        before[:] = [len(snapshot.events)]
        state = snapshot.state
        current = state.alias(move.alias)
        same = current.version == move.version if current else move.version is None
        if is_made(state, move) or same:
            return None
        if conflict(state, key, move):
            raise ConflictError("another user has moved it meanwhile; run the move-in again.")
        origin = _stored(move)
        event: dict[str, Any] = {"alias": move.alias, MOVED_IN: origin}
        if move.version is None:
            return event | {"action": "unalias"}
        snapshot.require_active(move.version)
        target = snapshot.version(move.version).check
        return event | {
            "action": "alias",
            "version": move.version,
            "target": target,
            "protected": bool(current and current.protected),
        }

    after = work.journal.append(key, decide, work.actor)
    return after.state, len(after.events) - before[0]


def _stored(move: IncomingMove) -> dict[str, Any]:
    """Return the change in the other tool, without the values that are unknown."""
    origin = {
        "series": move.series,
        "source_id": move.source_id,
        "place": move.place,
        "by": move.by or None,
        "at": None if move.at is None else encode(move.at),
    }
    return {name: value for name, value in origin.items() if value is not None}


def _is_same(made: AliasMove, origin: Mapping[str, Any], move: IncomingMove) -> bool:
    return origin.get("source_id") == move.source_id and made.version == move.version


def _origin(move: AliasMove) -> dict[str, Any]:
    origin = move.record.content.get(MOVED_IN)
    return origin if isinstance(origin, dict) else {}
