"""Files and folders appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.persistence import atomic
from tests.persistence.sync_recorder import Synced, needs_proc, record

synced = pytest.fixture(record)


def test_a_staged_file_goes_if_it_is_not_placed(tmp_path: Path) -> None:
    """What was staged and not given its name is removed, also after an error."""
    with atomic.staged_file(tmp_path / "a") as staged:
        staged.write_bytes(b"x")
    with contextlib.suppress(KeyError), atomic.staged_file(tmp_path / "a") as staged:
        staged.write_bytes(b"x")
        raise KeyError
    with atomic.staged_file(tmp_path / "a") as staged:
        staged.write_bytes(b"kept")
        staged.replace(tmp_path / "a")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"kept"]


def test_a_staged_folder_goes_with_what_is_in_it(tmp_path: Path) -> None:
    """A staged folder is removed with its files unless it was given its name."""
    with contextlib.suppress(KeyError), atomic.staged_folder(tmp_path / "a") as staged:
        (staged / "b").write_bytes(b"x")
        raise KeyError
    assert os.listdir(tmp_path) == []


def test_two_stage_beside_each_other(tmp_path: Path) -> None:
    """Two writers of one target, also in one process, never share a staged name."""
    target = tmp_path / "a"
    with atomic.staged_file(target) as one, atomic.staged_file(target) as two:
        assert one != two
        assert one.parent == two.parent == tmp_path


def test_a_new_file_never_overwrites(tmp_path: Path) -> None:
    """Writing a new file refuses one that is there, and keeps it."""
    atomic.write_file(tmp_path / "a", b"old")
    with pytest.raises(FileExistsError):
        atomic.write_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"


@needs_proc
def test_a_replaced_file_is_safe_before_its_name(tmp_path: Path, synced: Synced) -> None:
    """Content is flushed before the rename and the folder after it."""
    atomic.replace_file(tmp_path / "a", b"1")
    atomic.replace_file(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"2"
    assert [name.startswith(".tmp-") or name for name in synced] == [True, tmp_path.name] * 2
    assert os.listdir(tmp_path) == ["a"]


@needs_proc
def test_a_published_folder_is_safe_before_its_name(tmp_path: Path, synced: Synced) -> None:
    """The names in a folder are flushed before its own name, and that after it."""
    with atomic.staged_folder(tmp_path / "a") as staged:
        atomic.write_file(staged / "b", b"x")
        name = staged.name
        atomic.publish_folder(staged, tmp_path / "a")
    assert synced == ["b", name, tmp_path.name]
    assert (tmp_path / "a" / "b").read_bytes() == b"x"


def test_an_empty_folder_gives_way(tmp_path: Path) -> None:
    """A folder may be published over an empty one."""
    (tmp_path / "a").mkdir()
    with atomic.staged_folder(tmp_path / "a") as staged:
        (staged / "b").write_bytes(b"x")
        atomic.publish_folder(staged, tmp_path / "a")
    assert os.listdir(tmp_path / "a") == ["b"]


@pytest.mark.parametrize("kind", ["folder", "file", "broken link"])
def test_a_taken_name_is_refused(tmp_path: Path, kind: str) -> None:
    """A folder is not published over anything that holds something, or leads elsewhere."""
    target = tmp_path / "a"
    if kind == "folder":
        target.mkdir()
        (target / "mine").write_bytes(b"")
    elif kind == "file":
        target.write_bytes(b"mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with (
        atomic.staged_folder(target) as staged,
        pytest.raises(FileExistsError, match="exists already"),
    ):
        atomic.publish_folder(staged, target)
    assert os.listdir(tmp_path) == ["a"]
    assert not target.is_dir() or os.listdir(target) == ["mine"]


def test_an_error_of_the_disk_passes_through(tmp_path: Path) -> None:
    """A failure that is not a taken name is reported as what it is."""
    with pytest.raises(FileNotFoundError):
        atomic.publish_folder(tmp_path / "absent", tmp_path / "a")


@needs_proc
def test_every_new_folder_is_flushed(tmp_path: Path, synced: Synced) -> None:
    """Each folder that gets a new name in it is flushed, and one that was there is not."""
    atomic.make_folder(tmp_path / "a" / "b")
    assert sorted(synced) == sorted(["a", tmp_path.name])
    synced.clear()
    atomic.make_folder(tmp_path / "a" / "b")
    assert synced == []


@pytest.mark.parametrize("name", ["file", "file/below", "file/far/below"])
def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path, name: str) -> None:
    """A folder that cannot be made because of a file is refused in one sentence."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="a file stands in the way"):
        atomic.make_folder(tmp_path / name)


def test_a_folder_that_cannot_be_flushed_is_left(tmp_path: Path) -> None:
    """Where a folder cannot be opened, flushing it does nothing."""
    atomic.sync_folder(tmp_path / "absent")


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot lock a folder")
def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second writer of a folder waits for the first, and no file is left behind."""
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with atomic.sole_writer(tmp_path):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with atomic.sole_writer(tmp_path):
        inside.set()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert os.listdir(tmp_path) == []


def test_without_locks_writers_go_on(tmp_path: Path) -> None:
    """Where a folder cannot be locked, the lock is left out and not an error."""
    with atomic.sole_writer(tmp_path / "absent"):
        pass
