"""Purge the versions of a retention plan, unless a newer change protects them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exo_nbregistry.integrity.garbage import remove_unreferenced
from exo_nbregistry.integrity.retention import RetiredVersion, aliased, status_of
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.model_state import ACTIVE, PURGED, ModelState
from exo_nbregistry.store.base import Store


def purge_versions(
    store: Store,
    journal: Journal,
    versions: Sequence[RetiredVersion],
    actor: str,
    advance: Callable[[], object] = lambda: None,
) -> tuple[list[RetiredVersion], list[str]]:
    """Purge the versions of a plan, except those that a newer change protects.

    Parameters
    ----------
    store, journal
        The registry.
    versions : sequence of RetiredVersion
        The plan.
    actor : str
        Author of the events.
    advance : callable
        Called after each version, for a progress bar.

    Returns
    -------
    purged : list of RetiredVersion
        The versions that were purged.
    damaged : list of str
        Models whose files stay, because a damaged record may require them.
    """
    purged, damaged = [], []
    by_model: dict[str, list[RetiredVersion]] = {}
    for item in versions:
        by_model.setdefault(item.model, []).append(item)
    for model, items in by_model.items():
        found = []
        newest = _newest(journal.snapshot(model)) or 0
        for item in items:
            found += [item] if _purge(journal, item, newest, actor) else []
            advance()
        # Once for each model: it reads the records of all remaining versions.
        if found and not remove_unreferenced(store, journal, model):
            damaged.append(model)
        purged += found
    return purged, damaged


def _purge(journal: Journal, item: RetiredVersion, newest: int, actor: str) -> bool:
    appended = False

    def decide(snapshot: Snapshot) -> dict[str, Any] | None:
        nonlocal appended
        state = snapshot.state
        # Since the plan, another user may have set an alias, restored the version or deleted
        # those after it.
        appended = (
            status_of(state, item.version) == item.status
            and item.version not in aliased(state)
            # The versions are listed only if the newest one was deleted since.
            and item.version != (newest if _is_active(state, newest) else _newest(snapshot))
        )
        return {"action": "purge", "version": item.version} if appended else None

    journal.append(item.model, decide, actor)
    return appended


def _newest(snapshot: Snapshot) -> int | None:
    """Return the newest active version, or the newest one that is not purged."""
    newest_first = snapshot.versions[::-1]
    active = (n for n in newest_first if _is_active(snapshot.state, n))
    remaining = (n for n in newest_first if snapshot.state.of(n).status != PURGED)
    return next(active, None) or next(remaining, None)


def _is_active(state: ModelState, number: int) -> bool:
    return status_of(state, number) == ACTIVE
