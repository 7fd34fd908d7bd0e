"""Versions that were deleted in another tool, and are deleted here after they are moved in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.moved_in import MOVED_IN
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.reference import model_id


def is_decided(state: ModelState, version: int) -> bool:
    """Return whether a version was deleted or restored here, which a move-in does not change.

    Parameters
    ----------
    state : ModelState
        The state of the model.
    version : int
        The version.

    Returns
    -------
    bool
        If True, the version is not deleted.
    """
    return state.of(version).changed is not None


def kept_by_alias(state: ModelState, key: str, version: int) -> str | None:
    """Return why a version is not deleted, or None.

    Parameters
    ----------
    state : ModelState
        The state of the model, after the aliases were moved in.
    key : str
        The model key.
    version : int
        The version.

    Returns
    -------
    str or None
        A sentence about an alias that points to the version.
    """
    aliases = state.aliases_of(version)
    if not aliases:
        return None
    name = model_id(key, version)
    return (
        f"{name} is deleted in its store and was not deleted here, because {key}@{aliases[0]} "
        f"points to it; move the alias, then registry.delete_model({name!r})."
    )


def move_deletions(
    work: Workspace, key: str, versions: Iterable[int], tool: str
) -> tuple[int, tuple[str, ...]]:
    """Delete versions that are deleted in their store. They can be restored.

    A version that was deleted or restored here before is not changed, so that a repeated move-in
    does not undo a restoration.

    Parameters
    ----------
    work : Workspace
        The open registry.
    key : str
        The model key.
    versions : iterable of int
        The versions. Their aliases were moved in before.
    tool : str
        Name of the tool.

    Returns
    -------
    deleted : int
        Number of versions that were deleted.
    problems : tuple of str
        Sentences about versions that an alias keeps.
    """
    deleted, problems = 0, []
    for version in versions:
        state = work.journal.snapshot(key).state
        if is_decided(state, version):
            continue
        if problem := kept_by_alias(state, key, version):
            problems.append(problem)
            continue
        deleted += _delete(work, key, version, tool)
    return deleted, tuple(problems)


def _delete(work: Workspace, key: str, version: int, tool: str) -> bool:
    decided: list[bool] = []

    def decide(snapshot: Snapshot) -> dict[str, Any] | None:
        state = snapshot.state
        decided[:] = [is_decided(state, version) or bool(kept_by_alias(state, key, version))]
        if decided[0]:
            return None
        return {"action": "delete", "version": version, MOVED_IN: {"tool": tool}}

    work.journal.append(key, decide, work.actor)
    return not decided[0]
