"""Files as a store needs them: made once, written whole, durable when it matters."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import sys
from collections.abc import Callable
from typing import Any

from exo_nbregistry.store.parallel import together

try:
    import fcntl
except ImportError:  # Windows
    _FULL_SYNC = None
else:
    _FULL_SYNC = getattr(fcntl, "F_FULLFSYNC", None)

WINDOWS = os.name == "nt"
# What keeps a link, a pipe or a device from being opened in the place of a file, where it exists.
PLAIN = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))

_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_HOST = re.sub(r"[^A-Za-z0-9.]+", "-", platform.node())[:40].strip("-.") or "host"


def staged_path(staging: str) -> str:
    """Return a fresh path in the folder `staging` that says whose bytes in flight it holds."""
    return os.path.join(staging, f"{_HOST}-{os.getpid()}-{os.urandom(8).hex()}")


def create_file(path: str) -> int:
    """Create a file and return its descriptor, to write to."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | PLAIN, 0o666)


def write_file(
    path: str, data: bytes, *, durable: bool, first: Callable[[], object] | None = None
) -> None:
    """Create a file with `data`.

    What `first` does is done before this returns, while this waits for the disk: a journaling
    file system then makes what it wrote and this file durable by one wait.
    """
    fd = create_file(path)
    try:
        write_all(fd, data)
        if durable and first:
            together(lambda: sync_file(fd), first)
        elif durable:
            sync_file(fd)
        elif first:
            first()
    finally:
        os.close(fd)


def write_all(fd: int, data: Any) -> None:
    """Write every byte of `data`: the system may take fewer than it is given."""
    written = os.write(fd, data)
    while written < len(data):
        data = memoryview(data)[written:]
        written = os.write(fd, data)


def read_file(path: str) -> bytes:
    """Return the content of a file that is known to be small."""
    fd = os.open(path, os.O_RDONLY | PLAIN)
    with open(fd, "rb") as stream:
        return stream.read()


def begin_sync(fd: int, offset: int, size_bytes: int) -> None:
    """Let the disk start on what was just written, so that `sync_file` has less to wait for.

    Source: Linux ``mm/fadvise.c``: the advice starts to write the dirty pages of the range, and
    drops none that is not on the disk yet. Other systems have no such call.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.posix_fadvise(fd, offset, size_bytes, os.POSIX_FADV_DONTNEED)


def sync_file(fd: int) -> None:
    """Make the content of a file survive power loss.

    Source: fsync(2) of macOS: the drive may keep what it was given unless F_FULLFSYNC is used.
    """
    if _FULL_SYNC is not None:
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, _FULL_SYNC)
            return
    os.fsync(fd)


def sync_folder(folder: str) -> None:
    """Make the names in a folder survive power loss; Windows does so by itself."""
    if WINDOWS:
        return
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(fd)


def discard_file(path: str) -> None:
    """Remove bytes in flight; what cannot be removed is garbage and hurts nobody."""
    with contextlib.suppress(OSError):
        os.unlink(path)
