"""A lock on one file excludes other writers, and never hangs them for ever."""

from __future__ import annotations

import errno
import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs import file_lock
from exo_nbregistry.fs.file_lock import LOCK_PREFIX, locked_file
from tests.crash import killed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not have these locks")


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the times until a message and an error."""
    monkeypatch.setattr(file_lock, "MESSAGE_AFTER_S", 0.05)
    monkeypatch.setattr(file_lock, "LIMIT_S", 0.3)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second writer of a file waits for the first one, and no file remains."""
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with locked_file(tmp_path / "m"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with locked_file(tmp_path / "m"):
        inside.set()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert os.listdir(tmp_path) == []


def test_many_writers_exclude_each_other(tmp_path: Path) -> None:
    """Of many threads that take and remove the lock all the time, one has it."""
    inside = [0]
    most = []

    def write() -> None:
        for _ in range(40):
            with locked_file(tmp_path / "m"):
                inside[0] += 1
                most.append(inside[0])
                time.sleep(0)
                inside[0] -= 1

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 240
    assert os.listdir(tmp_path) == []


def test_other_files_of_the_folder_are_not_locked(tmp_path: Path) -> None:
    """A writer of another file in the same folder does not wait."""
    with locked_file(tmp_path / "a"), locked_file(tmp_path / "b"):
        assert len(os.listdir(tmp_path)) == 2


@pytest.mark.usefixtures("short_limits")
def test_a_writer_that_waits_too_long_is_told_who_writes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After a message, there is an error that names the process and what to do."""
    path = tmp_path / "m.joblib"
    with locked_file(path):
        with (
            caplog.at_level(logging.WARNING, "exo_nbregistry"),
            pytest.raises(StoreError) as caught,
            locked_file(path),
        ):
            raise AssertionError("two writers have the lock")
        assert os.listdir(tmp_path)[0].startswith(LOCK_PREFIX)
    holder = f"process {os.getpid()} on "
    assert str(caught.value).startswith(f"Cannot write {path}: {holder}")
    assert "End or continue that process and try again, or save under" in str(caught.value)
    (message,) = caplog.messages
    assert message.startswith(f"Waiting up to 0.3 s for {holder}")
    with locked_file(path):
        pass
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("short_limits")
def test_the_text_in_the_lock_is_not_shown(tmp_path: Path) -> None:
    """A lock file with strange content is the lock of another process."""
    with locked_file(tmp_path / "m"):
        (lock,) = tmp_path.iterdir()
        lock.write_bytes(b"\x1b[2J<b>")
        with pytest.raises(StoreError, match="another process has been writing"):
            locked_file(tmp_path / "m").__enter__()


def test_a_killed_writer_does_not_keep_the_lock(tmp_path: Path) -> None:
    """The lock file of a killed process does not block others, and they remove it."""

    def die() -> None:
        with locked_file(tmp_path / "m"):
            os.kill(os.getpid(), signal.SIGKILL)

    assert killed(str(tmp_path / "none"), 1, die)
    assert len(os.listdir(tmp_path)) == 1
    with locked_file(tmp_path / "m"):
        pass
    assert os.listdir(tmp_path) == []


def test_a_fork_does_not_keep_the_lock(tmp_path: Path) -> None:
    """A process that was forked while the lock was held does not keep it."""
    read, write = os.pipe()
    with locked_file(tmp_path / "m"):
        child = os.fork()
        if child == 0:
            os.read(read, 1)
            os._exit(0)
    try:
        with locked_file(tmp_path / "m"):
            pass
    finally:
        os.write(write, b"x")
        os.waitpid(child, 0)
        os.close(read)
        os.close(write)


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    """A link with the name of the lock is an error, and its target is unchanged."""
    with locked_file(tmp_path / "m"):
        (lock,) = tmp_path.iterdir()
    (tmp_path / "secret").write_bytes(b"secret")
    lock.symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        locked_file(tmp_path / "m").__enter__()
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_writers_continue_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without locks, a writer does not wait."""

    class NoLocks:
        LOCK_EX, LOCK_NB, LOCK_UN = 2, 4, 8

        def flock(self, fd: int, kind: int) -> Any:
            raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(file_lock, "fcntl", NoLocks())
    with locked_file(tmp_path / "m"), locked_file(tmp_path / "m"):
        pass
    monkeypatch.setattr(file_lock, "fcntl", None)
    with locked_file(tmp_path / "m"), locked_file(tmp_path / "m"):
        pass
    assert os.listdir(tmp_path) == []
