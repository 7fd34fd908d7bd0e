"""Payloads that no record needs: found first, removed second."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError, StoreError
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.model_state import PURGED
from exo_nbregistry.records.record import Record
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.keys import (
    DESCRIPTOR_TMP,
    MODELS,
    blob_parts,
    blobs_folder,
    tmp_folder,
)
from exo_nbregistry.values.reference import is_model_key

_INTERRUPTED = "left by a writer that stopped"
DAY_NS = 24 * 3600 * 10**9
# The last three: a record that is whole, and was written by something else.
_UNREADABLE = (
    *(RecordError, IntegrityError, MissingKeyError),
    *(AttributeError, LookupError, TypeError),
)


@dataclass(frozen=True, slots=True)
class Garbage:
    """One file that nothing needs.

    Attributes
    ----------
    key : str
        Its store key.
    size_bytes : int
        Its size.
    reason : str
        Why it is not needed.
    """

    key: str
    size_bytes: int
    reason: str


def plan(store: Store, journal: Journal, *, grace_ns: int = DAY_NS) -> list[Garbage]:
    """List what could be removed: payloads without a record and bytes in flight, if old enough.

    Parameters
    ----------
    store, journal
        The registry.
    grace_ns : int, nanoseconds
        Younger files may belong to a writer at work.

    Returns
    -------
    list of Garbage
        Nothing of a model with a record that cannot be read: it may need anything.
    """
    # Also of one that has no version: its first writer may have been killed.
    models = [e.name for e in store.entries(MODELS) if e.kind == "folder" and is_model_key(e.name)]
    items = [item for model in models for item in _of_model(store, journal, model, grace_ns)]
    return [*_of_founding(store, grace_ns), *items]


def _of_founding(store: Store, grace_ns: int) -> Iterator[Garbage]:
    entries = store.entries(DESCRIPTOR_TMP)
    now = store.clock_ns(DESCRIPTOR_TMP) if entries else 0
    for entry in entries:
        if now - entry.modified_ns >= grace_ns:
            yield Garbage(f"{DESCRIPTOR_TMP}/{entry.name}", entry.size_bytes, _INTERRUPTED)


def _of_model(store: Store, journal: Journal, model: str, grace_ns: int) -> Iterator[Garbage]:
    candidates = [
        (f"{folder}/{entry.name}", entry, reason)
        for folder, reason in (
            (blobs_folder(model), "no version needs it"),
            (tmp_folder(model), _INTERRUPTED),
        )
        for entry in store.entries(folder)
        if entry.kind == "file" or folder == tmp_folder(model)
    ]
    needed = referenced(journal, model) if candidates else set()
    if needed is None:
        return
    spare = [candidate for candidate in candidates if _digest(candidate[0]) not in needed]
    # To tell the time, a store must write: not where there is nothing to remove.
    now = store.clock_ns(tmp_folder(model)) if spare else 0
    for key, entry, reason in spare:
        if now - entry.modified_ns >= grace_ns:
            yield Garbage(key, entry.size_bytes, reason)


def referenced(journal: Journal, model: str) -> set[str] | None:
    """Return the digests that a model's versions need, or None if a record cannot be read."""
    needed: set[str] = set()
    try:
        state = journal.state(model)
        for number in journal.numbers(model):
            if state.of(number).status != PURGED:
                needed |= payloads(journal.read(model, number))
    except _UNREADABLE:
        return None
    return needed


def payloads(record: Record) -> set[str]:
    """Return the digests of the payloads that a version's record names."""
    content = record.content
    named = [content.get("artifact") or {}, *content.get("attachments", {}).values()]
    return {item["sha256"] for item in named if item}


def remove(store: Store, journal: Journal, items: Iterable[Garbage]) -> int:
    """Remove what a plan lists, but for what a writer has come to need since.

    Returns
    -------
    int
        Number of bytes freed.
    """
    by_model: dict[str, list[Garbage]] = {}
    freed = 0
    for item in items:
        folder, name = item.key.split("/")[:2]
        if folder == MODELS:
            by_model.setdefault(name, []).append(item)
        else:
            freed += _discard(store, item.key, item.size_bytes)
    # Registries of earlier releases have this folder, and a killed process may leave it.
    with contextlib.suppress(StoreError):
        store.remove(DESCRIPTOR_TMP)
    return freed + sum(_withdraw(store, journal, *found) for found in by_model.items())


def _discard(store: Store, key: str, size_bytes: int) -> int:
    with contextlib.suppress(MissingKeyError):
        store.remove(key)
        return size_bytes
    return 0


def remove_unreferenced(store: Store, journal: Journal, model: str) -> None:
    """Remove the payloads of a model's purged versions that no other version needs."""
    needed = referenced(journal, model)
    if needed is None:
        return
    gone: set[str] = set()
    for number, facts in journal.state(model).facts.items():
        # What a damaged record named is found by its age, in a plan.
        with contextlib.suppress(*_UNREADABLE):
            gone |= payloads(journal.read(model, number)) if facts.status == PURGED else set()
    gone -= needed
    folder = blobs_folder(model)
    keys = (f"{folder}/{entry.name}" for entry in store.entries(folder))
    purged = [Garbage(key, 0, "purged") for key in keys if _digest(key) in gone]
    _withdraw(store, journal, model, purged)


def restore_interrupted(store: Store, journal: Journal) -> None:
    """Return needed payloads to their place that a clean-up put aside before it was killed."""
    for entry in store.entries(MODELS):
        model = entry.name
        if entry.kind == "folder" and is_model_key(model):
            aside = [e.name for e in store.entries(tmp_folder(model)) if blob_parts(e.name)]
            needed = (referenced(journal, model) if aside else None) or set()
            for name in aside:
                key = f"{blobs_folder(model)}/{name}"
                if _digest(name) in needed and store.info(key) is None:
                    store.rename(f"{tmp_folder(model)}/{name}", key)


def _withdraw(store: Store, journal: Journal, model: str, items: list[Garbage]) -> int:
    """Put files out of sight, look again who needs them, then remove them or put them back.

    A writer's payload comes before its record. A record that is made before the second look is
    seen by it; one made after it belongs to a writer who finds the payload gone, and publishes
    it again (`Registration.register_model`).
    """
    aside = {}
    for item in items:
        place = f"{tmp_folder(model)}/{item.key.rpartition('/')[2]}"
        with contextlib.suppress(MissingKeyError):
            if place != item.key:
                store.rename(item.key, place)
            aside[place] = item
    needed = referenced(journal, model)
    freed = 0
    for place, item in aside.items():
        if place != item.key and (needed is None or _digest(item.key) in needed):
            store.rename(place, item.key)
            continue
        freed += _discard(store, place, item.size_bytes)
    return freed


def _digest(key: str) -> str:
    parts = blob_parts(key.rpartition("/")[2])
    return parts[0] if parts else ""
