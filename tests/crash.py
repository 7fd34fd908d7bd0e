"""Observe each system call that changes a folder, and fail it or kill the process there."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from exo_nbregistry.fs import beneath

# Functions of Python and the system calls that they make.
CALLS = {
    "open": "open",
    "write": "write",
    "writev": "writev",
    "pwrite": "pwrite",
    "fsync": "fsync",
    "fdatasync": "fdatasync",
    "truncate": "truncate",
    "ftruncate": "ftruncate",
    "link": "link",
    "symlink": "symlink",
    "unlink": "unlink",
    "remove": "unlink",
    "rename": "rename",
    "replace": "rename",
    "mkdir": "mkdir",
    "rmdir": "rmdir",
    "chmod": "chmod",
    "fchmod": "fchmod",
    "fchown": "fchown",
    "utime": "utime",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

Moment = Literal["before", "after"]


@dataclass(frozen=True)
class Change:
    """One call that changes the disk.

    ``paths`` are below the watched folder; of a descriptor, it is the path that it was opened by.
    """

    call: str
    paths: tuple[str, ...]
    data: bytes = b""


@contextmanager
def watched(folder: str, record_change: Callable[[Moment, Change], None]) -> Iterator[None]:
    """Report each change below `folder`, before and after it is made.

    Folders are opened one by one, because `openat2` is not a function of `os`.
    """
    system_call = beneath._system_call
    real = {name: getattr(os, name) for name in CALLS}
    opened: dict[int, str] = {}

    def below(path: Any, dir_fd: int | None = None) -> str | None:
        if isinstance(path, int):
            return opened.get(path)
        if dir_fd is not None:
            place = opened.get(dir_fd)
            return None if place is None else os.path.normpath(os.path.join(place, path))
        path = os.path.abspath(os.fspath(path))
        inside = path == folder or path.startswith(folder + os.sep)
        return os.path.relpath(path, folder) if inside else None

    def wrapped(name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            two = CALLS[name] in ("link", "rename", "symlink")
            given = args[:2] if two else args[:1]
            folders = ("src_dir_fd", "dst_dir_fd") if two else ("dir_fd",)
            found = map(below, given, map(kwargs.get, folders))
            paths = tuple(path for path in found if path is not None)
            reads = name == "open" and not args[1] & WRITING
            if not paths or reads:
                result = real[name](*args, **kwargs)
            else:
                data = bytes(args[1]) if name == "write" else b""
                change = Change(CALLS[name], paths, data)
                record_change("before", change)
                result = real[name](*args, **kwargs)
                record_change("after", change)
            if name == "open":
                opened.pop(result, None)
                if paths and (not reads or args[1] & os.O_DIRECTORY):
                    opened[result] = paths[0]
            return result

        return call

    for name in CALLS:
        setattr(os, name, wrapped(name))
    beneath._system_call = lambda: None  # type: ignore[assignment]
    try:
        yield
    finally:
        beneath._system_call = system_call
        for name, function in real.items():
            setattr(os, name, function)


def refuse_links(source: str, target: str, **_folders: object) -> None:
    """Replacement of `os.link` on a file system without hard links."""
    raise OSError(errno.EPERM, os.strerror(errno.EPERM), target)


def killed(folder: str, point: int, task: Callable[[], object]) -> bool:
    """Run `task` in a fork of this process and return whether SIGKILL ended it.

    Parameters
    ----------
    folder : str
        What is watched.
    point : int
        Where: 1 is just before the first change, 2 just after it, 3 just before the second.
    task : callable
        What to run. One that is done before the point is reached is not killed.
    """
    with warnings.catch_warnings():
        # The child calls nothing that a thread of its parent could have locked.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _run_to(folder, point, task)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the child ended with {code}, neither killed nor done")
    return code != 0


@contextmanager
def stopped(folder: str, point: int, task: Callable[[], object]) -> Iterator[str]:
    """Run `task` in a fork of this process, and stop it by SIGSTOP during the block.

    Yields the change at which it is stopped, or nothing if it was done before. For the other
    parameters, see `killed`. At the end of the block, the task continues and must succeed.
    """
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _run_to(folder, point, task, signal.SIGSTOP, write)
    os.close(write)
    try:
        waiting = not os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
        yield "" if waiting else os.read(read, 1000).decode()
    finally:
        os.close(read)
        if not waiting:
            os.kill(child, signal.SIGCONT)
            waiting = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    if not waiting:
        raise RuntimeError("the child failed after it was stopped")


def _run_to(
    folder: str,
    point: int,
    task: Callable[[], object],
    number: signal.Signals = signal.SIGKILL,
    report: int | None = None,
) -> None:
    left = point

    def record_change(moment: Moment, change: Change) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            if report is not None:
                os.write(report, f"{moment} {change.call} {change.paths[0]}".encode())
            os.kill(os.getpid(), number)

    try:
        with watched(folder, record_change):
            task()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the child must never run the code of the parent
        traceback.print_exc(file=sys.stderr)
        os._exit(1)
