"""Files of a registry's folder that are neither records nor payloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exo_nbregistry.integrity.findings import UNRELATED, Fault
from exo_nbregistry.store.base import Entry, Store
from exo_nbregistry.values.keys import (
    ATTACHMENTS,
    BLOBS,
    DESCRIPTOR,
    EVENTS,
    MODELS,
    TMP,
    VERSIONS,
    attachment_parts,
    blob_parts,
    event_number,
    events_checkpoint_number,
    version_number,
)
from exo_nbregistry.values.reference import is_model_key
from exo_nbregistry.values.unrelated_files import is_unrelated

_IGNORED = "it does not belong to a registry and is ignored."
_NOT_REGULAR = "it is not a regular file, so it is not read. Restore it from a backup."
_NOT_FOLDER = "it is not a folder, so nothing in it is read. Restore it from a backup."
_Parse = Callable[[str], object]


def _event_file(name: str) -> int | None:
    """Return the number in the name of an event or of a checkpoint of events, or None."""
    return event_number(name) or events_checkpoint_number(name)


# What is read from each folder of a model.
_CONTENTS: dict[str, tuple[str, _Parse]] = {
    VERSIONS: ("a version record, such as v000001.json", version_number),
    EVENTS: ("an event, such as e000001.json", _event_file),
    BLOBS: ("a stored model, such as <sha256>.joblib", blob_parts),
    ATTACHMENTS: ("an attachment, such as <sha256>.txt", attachment_parts),
}


def unrelated_in_root(store: Store) -> Iterator[Fault]:
    """Yield a note for each other file in the root of a registry, where nothing else is read."""
    for entry in store.entries(""):
        if entry.name != MODELS and not entry.name.startswith(DESCRIPTOR):
            yield _note(entry.name)


def unexpected_model(store: Store, entry: Entry) -> Fault:
    """Return the fault or the note of an entry beside the models.

    Parameters
    ----------
    store : Store
        The store.
    entry : Entry
        An entry that is not the folder of a model.
    """
    key = f"{MODELS}/{entry.name}"
    if is_unrelated(entry.name) or entry.kind == "file":
        return _note(key)
    if entry.kind == "other" and is_model_key(entry.name):
        return Fault(key, "foreign", _NOT_FOLDER)
    if entry.kind == "folder" and any(e.name == VERSIONS for e in store.entries(key)):
        return Fault(
            key,
            "foreign",
            "its name is not the key of a model, so its versions are not read. Rename it to the "
            "key that its records name, or move it to another folder.",
        )
    return _note(key)


def unexpected_files(store: Store, model: str) -> Iterator[Fault]:
    """Yield a fault or a note for each file of a model that is not read.

    Parameters
    ----------
    store : Store
        The store.
    model : str
        The model key.
    """
    root = f"{MODELS}/{model}"
    for entry in store.entries(root):
        key = f"{root}/{entry.name}"
        if entry.name not in (*_CONTENTS, TMP):
            yield _note(key)
        elif entry.kind != "folder":
            yield Fault(key, "foreign", _NOT_FOLDER)
    for folder, (content, parse) in _CONTENTS.items():
        for entry in store.entries(f"{root}/{folder}"):
            key = f"{root}/{folder}/{entry.name}"
            is_claim = entry.kind == "folder" and entry.name.endswith(".claim")
            if parse(entry.name) is None:
                if is_unrelated(entry.name):
                    yield _note(key)
                elif not is_claim:
                    message = f"its name is not that of {content}, so it is not read. Move it"
                    yield Fault(key, "foreign", f"{message} to another folder.")
            elif entry.kind != "file":
                yield Fault(key, "foreign", _NOT_REGULAR)


def _note(key: str) -> Fault:
    return Fault(key, UNRELATED, _IGNORED)
