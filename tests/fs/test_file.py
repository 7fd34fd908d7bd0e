"""Files are opened without following links, and flushed as each system requires."""

from __future__ import annotations

import ast
import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from exo_nbregistry.fs import file as file_module
from exo_nbregistry.fs.atomic import replace_file
from exo_nbregistry.fs.file import create_file, new_file, open_file, sync_folder, write_file
from tests.crash import Change, watched
from tests.sync_recorder import Synced, needs_proc, record

synced = pytest.fixture(record)
PACKAGE = Path(__file__).resolve().parents[2] / "exo_nbregistry"
FULL_SYNC = 51  # the value of F_FULLFSYNC on macOS

# Calls that only the file layer may use.
GUARDED = {"fsync", "fdatasync", "link", "rename", "replace"}


@pytest.fixture
def macos(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Provide the fcntl call of macOS; return the descriptors and commands that it is given."""
    calls: list[tuple[int, int]] = []
    fake = SimpleNamespace(fcntl=lambda fd, command: calls.append((fd, command)))
    monkeypatch.setattr(file_module, "fcntl", fake)
    monkeypatch.setattr(file_module, "_FULL_SYNC", FULL_SYNC)
    return calls


def test_macos_flushes_the_drive(
    tmp_path: Path, macos: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With F_FULLFSYNC, the file and its folder are flushed by it, and fsync is not called."""

    def fail(fd: int) -> None:
        raise AssertionError("fsync does not flush the cache of the drive")

    monkeypatch.setattr(os, "fsync", fail)
    replace_file(tmp_path / "a", b"1")
    assert [command for _, command in macos] == [FULL_SYNC, FULL_SYNC]
    assert (tmp_path / "a").read_bytes() == b"1"


@needs_proc
def test_a_drive_without_full_sync_is_flushed_by_fsync(
    tmp_path: Path, macos: list[tuple[int, int]], synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a file system does not support F_FULLFSYNC, fsync is called instead."""

    def refuse(fd: int, command: int) -> None:
        macos.append((fd, command))
        raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    monkeypatch.setattr(file_module, "fcntl", SimpleNamespace(fcntl=refuse))
    write_file(tmp_path / "a", b"1")
    sync_folder(tmp_path)
    assert len(macos) == 2
    assert synced == ["a", tmp_path.name]


@pytest.mark.parametrize(
    ("number", "raised"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)]
)
def test_a_folder_that_cannot_be_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: bool
) -> None:
    """A file system without a flush for folders is accepted; a failing disk is an error."""

    def fail(fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    if raised:
        with pytest.raises(OSError, match="Input/output error"):
            sync_folder(tmp_path)
    else:
        sync_folder(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """A folder that does not exist cannot be flushed."""
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "absent")


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link is not opened for reading, and a new file does not replace it."""
    (tmp_path / "secret").write_bytes(b"secret")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links") as caught:
        open_file(link)
    assert caught.value.errno == errno.ELOOP
    with pytest.raises(FileExistsError):
        create_file(link)
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_a_new_file_does_not_overwrite(tmp_path: Path) -> None:
    """Writing a new file over an existing one is an error and keeps the old content."""
    write_file(tmp_path / "a", b"old")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_stream_is_flushed_at_its_end(tmp_path: Path) -> None:
    """A new file that is written in parts is flushed once, after the last part."""
    changes: list[Change] = []

    def note(moment: str, change: Change) -> None:
        if moment == "after":
            changes.append(change)

    with watched(str(tmp_path), note), new_file(tmp_path / "a") as file:
        file.write(b"1")
        file.write(b"2")
        assert [change.call for change in changes] == ["open"]
    assert [change.call for change in changes] == ["open", "fsync"]
    assert (tmp_path / "a").read_bytes() == b"12"


def test_only_the_file_layer_flushes_links_and_renames() -> None:
    """No module outside fs/ calls these system calls itself."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "os"
                and node.attr in GUARDED
                and not name.startswith("fs/")
            ):
                found.add((name, node.attr))
    assert found == set()
