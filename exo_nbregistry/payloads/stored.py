"""Opening of payloads that a record names."""

from __future__ import annotations

from contextlib import suppress
from typing import BinaryIO

from exo_nbregistry.errors import IntegrityError, MissingKeyError
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.store.base import Store


def open_payload(store: Store, key: str, name: str = "") -> BinaryIO:
    """Open the payload of a record; raise IntegrityError if it is missing."""
    try:
        # Callers compare its digest with the record.
        return store.open(key, cached=True)
    except MissingKeyError:
        raise IntegrityError(
            f"{_prefix(name)}{key} is missing, although a record requires it. Restore it from a "
            "backup; verify() lists all damaged files.",
            key=key,
        ) from None


def open_mapped(store: Store, key: str, name: str = "") -> tuple[BinaryIO, str | None]:
    """Open the payload of a record, and return the path of its file, or None if it has none.

    Raises
    ------
    IntegrityError
        If the payload is missing.
    """
    path = None
    # A bucket has a file only after it was downloaded. A missing payload is reported below.
    with suppress(MissingKeyError):
        path = store.local_path(key)
    stream = open_payload(store, key, name)
    try:
        stream.fileno()
    except OSError:
        # Another process has removed the file to make room.
        path = None
    return stream, path


def changed_payload(key: str, artifact: Artifact, actual: str, name: str = "") -> IntegrityError:
    """Return the error for a payload whose checksum does not match its record."""
    return IntegrityError(
        f"{_prefix(name)}{key} was changed after it was written: its checksum does not match. "
        "Restore it from a backup.",
        key=key,
        expected=artifact.sha256,
        actual=actual,
    )


def _prefix(name: str) -> str:
    return f"{name} cannot be read: " if name else ""
