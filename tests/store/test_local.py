"""The store in a folder keeps the contract with each commit; tests that only folders need."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from exo_nbregistry.errors import MissingKeyError, StoreError
from exo_nbregistry.fs import open_folder
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.commit import claim, link
from exo_nbregistry.store.local import LocalStore
from tests.crash import Change, watched
from tests.store.calls import (
    BLOB,
    COMMITS,
    FOLDER_USES,
    KEY,
    TMP,
    USES,
    contents,
    in_flight,
    publish,
    read,
)
from tests.store.tree_contract import TreeContract


class TestLink(TreeContract):
    """Commits by hard links, as on POSIX file systems; durable."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by hard links."""
        return LocalStore(folder, commit=link)


class TestClaim(TreeContract):
    """Commits by claims, as on file systems without hard links."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by claims."""
        return LocalStore(folder, durable=False, commit=claim)


class TestRename(TreeContract):
    """Commits by renames that fail for an existing target, as on Windows."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by renames."""
        return LocalStore(folder, durable=False, commit=COMMITS["rename"])


class TestByPath(TreeContract):
    """Folders used by their paths, as on Windows, which does not open folders."""

    @pytest.fixture(autouse=True)
    def _by_path(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Use paths instead of descriptors."""
        monkeypatch.setattr(open_folder, "WINDOWS", True)

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by renames."""
        return LocalStore(folder, durable=False, commit=COMMITS["rename"])

    @pytest.mark.parametrize("use", USES)
    def test_a_folder_that_becomes_a_link_is_rejected(
        self, store: Store, tmp_path: Path, use: str
    ) -> None:
        """A folder is examined in each call, also if it was used before."""
        publish(store, BLOB, b"x")
        store.create(KEY, b"{}", staging=TMP)
        (tmp_path / "store/models").rename(tmp_path / "elsewhere")
        (tmp_path / "store/models").symlink_to(tmp_path / "elsewhere")
        before = contents(tmp_path / "elsewhere")
        staging = use in FOLDER_USES
        with pytest.raises(StoreError, match="behind a link"):
            USES[use](store, TMP if staging else BLOB)
        assert contents(tmp_path / "elsewhere") == before


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Return an empty store in a folder that its first write creates."""
    return LocalStore(tmp_path / "store")


def test_reading_does_not_create_a_folder(store: LocalStore, tmp_path: Path) -> None:
    """Reading from a store does not create files."""
    assert store.names("") == store.entries("models") == []
    assert store.info(KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_a_relative_folder_is_resolved_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative folder is resolved once, so it does not depend on a later chdir."""
    monkeypatch.chdir(tmp_path)
    store = LocalStore("store")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    store.create(KEY, b"{}", staging=TMP)
    assert (tmp_path / "store" / KEY).read_bytes() == b"{}"


@pytest.mark.parametrize("use", ["read", "open"])
@pytest.mark.parametrize("kind", ["pipe", "socket", "folder"])
def test_only_regular_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, use: str
) -> None:
    """A pipe, a socket or a folder is an error immediately; a reader does not wait."""
    monkeypatch.chdir(tmp_path)
    store = LocalStore(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        {"pipe": os.mkfifo, "socket": server.bind, "folder": os.mkdir}[kind]("odd")
        with pytest.raises(StoreError, match="Cannot read 'odd' in "):
            USES[use](store, "odd")
        entry = store.info("odd")
    assert entry is not None
    assert entry.kind == ("folder" if kind == "folder" else "other")


def test_a_file_removed_during_a_listing_is_skipped(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is removed during a listing is skipped."""
    for name in ("a", "b"):
        store.create(f"models/{name}", b"{}", staging=TMP)
    scan = os.scandir

    def scan_and_lose(folder: int) -> object:
        found = scan(folder)
        os.unlink("a", dir_fd=folder)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scan_and_lose)
        assert [entry.name for entry in store.entries("models")] == ["b", "toy"]


def test_only_a_durable_store_flushes(tmp_path: Path) -> None:
    """A durable store flushes each file before its folder; another store does not flush."""
    flushed = {}
    for durable in (True, False):
        changes: list[Change] = []
        store = LocalStore(tmp_path / str(durable), durable=durable)
        with watched(
            str(tmp_path), lambda _, change, record_change=changes.append: record_change(change)
        ):
            store.create(KEY, b"{}", staging=TMP)
            publish(store, BLOB, b"x")
        flushed[durable] = {change.paths[0] for change in changes if change.call == "fsync"}
    assert flushed[False] == set()
    in_flight = {path for path in flushed[True] if path.startswith(f"True/{TMP}/")}
    folders = (".", "models", "models/toy", os.path.dirname(KEY), os.path.dirname(BLOB))
    assert flushed[True] - in_flight == {".", *(os.path.normpath(f"True/{f}") for f in folders)}
    assert len(in_flight) == 2


def test_the_remains_of_a_claim_can_be_removed(store: LocalStore, tmp_path: Path) -> None:
    """A claim of a killed writer can be removed; a folder with other content cannot."""
    store.create(KEY, b"{}", staging=TMP)
    remains = tmp_path / "store" / TMP / "host-1-ab"
    remains.mkdir()
    (remains / "record").write_bytes(b"{}")
    store.remove(f"{TMP}/host-1-ab")
    assert in_flight(store) == []
    with pytest.raises(MissingKeyError):
        store.remove(f"{TMP}/host-1-ab")
    with pytest.raises(StoreError, match="Cannot remove"):
        store.remove("models/toy")
    assert read(store, KEY) == b"{}"
