"""Files and folders appear complete, and are flushed in the right order."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.fs import atomic
from exo_nbregistry.fs.file import write_file
from tests.crash import Change, Moment, killed, refuse_links, watched
from tests.sync_recorder import Synced, needs_proc, record

synced = pytest.fixture(record)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed writer is a fork")

OLD, NEW = b"old content", b"new content"
# Each writes NEW to a path that may hold OLD.
WRITES: dict[str, Callable[[Path], None]] = {
    "replace": lambda path: atomic.replace_file(path, NEW),
    "create": lambda path: atomic.create_once(path, NEW),
}


def changes_of(folder: Path, write: Callable[[], None]) -> list[Change]:
    """Return the system calls by which a write changes a folder, in order."""
    changes: list[Change] = []

    def note(moment: Moment, change: Change) -> None:
        if moment == "before":
            changes.append(change)

    with watched(str(folder), note):
        write()
    return changes


@pytest.mark.parametrize(("use", "naming"), [("replace", "rename"), ("create", "link")])
def test_each_step_is_flushed_before_the_next(tmp_path: Path, use: str, naming: str) -> None:
    """The content is flushed before the final name exists, and the folder after it."""
    changes = changes_of(tmp_path, lambda: WRITES[use](tmp_path / "a"))
    staged = changes[0].paths[0]
    assert staged.startswith(atomic.TEMPORARY_PREFIX)
    expected = [
        Change("open", (staged,)),
        Change("write", (staged,), NEW),
        Change("fsync", (staged,)),
        Change(naming, (staged, "a")),
        Change("fsync", (".",)),
        Change("unlink", (staged,)),
    ]
    assert changes == expected


@needs_fork
@pytest.mark.parametrize("use", WRITES)
@pytest.mark.parametrize("before", [None, OLD])
def test_a_killed_writer_leaves_the_old_or_the_new(
    tmp_path: Path, use: str, before: bytes | None
) -> None:
    """Killed before and after each change, a write leaves the old content or the new content."""
    after = OLD if before and use == "create" else NEW
    seen = []
    for point in range(1, 100):
        path = tmp_path / str(point) / "a"
        path.parent.mkdir()
        if before:
            path.write_bytes(before)
        died = killed(str(path.parent), point, lambda path=path: WRITES[use](path))
        seen.append(path.read_bytes() if path.exists() else None)
        WRITES[use](path)
        assert path.read_bytes() == after
        if not died:
            break
    assert len(seen) > 8
    switch = seen.index(after)
    assert seen == [before] * switch + [after] * (len(seen) - switch)


@pytest.mark.parametrize("use", WRITES)
def test_a_reader_never_sees_a_part(tmp_path: Path, use: str) -> None:
    """At each system call of a write, the file has its old content or its new content."""
    path = tmp_path / "a"
    seen = set()

    def look(moment: Moment, change: Change) -> None:
        seen.add(path.read_bytes() if path.exists() else None)

    with watched(str(tmp_path), look):
        WRITES[use](path)
    assert seen == {None, NEW}


@pytest.mark.parametrize("use", WRITES)
def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, use: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the content cannot be flushed, the old content and no temporary file remain."""
    (tmp_path / "a").write_bytes(OLD)

    def fail(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        WRITES[use](tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == OLD
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("links", [True, False])
def test_the_first_creation_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """A file is created once, with or without hard links, and no temporary file remains."""
    if not links:
        monkeypatch.setattr(os, "link", refuse_links)
    atomic.create_once(tmp_path / "a", OLD)
    atomic.create_once(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == OLD
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="Windows does not have permission bits")
def test_files_and_folders_have_the_requested_mode(tmp_path: Path) -> None:
    """A private file or folder is closed to other users from the start, its parents are not."""
    before = os.umask(0)
    try:
        atomic.make_folder(tmp_path / "parent" / "own", 0o700)
        atomic.replace_file(tmp_path / "replaced", NEW, mode=0o600)
        atomic.create_once(tmp_path / "created", NEW, mode=0o600)
        atomic.replace_file(tmp_path / "usual", NEW)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {
        "parent": 0o777,
        "own": 0o700,
        "replaced": 0o600,
        "created": 0o600,
        "usual": 0o666,
    }


def test_an_unpublished_file_is_removed(tmp_path: Path) -> None:
    """A staged file without its final name is removed, also after an error."""
    with atomic.staged_file(tmp_path / "a") as staged:
        staged.write_bytes(b"x")
    with contextlib.suppress(KeyError), atomic.staged_file(tmp_path / "a") as staged:
        staged.write_bytes(b"x")
        raise KeyError
    with atomic.staged_file(tmp_path / "a") as staged:
        staged.write_bytes(b"kept")
        atomic.publish_file(staged, tmp_path / "a")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"kept"]


def test_an_unpublished_folder_is_removed(tmp_path: Path) -> None:
    """A staged folder without its final name is removed with its files."""
    with contextlib.suppress(KeyError), atomic.staged_folder(tmp_path / "a") as staged:
        (staged / "b").write_bytes(b"x")
        raise KeyError
    assert os.listdir(tmp_path) == []


def test_writers_of_one_target_do_not_share_a_name(tmp_path: Path) -> None:
    """Two writers of one target, also in one process, have different staged names beside it."""
    target = tmp_path / "a"
    with atomic.staged_file(target) as one, atomic.staged_file(target) as two:
        assert one != two
        assert one.parent == two.parent == tmp_path


@needs_proc
def test_a_published_folder_is_flushed_in_order(tmp_path: Path, synced: Synced) -> None:
    """Files are flushed first, then the names in the folder, then the name of the folder."""
    with atomic.staged_folder(tmp_path / "a") as staged:
        write_file(staged / "b", b"x")
        name = staged.name
        atomic.publish_folder(staged, tmp_path / "a")
    assert synced == ["b", name, tmp_path.name]
    assert (tmp_path / "a" / "b").read_bytes() == b"x"


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    """A folder can be published in place of an empty one."""
    (tmp_path / "a").mkdir()
    with atomic.staged_folder(tmp_path / "a") as staged:
        (staged / "b").write_bytes(b"x")
        atomic.publish_folder(staged, tmp_path / "a")
    assert os.listdir(tmp_path / "a") == ["b"]


@pytest.mark.parametrize("kind", ["folder", "file", "broken link"])
def test_a_used_name_is_an_error(tmp_path: Path, kind: str) -> None:
    """A folder does not replace a file, a link or a folder with content."""
    target = tmp_path / "a"
    if kind == "folder":
        target.mkdir()
        (target / "mine").write_bytes(b"")
    elif kind == "file":
        target.write_bytes(b"mine")
    else:
        target.symlink_to(tmp_path / "absent")
    with atomic.staged_folder(target) as staged, pytest.raises(FileExistsError):
        atomic.publish_folder(staged, target)
    assert os.listdir(tmp_path) == ["a"]
    assert not target.is_dir() or os.listdir(target) == ["mine"]


def test_other_errors_keep_their_type(tmp_path: Path) -> None:
    """An error that is not about a used name is raised unchanged."""
    with pytest.raises(FileNotFoundError):
        atomic.publish_folder(tmp_path / "absent", tmp_path / "a")


@needs_proc
def test_each_new_folder_is_flushed(tmp_path: Path, synced: Synced) -> None:
    """The parent of each new folder is flushed, unless durability is off or nothing is new."""
    atomic.make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path.name, "a"]
    synced.clear()
    atomic.make_folder(tmp_path / "a" / "b")
    atomic.make_folder(tmp_path / "c" / "d", durable=False)
    assert synced == []


@pytest.mark.parametrize("name", ["file", "file/below", "file/far/below"])
def test_a_file_cannot_become_a_folder(tmp_path: Path, name: str) -> None:
    """A folder at or below a file is an error that names the file."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileExistsError) as caught:
        atomic.make_folder(tmp_path / name)
    assert caught.value.filename == str(tmp_path / "file")


def test_a_folder_without_the_right_to_list_it_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder that cannot be opened, and so not flushed, files can still be replaced."""
    real = os.open

    def refuse(path: str, *args: int, **folder: Any) -> int:
        if os.path.isdir(path):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **folder)

    monkeypatch.setattr(os, "open", refuse)
    atomic.replace_file(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == NEW
