"""Keys are never behind a link, and their folders are created when they are needed."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import KeyExistsError, StoreError
from exo_nbregistry.store.local import LocalStore
from tests.store.calls import FOLDER_USES, KEY, TMP, USES, contents, publish


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Return an empty store in a folder that its first write creates."""
    return LocalStore(tmp_path / "store")


def test_a_folder_is_made_with_those_above(tmp_path: Path) -> None:
    """A store creates the missing parents of its folder."""
    store = LocalStore(tmp_path / "a/b/c")
    store.create(KEY, b"{}", staging=TMP)
    assert contents(tmp_path) == {f"a/b/c/{KEY}": b"{}"}


@pytest.mark.parametrize("use", ["read", "open"])
def test_a_linked_file_is_not_read(store: LocalStore, tmp_path: Path, use: str) -> None:
    """A link in place of a file is an error that explains what to do."""
    (tmp_path / "secret").write_bytes(b"secret")
    store.create(KEY, b"{}", staging=TMP)
    (tmp_path / "store/models/link").symlink_to(tmp_path / "secret")
    with pytest.raises(StoreError, match="behind a link; replace the link with") as caught:
        USES[use](store, "models/link")
    assert caught.value.errno == errno.ELOOP
    entry = store.info("models/link")
    assert entry is not None
    assert (entry.kind, entry.size_bytes) == ("other", 0)
    assert entry in store.entries("models")


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("place", ["models", "models/toy", "models/toy/tmp"])
def test_a_linked_folder_is_unchanged(tmp_path: Path, place: str, use: str) -> None:
    """Every call rejects a key behind a link to a folder, which is unchanged."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "toy/tmp").mkdir(parents=True)
    (elsewhere / "x").write_bytes(b"x")
    link_to = tmp_path / "store" / place
    link_to.parent.mkdir(parents=True)
    link_to.symlink_to(elsewhere)
    before = contents(tmp_path)
    store = LocalStore(tmp_path / "store")
    staging = use in FOLDER_USES
    with pytest.raises(StoreError, match="behind a link"):
        USES[use](store, place if staging else f"{place}/x")
    assert contents(tmp_path) == before


def test_a_sweep_leaves_links_out(store: LocalStore, tmp_path: Path) -> None:
    """A link among the folders is skipped."""
    store.create(KEY, b"{}", staging=TMP)
    (tmp_path / "store/models/link").symlink_to(tmp_path / "store/models/toy")
    assert set(store.stamps("models", ["versions"])) == {"toy"}


def test_links_are_removed_and_replaced_themselves(store: LocalStore, tmp_path: Path) -> None:
    """Removing or publishing over a link changes the link and not its target."""
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
    """Links above the folder of the store are followed."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    LocalStore(tmp_path / "link").create(KEY, b"{}", staging=TMP)
    assert contents(tmp_path / "real") == {KEY: b"{}"}


def test_a_folder_above_the_root_may_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store works in a folder whose parent cannot be opened, as in a shared home folder."""
    folder = tmp_path / "store"
    folder.mkdir()
    real = os.open

    def refuse(path: str, *args: int, **folder: Any) -> int:
        if path == str(tmp_path):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *args, **folder)

    monkeypatch.setattr(os, "open", refuse)
    LocalStore(folder).create(KEY, b"{}", staging=TMP)
    assert contents(folder) == {KEY: b"{}"}
