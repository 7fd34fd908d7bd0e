"""Payloads of a record are opened, also for mapping."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from exo_nbregistry.errors import IntegrityError
from exo_nbregistry.payloads.stored import open_mapped, open_payload
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from tests.store.bucket_stores import bucket
from tests.store.calls import publish

DATA = b"model" * 100
KEY = f"models/m/blobs/{sha256(DATA).hexdigest()}.joblib"


def make(kind: str, folder: Path) -> Store:
    """Return an empty store."""
    if kind == "folder":
        return LocalStore(folder)
    return bucket() if kind == "bucket" else MemoryStore()


@pytest.mark.parametrize("kind", ["folder", "bucket", "memory"])
@pytest.mark.parametrize("call", [open_payload, open_mapped])
def test_a_missing_payload_is_damage(tmp_path: Path, kind: str, call: object) -> None:
    """A payload that a record requires and that is missing is an IntegrityError with the name."""
    store = make(kind, tmp_path)
    with pytest.raises(IntegrityError, match=f"m:1 cannot be read: {KEY} is missing"):
        (open_mapped if call is open_mapped else open_payload)(store, KEY, "m:1")


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_a_path_leads_to_the_open_file(tmp_path: Path, kind: str) -> None:
    """The path names the open file; a bucket downloads it first."""
    store = make(kind, tmp_path)
    publish(store, KEY, DATA)
    stream, path = open_mapped(store, KEY)
    with stream:
        assert path is not None
        assert Path(path).stat().st_ino == os.fstat(stream.fileno()).st_ino
        assert stream.read() == DATA


def test_a_store_without_files_has_no_path(tmp_path: Path) -> None:
    """A payload in memory is opened without a path."""
    store = make("memory", tmp_path)
    publish(store, KEY, DATA)
    stream, path = open_mapped(store, KEY)
    assert path is None
    assert stream.read() == DATA


def test_a_copy_that_was_removed_meanwhile_has_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If another process removes the copy to make room, the payload is opened without a path."""
    store = bucket()
    publish(store, KEY, DATA)
    find = store._find_copy

    def find_once(key: str) -> Path | None:
        path = find(key)
        if path:
            path.unlink()
        return path

    monkeypatch.setattr(store, "_find_copy", find_once)
    stream, path = open_mapped(store, KEY)
    with stream:
        assert path is None
        assert stream.read() == DATA
