"""Detection and removal of files that no version requires."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError, StoreError
from exo_nbregistry.journal.checkpoint_record import checkpoint_numbers, named_index
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.model_state import PURGED, ModelState
from exo_nbregistry.records.record import Record
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.keys import (
    CHECKPOINTS,
    DESCRIPTOR_TMP,
    MODELS,
    attachment_parts,
    attachments_folder,
    blob_parts,
    blobs_folder,
    checkpoint_digest,
    tmp_folder,
)
from exo_nbregistry.values.reference import is_model_key

_INTERRUPTED = "left by a writer that stopped"
DAY_NS = 24 * 3600 * 10**9
# The last three: an intact record that another program wrote.
UNREADABLE = (
    *(RecordError, IntegrityError, MissingKeyError),
    *(AttributeError, LookupError, TypeError),
)


@dataclass(frozen=True, slots=True)
class Garbage:
    """An unused file.

    Attributes
    ----------
    key : str
        Store key of the file.
    size_bytes : int
        Size of the file.
    reason : str
        Why it is unused.
    """

    key: str
    size_bytes: int
    reason: str


def plan(store: Store, journal: Journal, *, grace_ns: int = DAY_NS) -> list[Garbage]:
    """List the unused files that are old enough to remove.

    Parameters
    ----------
    store, journal
        The registry.
    grace_ns : int, nanoseconds
        Minimum age of a file; a younger file may belong to an active writer.

    Returns
    -------
    list of Garbage
        Payloads without a version, and temporary files. A model with an unreadable record or a
        damaged event has none, because that record may require any file.
    """
    # Also models without a version, whose first writer may have been killed.
    models = [e.name for e in store.entries(MODELS) if e.kind == "folder" and is_model_key(e.name)]
    items = [item for model in models for item in _of_model(store, journal, model, grace_ns)]
    return [*_of_root(store, grace_ns), *items]


def _of_root(store: Store, grace_ns: int) -> Iterator[Garbage]:
    """Yield temporary files, and copies of the index that no checkpoint names."""
    found = [(DESCRIPTOR_TMP, entry) for entry in store.entries(DESCRIPTOR_TMP)]
    named = {named_index(store, number) for number in checkpoint_numbers(store)}
    for entry in store.entries(CHECKPOINTS):
        digest = checkpoint_digest(entry.name)
        if entry.kind == "file" and digest and digest not in named:
            found.append((CHECKPOINTS, entry))
    now = store.clock_ns(DESCRIPTOR_TMP) if found else 0
    for folder, entry in found:
        if now - entry.modified_ns >= grace_ns:
            yield Garbage(f"{folder}/{entry.name}", entry.size_bytes, _INTERRUPTED)


def _of_model(store: Store, journal: Journal, model: str, grace_ns: int) -> Iterator[Garbage]:
    candidates = [
        (f"{folder}/{entry.name}", entry, reason)
        for folder, reason in (
            (blobs_folder(model), "no version requires it"),
            (attachments_folder(model), "no version requires it"),
            (tmp_folder(model), _INTERRUPTED),
        )
        for entry in store.entries(folder)
        if entry.kind == "file" or folder == tmp_folder(model)
    ]
    needed = referenced(journal, model) if candidates else set()
    if needed is None:
        return
    spare = [candidate for candidate in candidates if _digest(candidate[0]) not in needed]
    # Reading the store's clock requires a write, so it is skipped if there is no spare file.
    now = store.clock_ns(tmp_folder(model)) if spare else 0
    for key, entry, reason in spare:
        if now - entry.modified_ns >= grace_ns:
            yield Garbage(key, entry.size_bytes, reason)


def referenced(journal: Journal, model: str) -> set[str] | None:
    """Return the digests that a model's versions require, or None if a record is unreadable."""
    needed: set[str] = set()
    try:
        state = journal.state(model)
        if not state.is_complete:
            return None
        kept = [n for n in journal.numbers(model) if state.of(n).status != PURGED]
        for number in journal.ahead(model, kept):
            needed |= payloads(journal.read(model, number)) | attached(state, number)
    except UNREADABLE:
        return None
    return needed


