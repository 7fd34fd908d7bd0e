"""A lock on one file that is replaced, with a limit on the wait for a stopped process."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import time
from collections.abc import Iterator

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.file import WINDOWS, StrPath, discard_file, process_name

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_PREFIX = ".tmp-lock-"
# Seconds until a message and until an error.
MESSAGE_AFTER_S = 1.0
LIMIT_S = 60.0

_MAX_PAUSE_S = 0.05
_HOLDER = re.compile(r"([A-Za-z0-9.-]{1,40})-([0-9]{1,10})")
_CREATE = 0 if WINDOWS else os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_log = logging.getLogger("exo_nbregistry")


@contextlib.contextmanager
def locked_file(path: StrPath) -> Iterator[None]:
    """Exclude other processes and threads of this package that replace one file.

    The lock is on a file ``.tmp-lock-...`` in the same folder, which is removed at the end; it
    ends with its process. Other files of the folder are not locked. Without locks, as on Windows
    and some network file systems, writers do not wait.

    Raises
    ------
    StoreError
        If another process has the lock for longer than the limit, as when it is stopped.
    """
    if fcntl is None:
        yield
        return
    folder, name = os.path.split(os.path.abspath(path))
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    lock = os.path.join(folder, LOCK_PREFIX + digest)
    fd = _wait(lock, path)
    try:
        yield
    finally:
        # The name first: a process that waits for this file sees that it is not the lock anymore.
        discard_file(lock)
        # Closing is not enough if the process has forked meanwhile.
        with contextlib.suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_UN)
        os.close(fd)


def _wait(lock: str, path: StrPath) -> int:
    """Wait for the lock and return its descriptor."""
    # The pauses are counted, because this process may have been stopped itself.
    waited_s, pause_s, logged = 0.0, 0.001, False
    while (fd := _try(lock)) is None:
        if waited_s >= LIMIT_S:
            raise StoreError(
                f"Cannot write {os.fspath(path)}: {_holder(lock)} has been writing it for "
                f"{LIMIT_S:g} s and may be stopped. End or continue that process and try again, "
                "or save under another name.",
                key=os.fspath(path),
            )
        if waited_s >= MESSAGE_AFTER_S and not logged:
            logged = True
            _log.warning(
                "Waiting up to %g s for %s, which is writing %s.",
                *(LIMIT_S, _holder(lock), os.fspath(path)),
            )
        time.sleep(pause_s)
        waited_s += pause_s
        pause_s = min(2 * pause_s, _MAX_PAUSE_S)
    return fd


def _try(lock: str) -> int | None:
    """Return the descriptor of the locked file, or None if another process has the lock."""
    fd = os.open(lock, _CREATE, 0o666)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return None
        except OSError:
            return fd  # a file system without locks
        if not _is_named(fd, lock):
            os.close(fd)
            return None
        with contextlib.suppress(OSError):
            # The group of the folder may lock the file after this process was killed.
            os.fchmod(fd, 0o600 | os.stat(os.path.dirname(lock)).st_mode & 0o066)
        with contextlib.suppress(OSError):
            os.ftruncate(fd, 0)
            os.write(fd, process_name().encode())
    except BaseException:
        os.close(fd)
        raise
    return fd


def _is_named(fd: int, lock: str) -> bool:
    """Return whether the previous holder has not removed the file meanwhile."""
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(lock))
    except FileNotFoundError:
        return False


def _holder(lock: str) -> str:
    """Return the process that has the lock, in words."""
    try:
        with open(lock, "rb") as file:
            found = _HOLDER.fullmatch(file.read(100).decode("ascii", "replace"))
    except OSError:
        found = None
    return f"process {found[2]} on {found[1]}" if found else "another process"
