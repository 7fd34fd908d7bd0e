"""Single steps: open without following links, write, flush, link."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from exo_nbregistry.fs.parallel import Wait, together

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

WINDOWS = os.name == "nt"

StrPath = str | os.PathLike[str]
First = Callable[[], Iterable[Wait] | None]

_FULL_SYNC = getattr(fcntl, "F_FULLFSYNC", None)
# Opens regular files only: a link is an error, and a pipe or a device does not block.
_NO_FOLLOW = sum(
    getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_HOST = re.sub(r"[^A-Za-z0-9.]+", "-", platform.node())[:40].strip("-.") or "host"


class NoHardLinksError(OSError):
    """The file system does not support hard links; nothing was written."""


def staged_path(folder: StrPath, prefix: str = "") -> str:
    """Return a new path for temporary data, named after the host and process that write it."""
    return os.path.join(folder, f"{prefix}{process_name()}-{os.urandom(8).hex()}")


def process_name() -> str:
    """Return the name of this host and the id of this process, joined by ``-``."""
    return f"{_HOST}-{os.getpid()}"


def open_file(path: StrPath, *, dir_fd: int | None = None) -> int:
    """Open a file for reading without following links and return its descriptor."""
    return os.open(path, os.O_RDONLY | _NO_FOLLOW, dir_fd=dir_fd)


def create_file(path: StrPath, mode: int = 0o666, *, dir_fd: int | None = None) -> int:
    """Create a file without following links and return its descriptor for writing."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, mode, dir_fd=dir_fd)


@contextlib.contextmanager
def new_file(path: StrPath, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Create a file to write to; flush it to disk at the end of the block."""
    with open(create_file(path, mode), "wb") as file:
        yield file
        file.flush()
        sync_file(file.fileno())


def write_file(path: StrPath, data: bytes, *, durable: bool = True, mode: int = 0o666) -> None:
    """Create a file with `data`."""
    fill_file(create_file(path, mode), data, durable=durable)


def fill_file(fd: int, data: bytes, *, durable: bool = True, first: First | None = None) -> None:
    """Write `data` to a new file and close it.

    `first` is called before the file is flushed. It may write other files and return functions
    that wait for them, because a journaling file system flushes all of them in one commit.
    """
    try:
        write_all(fd, data)
        waits = list(first() or ()) if first else []
        if durable:
            waits.append(lambda: sync_file(fd))
        together(*waits)
    finally:
        os.close(fd)


def write_all(fd: int, data: Any) -> None:
    """Write all of `data`; one system call may write only a part of it."""
    written = os.write(fd, data)
    while written < len(data):
        data = memoryview(data)[written:]
        written = os.write(fd, data)


def begin_sync(fd: int, offset: int, size_bytes: int) -> None:
    """Start writing new data to disk, so that `sync_file` waits less.

    Source: Linux ``mm/fadvise.c``: the advice starts to write the dirty pages of the range.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.posix_fadvise(fd, offset, size_bytes, os.POSIX_FADV_DONTNEED)


def sync_file(fd: int) -> None:
    """Flush an open file or folder to disk.

    Source: fsync(2) of macOS: only F_FULLFSYNC also flushes the cache of the drive.
    """
    if _FULL_SYNC is not None:
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, _FULL_SYNC)
            return
    os.fsync(fd)


def sync_folder(folder: StrPath) -> None:
    """Flush the names in a folder to disk; Windows does this itself."""
    if WINDOWS:
        return
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync_names(fd)
    finally:
        os.close(fd)


def sync_names(fd: int) -> None:
    """Flush the names in an open folder to disk, if its file system supports that."""
    try:
        sync_file(fd)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def discard_file(path: StrPath, *, dir_fd: int | None = None) -> None:
    """Remove temporary data if possible; `collect_garbage` finds the rest."""
    with contextlib.suppress(OSError):
        os.unlink(path, dir_fd=dir_fd)


def link_file(
    staged: StrPath,
    path: StrPath,
    *,
    src_dir_fd: int | None = None,
    dst_dir_fd: int | None = None,
) -> None:
    """Link a file to a second name that is not in use.

    Raises
    ------
    FileExistsError
        If the name is in use.
    NoHardLinksError
        If the file system does not support hard links.
    """
    try:
        if src_dir_fd is None:
            os.link(staged, path)
        else:
            # Without this, linkat(2) follows a link in place of the staged file.
            own = {"src_dir_fd": src_dir_fd, "dst_dir_fd": dst_dir_fd}
            os.link(staged, path, follow_symlinks=False, **own)
    except OSError as error:
        # A network file system may lose the reply to a successful link and repeat the request.
        if _same_file(staged, src_dir_fd, path, dst_dir_fd):
            return
        if error.errno in _NO_LINKS:
            raise NoHardLinksError(error.errno, error.strerror) from error
        raise


def file_exists(path: StrPath) -> FileExistsError:
    """Return the error for a name that is in use."""
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(path))


def _same_file(
    first: StrPath, first_fd: int | None, second: StrPath, second_fd: int | None
) -> bool:
    try:
        return os.path.samestat(
            os.lstat(first, dir_fd=first_fd), os.lstat(second, dir_fd=second_fd)
        )
    except OSError:
        return False