def payloads(record: Record) -> set[str]:
    """Return the digests of the payloads that a version's record names."""
    content = record.content
    named = [content.get("artifact") or {}, *content.get("attachments", {}).values()]
    return {item["sha256"] for item in named if item}


def attached(state: ModelState, number: int) -> set[str]:
    """Return the digests of the attachments that events have added to a version."""
    return {item.artifact.sha256 for item in state.of(number).attachments.values()}


def remove(store: Store, journal: Journal, items: Iterable[Garbage]) -> int:
    """Remove the files of a plan, except those that a new version requires.

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


def remove_unreferenced(store: Store, journal: Journal, model: str) -> bool:
    """Remove the payloads of purged versions that no other version requires.

    Returns
    -------
    bool
        False if an unreadable record may require them, so that all are kept.
    """
    needed = referenced(journal, model)
    if needed is None:
        return False
    purged: set[str] = set()
    state = journal.state(model)
    for number, facts in state.facts.items():
        if facts.status == PURGED:
            purged |= attached(state, number)
            # The payloads of a damaged record are found later, by their age.
            with contextlib.suppress(*UNREADABLE):
                purged |= payloads(journal.read(model, number))
    purged -= needed
    folders = (blobs_folder(model), attachments_folder(model))
    keys = (f"{folder}/{entry.name}" for folder in folders for entry in store.entries(folder))
    unused = [Garbage(key, 0, "purged") for key in keys if _digest(key) in purged]
    _withdraw(store, journal, model, unused)
    return True


def restore_interrupted(store: Store, journal: Journal) -> None:
    """Restore the required payloads that an interrupted clean-up moved to the tmp folder."""
    for entry in store.entries(MODELS):
        model = entry.name
        if entry.kind == "folder" and is_model_key(model):
            moved = [e.name for e in store.entries(tmp_folder(model)) if _home(model, e.name)]
            needed = (referenced(journal, model) if moved else None) or set()
            for name in moved:
                key = f"{_home(model, name)}/{_payload_name(name)}"
                if _digest(name) in needed and store.info(key) is None:
                    store.rename(f"{tmp_folder(model)}/{name}", key)


def _withdraw(store: Store, journal: Journal, model: str, items: list[Garbage]) -> int:
    """Move files to the tmp folder, check again that they are unused, then remove them.

    A writer stores a payload before its record. A record that is written before the second check
    is included in it. A writer that creates its record later notices that the payload is missing
    and stores it again (`Registration.register_model`).
    """
    moved = {}
    for item in items:
        place = _place(model, item.key)
        with contextlib.suppress(MissingKeyError):
            if place != item.key:
                store.rename(item.key, place)
            moved[place] = item
    needed = referenced(journal, model)
    freed = 0
    for place, item in moved.items():
        if place != item.key and (needed is None or _digest(item.key) in needed):
            store.rename(place, item.key)
            continue
        freed += _discard(store, place, item.size_bytes)
    return freed


# In the tmp folder, an attachment has a prefix: a blob can have the same name.
_PREFIX = "attachment-"


def _place(model: str, key: str) -> str:
    """Return the key of a file while it is moved to the tmp folder."""
    folder, _, name = key.rpartition("/")
    prefix = _PREFIX if folder == attachments_folder(model) else ""
    return f"{tmp_folder(model)}/{prefix}{name}"


def _home(model: str, name: str) -> str | None:
    """Return the folder of a payload in the tmp folder, or None for other files."""
    if name.startswith(_PREFIX):
        known = attachment_parts(_payload_name(name))
        return attachments_folder(model) if known else None
    return blobs_folder(model) if blob_parts(name) else None


def _payload_name(name: str) -> str:
    return name.rpartition("/")[2].removeprefix(_PREFIX)


def _digest(key: str) -> str:
    name = _payload_name(key)
    parts = blob_parts(name) or attachment_parts(name)
    return parts[0] if parts else ""
