"""Stores on a full disk, without permissions, with partial writes and on a network."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import KeyExistsError, StoreError
from exo_nbregistry.store.local import LocalStore
from tests.crash import Change, Moment, watched
from tests.store.calls import BLOB, COMMITS, KEY, TMP, USES, contents, in_flight, publish, read

OTHER_USER = 65534


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Return an empty store in a folder that its first write creates."""
    return LocalStore(tmp_path / "store")


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Return a folder that another user can open; if this user is root, become that user."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        root = os.geteuid() == 0
        if root:
            os.seteuid(OTHER_USER)
        try:
            yield Path(folder) / "store"
        finally:
            if root:
                os.seteuid(0)


def test_a_read_only_folder_is_read(shared_folder: Path) -> None:
    """Without write permission, reading works, and each write is an error that changes nothing."""
    LocalStore(shared_folder).create(KEY, b"{}", staging=TMP)
    publish(LocalStore(shared_folder), BLOB, b"x")
    folders = [shared_folder, *(path for path in shared_folder.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    store = LocalStore(shared_folder)
    before = contents(shared_folder)
    try:
        assert read(store, KEY) == b"{}"
        assert store.names("models/toy/versions") == ["v000001.json"]
        for use in ("create", "publish", "stage", "clock", "remove", "rename to"):
            key = {"stage": TMP, "clock": TMP, "remove": BLOB}.get(use, f"{KEY}2")
            with pytest.raises(StoreError, match="ask the owner for permission, or work on a copy"):
                USES[use](store, key)
        with pytest.raises(StoreError, match="ask the owner"):
            store.create("models/new/x", b"", staging="models/new/tmp")
        assert contents(shared_folder) == before
    finally:
        for folder in folders:
            folder.chmod(0o755)


class _Failing:
    """Makes the n-th call that requires disk space fail as on a full disk."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.failed = ""

    def __call__(self, moment: Moment, change: Change) -> None:
        if moment == "after" or change.call in ("unlink", "rmdir"):
            return
        self.left -= 1
        if self.left == 0:
            self.failed = change.call
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("commit", COMMITS)
@pytest.mark.parametrize("use", ["create", "payload", "clock"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, use: str, commit: str) -> None:
    """A call on a full disk is an error, leaves nothing behind and succeeds later."""
    calls = {
        "create": lambda store: store.create(KEY, b"{}", staging=TMP),
        "payload": lambda store: publish(store, BLOB, b"x" * (2 << 20)),
        "clock": lambda store: store.clock_ns(TMP),
    }
    seen = set()
    for number in range(1, 100):
        folder = tmp_path / str(number)
        store = LocalStore(folder, commit=COMMITS[commit])
        failing = _Failing(number)
        caught = None
        with watched(str(folder), failing):
            try:
                calls[use](store)
            except StoreError as error:
                caught = error
        if not failing.failed:
            break
        assert caught is not None
        assert "the disk is full; free some space" in str(caught)
        assert caught.errno == errno.ENOSPC
        seen.add(failing.failed)
        assert in_flight(store) == []
        try:
            calls[use](store)
        except KeyExistsError:
            assert failing.failed in ("fsync", "rename")
        kept = contents(folder)
        # A claim may remain after its content has the final name; it does not block others.
        if KEY in kept:
            kept.pop(f"{KEY}.claim/record", None)
        assert kept in ({KEY: b"{}"}, {BLOB: b"x" * (2 << 20)}, {})
    assert number > len(seen) > 1
    assert {"open", "mkdir"} <= seen
    assert use == "clock" or {"write", "fsync"} <= seen


def test_a_file_system_that_cannot_flush_folders_is_accepted(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network mount that cannot flush folders is accepted."""
    real = os.fsync

    def refuse_folders(fd: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(fd)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    store.create(KEY, b"{}", staging=TMP)
    assert read(store, KEY) == b"{}"


def test_a_partial_write_is_continued(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the system writes only a part of the bytes, the rest is written too."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data[:7])))
    store.create(KEY, bytes(range(100)), staging=TMP)
    publish(store, BLOB, bytes(range(100)))
    assert read(store, KEY) == read(store, BLOB) == bytes(range(100))


def test_a_file_is_read_to_its_end(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the system reads only a part of the bytes, the rest is read too."""
    store.create(KEY, b"x" * 100, staging=TMP)
    real = store._open
    monkeypatch.setattr(store, "_open", lambda key: (real(key)[0], 30))
    assert store.read(KEY, max_bytes=30) == b"x" * 100


@pytest.mark.parametrize("way", ["commit", "payload"])
def test_a_repeated_link_is_a_success(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """If a network mount repeats a successful link and reports that it exists, it is a success."""
    real = os.link

    def link_twice(source: str, target: str, **folders: Any) -> None:
        real(source, target, **folders)
        real(source, target, **folders)

    monkeypatch.setattr(os, "link", link_twice)
    if way == "commit":
        store.create(KEY, b"{}", staging=TMP)
        assert read(store, KEY) == b"{}"
        with pytest.raises(KeyExistsError):
            store.create(KEY, b"{}", staging=TMP)
    else:
        publish(store, BLOB, b"x")
        assert read(store, BLOB) == b"x"
    assert in_flight(store) == []
