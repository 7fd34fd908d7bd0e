"""Payloads that no record needs: found first, removed second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError
from exo_nbregistry.journal import Journal
from exo_nbregistry.layout import blob_parts, blobs_folder, tmp_folder
from exo_nbregistry.state import PURGED
from exo_nbregistry.store.base import Store

DAY_NS = 24 * 3600 * 10**9


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
    return [
        item for model in journal.models() for item in _of_model(store, journal, model, grace_ns)
    ]


def _of_model(store: Store, journal: Journal, model: str, grace_ns: int) -> Iterator[Garbage]:
    candidates = [
        (f"{folder}/{entry.name}", entry, reason)
        for folder, reason in (
            (blobs_folder(model), "no version needs it"),
            (tmp_folder(model), "left by a writer that stopped"),
        )
        for entry in store.entries(folder)
        if entry.kind == "file"
    ]
    needed = referenced(journal, model) if candidates else set()
    if not candidates or needed is None:
        return
    now = store.clock_ns(tmp_folder(model))
    for key, entry, reason in candidates:
        parts = blob_parts(entry.name)
        if now - entry.modified_ns >= grace_ns and not (parts and parts[0] in needed):
            yield Garbage(key, entry.size_bytes, reason)


def referenced(journal: Journal, model: str) -> set[str] | None:
    """Return the digests that a model's versions need, or None if a record cannot be read."""
    state = journal.state(model)
    needed: set[str] = set()
    for number in journal.numbers(model):
        if state.of(number).status == PURGED:
            continue
        try:
            content = journal.read(model, number).content
        except (RecordError, IntegrityError, MissingKeyError):
            return None
        needed.add((content.get("artifact") or {}).get("sha256", ""))
        needed |= {item["sha256"] for item in content.get("attachments", {}).values()}
    return needed


def remove(store: Store, items: list[Garbage]) -> int:
    """Remove what a plan lists and return the number of bytes that it freed."""
    freed = 0
    for item in items:
        try:
            store.remove(item.key)
        except MissingKeyError:
            continue
        freed += item.size_bytes
    return freed


def remove_unreferenced(store: Store, journal: Journal, model: str) -> None:
    """Remove the payloads of a model's purged versions that no other version needs."""
    needed = referenced(journal, model)
    if needed is None:
        return
    state = journal.state(model)
    for number, facts in state.facts.items():
        if facts.status != PURGED:
            continue
        content = journal.read(model, number).content
        payloads = [content.get("artifact") or {}, *content.get("attachments", {}).values()]
        gone = {item.get("sha256") for item in payloads} - needed
        for entry in store.entries(blobs_folder(model)):
            parts = blob_parts(entry.name)
            if parts and parts[0] in gone:
                remove(store, [Garbage(f"{blobs_folder(model)}/{entry.name}", 0, "purged")])
