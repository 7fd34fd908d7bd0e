"""Purge the versions of a retention plan, unless a newer change protects them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exo_nbregistry.integrity.garbage import remove_unreferenced
from exo_nbregistry.integrity.retention import RetiredVersion, aliased, status_of
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.model_state import ACTIVE, PURGED
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
    for model in dict.fromkeys(item.model for item in versions):
        found = []
        for item in versions:
            if item.model == model:
                found += [item] if _purge(journal, item, actor) else []
                advance()
        # Once for each model: it reads the records of all remaining versions.
        if found and not remove_unreferenced(store, journal, model):
            damaged.append(model)
        purged += found
    return purged, damaged


def _purge(journal: Journal, item: RetiredVersion, actor: str) -> bool:
    appended = False

    def decide(snapshot: Snapshot) -> dict[str, Any] | None:
        nonlocal appended
        state = snapshot.state
        newest_first = snapshot.versions[::-1]
        active = (n for n in newest_first if status_of(state, n) == ACTIVE)
        remaining = (n for n in newest_first if status_of(state, n) != PURGED)
        # Since the plan, another user may have set an alias, restored the version or deleted
        # those after it.
        appended = (
            status_of(state, item.version) == item.status
            and item.version not in aliased(state)
            and item.version != next(active, next(remaining, None))
        )
        return {"action": "purge", "version": item.version} if appended else None

    journal.append(item.model, decide, actor)
    return appended
