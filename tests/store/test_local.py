"""The store in a folder: the contract, in each way of committing, and what only folders have."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from exo_nbregistry.errors import KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.store.commit import Commit, claim, link, rename
from exo_nbregistry.store.local import LocalStore
from tests.crash import Change, Moment, watched
from tests.store.conformance import BLOB, KEY, TMP, USES, StoreContract, in_flight, publish, read

NOBODY = 65534


def move_as_windows(source: str, target: str) -> None:
    """Rename, but refuse a target that exists."""
    os.link(source, target)
    os.unlink(source)


COMMITS: dict[str, Commit] = {
    "link": link,
    "claim": claim,
    "rename": partial(rename, move=move_as_windows),
}


class TestLink(StoreContract):
    """Hard links, as on POSIX file systems; durable, which takes other paths."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by hard links."""
        return LocalStore(folder, commit=link)


class TestClaim(StoreContract):
    """Folders that are claimed, where there are no hard links."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by claims."""
        return LocalStore(folder, durable=False, commit=claim)


class TestRename(StoreContract):
    """Renames that refuse an existing target, as on Windows."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by renames."""
        return LocalStore(folder, durable=False, commit=COMMITS["rename"])


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


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_reading_makes_no_folder(store: LocalStore, tmp_path: Path) -> None:
    """A store that was only asked leaves no trace on the disk."""
    assert store.names("") == store.entries("models") == []
    assert store.info(KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_a_relative_folder_is_the_one_it_was_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook that changes its folder still has the same store."""
    monkeypatch.chdir(tmp_path)
    store = LocalStore("store")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    store.create(KEY, b"{}", staging=TMP)
    assert (tmp_path / "store" / KEY).read_bytes() == b"{}"


def test_a_folder_is_made_with_those_above(tmp_path: Path) -> None:
    """A store in a folder whose parents are missing makes them too."""
    store = LocalStore(tmp_path / "a/b/c")
    store.create(KEY, b"{}", staging=TMP)
    assert contents(tmp_path) == {f"a/b/c/{KEY}": b"{}"}


@pytest.mark.parametrize("use", ["read", "open"])
def test_a_linked_file_is_not_read(store: LocalStore, tmp_path: Path, use: str) -> None:
    """A link in the place of a file is refused, and the message says what to do."""
    (tmp_path / "secret").write_bytes(b"secret")
    store.create(KEY, b"{}", staging=TMP)
    (tmp_path / "store/models/link").symlink_to(tmp_path / "secret")
    with pytest.raises(StoreError, match="behind a link; put the file itself in") as caught:
        USES[use](store, "models/link")
    assert caught.value.errno == errno.ELOOP
    entry = store.info("models/link")
    assert entry is not None
    assert (entry.kind, entry.size_bytes) == ("other", 0)
    assert entry in store.entries("models")


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("place", ["models", "models/toy", "models/toy/tmp"])
def test_nothing_is_done_behind_a_linked_folder(tmp_path: Path, place: str, use: str) -> None:
    """Every call refuses a key behind a link to a folder, and the folder there is left alone."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "toy/tmp").mkdir(parents=True)
    (elsewhere / "x").write_bytes(b"x")
    link_to = tmp_path / "store" / place
    link_to.parent.mkdir(parents=True)
    link_to.symlink_to(elsewhere)
    before = contents(tmp_path)
    store = LocalStore(tmp_path / "store")
    staging = use in ("create beside", "stage", "clock", "names", "entries", "changed")
    with pytest.raises(StoreError, match="behind a link"):
        USES[use](store, place if staging else f"{place}/x")
    assert contents(tmp_path) == before


def test_a_sweep_leaves_links_out(store: LocalStore, tmp_path: Path) -> None:
    """A link among the folders that are looked at is no folder."""
    store.create(KEY, b"{}", staging=TMP)
    (tmp_path / "store/models/link").symlink_to(tmp_path / "store/models/toy")
    assert set(store.changed_ns("models", ["versions"])) == {"toy"}


def test_links_are_removed_and_replaced_themselves(store: LocalStore, tmp_path: Path) -> None:
    """Removing or publishing over a link touches the link, not what it leads to."""
    (tmp_path / "secret").write_bytes(b"secret")
    store.create(KEY, b"{}", staging=TMP)
    place = tmp_path / "store/models/link"
    place.symlink_to(tmp_path / "secret")
    with pytest.raises(KeyExistsError):
        store.create("models/link", b"x", staging=TMP)
    publish(store, "models/link", b"x")
    assert (place.is_symlink(), place.read_bytes()) == (False, b"x")
    place.unlink()
    place.symlink_to(tmp_path / "secret")
    store.remove("models/link")
    assert not place.is_symlink()
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_a_store_may_lie_behind_a_link(tmp_path: Path) -> None:
    """Where the store is, is the user's affair: links above it are followed."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    LocalStore(tmp_path / "link").create(KEY, b"{}", staging=TMP)
    assert contents(tmp_path / "real") == {KEY: b"{}"}


@pytest.mark.parametrize("use", ["read", "open"])
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder"])
def test_only_regular_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, use: str
) -> None:
    """A pipe, a socket or a folder is refused at once: a reader does not wait for a writer."""
    monkeypatch.chdir(tmp_path)
    store = LocalStore(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        {"pipe": os.mkfifo, "socket": server.bind, "folder": os.mkdir}[kind]("odd")
        with pytest.raises(StoreError, match=r"'odd' in .* could not be read"):
            USES[use](store, "odd")
        entry = store.info("odd")
    assert entry is not None
    assert entry.kind == ("folder" if kind == "folder" else "other")


def test_what_vanishes_while_it_is_listed_is_left_out(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that another removes during a listing is no error."""
    for name in ("a", "b"):
        store.create(f"models/{name}", b"{}", staging=TMP)
    scan = os.scandir

    def scan_and_lose(path: str) -> object:
        found = scan(path)
        os.unlink(os.path.join(path, "a"))
        return found

    monkeypatch.setattr(os, "scandir", scan_and_lose)
    assert [entry.name for entry in store.entries("models")] == ["b", "toy"]


def test_the_ways_of_waiting_for_the_disk(tmp_path: Path) -> None:
    """What is durable is flushed, each file before its folder; what is not, is not at all."""
    flushed = {}
    for durable in (True, False):
        changes: list[Change] = []
        store = LocalStore(tmp_path / str(durable), durable=durable)
        with watched(str(tmp_path), lambda _, change, tell=changes.append: tell(change)):
            store.create(KEY, b"{}", staging=TMP)
            publish(store, BLOB, b"x")
        flushed[durable] = {change.paths[0] for change in changes if change.call == "fsync"}
    assert flushed[False] == set()
    in_flight = {path for path in flushed[True] if path.startswith(f"True/{TMP}/")}
    folders = (".", "models", "models/toy", os.path.dirname(KEY), os.path.dirname(BLOB))
    assert flushed[True] - in_flight == {".", *(os.path.normpath(f"True/{f}") for f in folders)}
    assert len(in_flight) == 2


def test_a_folder_above_the_root_may_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store in a folder whose parent may not be opened works, as in a home shared by many."""
    folder = tmp_path / "store"
    folder.mkdir()
    real = os.open

    def refuse(path: str, *args: int) -> int:
        if path == str(tmp_path):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *args)

    monkeypatch.setattr(os, "open", refuse)
    LocalStore(folder).create(KEY, b"{}", staging=TMP)
    assert contents(folder) == {KEY: b"{}"}


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
            with pytest.raises(StoreError, match="ask its owner for the right, or work on a copy"):
                USES[use](store, key)
        with pytest.raises(StoreError, match="ask its owner"):
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
        assert "the disk is full; free some space" in str(caught)
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


def test_the_remains_of_a_claim_can_be_removed(store: LocalStore, tmp_path: Path) -> None:
    """A claim that a killed writer left in flight is removed whole, and no other folder is."""
    store.create(KEY, b"{}", staging=TMP)
    remains = tmp_path / "store" / TMP / "host-1-ab"
    remains.mkdir()
    (remains / "record").write_bytes(b"{}")
    store.remove(f"{TMP}/host-1-ab")
    assert in_flight(store) == []
    with pytest.raises(MissingKeyError):
        store.remove(f"{TMP}/host-1-ab")
    with pytest.raises(StoreError, match="could not be removed"):
        store.remove("models/toy")
    assert read(store, KEY) == b"{}"
