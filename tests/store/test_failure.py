"""A folder that fails: full, closed, torn, or behind a network that loses replies."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from exo_nbregistry.errors import KeyExistsError, StoreError
from exo_nbregistry.store.local import LocalStore
from tests.crash import Change, Moment, watched
from tests.store.calls import BLOB, COMMITS, KEY, TMP, USES, contents, in_flight, publish, read

NOBODY = 65534


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Return an empty store in a folder, which it makes when something is written."""
    return LocalStore(tmp_path / "store")


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Give a folder that another user may go to, and be that user if this one is root."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        root = os.geteuid() == 0
        if root:
            os.seteuid(NOBODY)
        try:
            yield Path(folder) / "store"
        finally:
            if root:
                os.seteuid(0)


def test_a_read_only_folder_is_read(shared_folder: Path) -> None:
    """Who may only read, reads and lists; every write says whom to ask, and changes nothing."""
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
            with pytest.raises(StoreError, match="Ask the owner for permission, or work on a copy"):
                USES[use](store, key)
        with pytest.raises(StoreError, match="Ask the owner"):
            store.create("models/new/x", b"", staging="models/new/tmp")
        assert contents(shared_folder) == before
    finally:
        for folder in folders:
            folder.chmod(0o755)


class _Failing:
    """Let the n-th call that takes room on the disk fail as on a full one."""

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
    """A call that finds the disk full says so, leaves nothing, and succeeds once there is room."""
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
        assert "the disk is full. Free some space" in str(caught)
        assert caught.errno == errno.ENOSPC
        seen.add(failing.failed)
        assert in_flight(store) == []
        try:
            calls[use](store)
        except KeyExistsError:
            assert failing.failed in ("fsync", "rename")
        kept = contents(folder)
        # What is left of a claim once its content has the final name is in nobody's way.
        if KEY in kept:
            kept.pop(f"{KEY}.claim/record", None)
        assert kept in ({KEY: b"{}"}, {BLOB: b"x" * (2 << 20)}, {})
    assert number > len(seen) > 1
    assert {"open", "mkdir"} <= seen
    assert use == "clock" or {"write", "fsync"} <= seen


def test_a_folder_system_that_cannot_flush_folders_is_no_error(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network mounts refuse to flush a folder, and keep names by themselves."""
    real = os.fsync

    def refuse_folders(fd: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(fd)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    store.create(KEY, b"{}", staging=TMP)
    assert read(store, KEY) == b"{}"


def test_a_torn_write_is_written_on(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes fewer bytes than it is given gets the rest."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data[:7])))
    store.create(KEY, bytes(range(100)), staging=TMP)
    publish(store, BLOB, bytes(range(100)))
    assert read(store, KEY) == read(store, BLOB) == bytes(range(100))


def test_a_file_is_read_to_its_end(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one call of the system does not give is asked for again."""
    store.create(KEY, b"x" * 100, staging=TMP)
    real = store._open
    monkeypatch.setattr(store, "_open", lambda key: (real(key)[0], 30))
    assert store.read(KEY, max_bytes=30) == b"x" * 100


@pytest.mark.parametrize("way", ["commit", "payload"])
def test_a_lost_reply_to_a_link_is_success(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """A network mount that makes a link and then says it exists, has made ours."""
    real = os.link

    def link_twice(source: str, target: str) -> None:
        real(source, target)
        real(source, target)

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
