"""How bytes get their final name: whole, durably, and only once.

Three ways, by what the file system can do. All writers of one folder must go the same way, which
they do: it depends on the file system alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from typing import Protocol

from exo_nbregistry.store.file import (
    WINDOWS,
    discard_file,
    read_file,
    staged_path,
    sync_folder,
    write_file,
)

CLAIM = ".claim"

_RECORD = "record"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_CLAIM_ATTEMPTS = 16


First = Callable[[], object]


class Commit(Protocol):
    """A way to create a file if and only if nothing has its name."""

    def __call__(
        self, path: str, data: bytes, *, staging: str, durable: bool, first: First | None = None
    ) -> None:
        """Create `path` with `data`, or raise FileExistsError and leave what is there.

        What `first` does is done before anybody can see `path`.
        """
        ...


class NoHardLinksError(OSError):
    """The file system has no hard links; nothing was written."""


def link(
    path: str, data: bytes, *, staging: str, durable: bool, first: First | None = None
) -> None:
    """Write beside, then link to the final name: the way of POSIX file systems.

    Source: the O_EXCL paragraph of open(2), for locks on NFS.
    """
    staged = staged_path(staging)
    try:
        write_file(staged, data, durable=durable, first=first)
        link_file(staged, path)
        if durable:
            sync_folder(os.path.dirname(path))
    finally:
        discard_file(staged)


def link_file(staged: str, path: str) -> None:
    """Give a file a second name that nothing has.

    Raises
    ------
    FileExistsError
        If something has it.
    NoHardLinksError
        If the file system knows no second names.
    """
    try:
        os.link(staged, path)
    except OSError as error:
        # A network file system may lose the reply to a link that it made, and try again.
        if _same_file(staged, path):
            return
        if error.errno in _NO_LINKS:
            raise NoHardLinksError(error.errno, error.strerror) from error
        raise


def rename(
    path: str,
    data: bytes,
    *,
    staging: str,
    durable: bool,
    first: First | None = None,
    move: Callable[[str, str], None] = os.rename,
) -> None:
    """Write beside, then rename to the final name: the way of Windows.

    Parameters
    ----------
    path, data, staging, durable, first
        As of every commit.
    move : callable
        A rename that refuses an existing target, as that of Windows does.
    """
    staged = staged_path(staging)
    try:
        write_file(staged, data, durable=durable, first=first)
        move(staged, path)
    finally:
        discard_file(staged)
    if durable:
        sync_folder(os.path.dirname(path))


def claim(
    path: str, data: bytes, *, staging: str, durable: bool, first: First | None = None
) -> None:
    """Rename a folder that holds the whole content to ``<path>.claim``, then publish a copy.

    Without hard links no system call gives a file a name and refuses to replace another, but a
    folder is never renamed onto one that holds something. Whoever meets the claim of another
    publishes it first, so that a killed writer blocks nobody. A claim is removed only once its
    content is published, hence as long as the final name is absent every claim seen is the first
    one, and publishing it twice writes the same bytes. Data must therefore be unique (a record
    holds a random id): a writer whose claim was published by another knows it by its bytes.

    Source: helping, as in M. Herlihy, Wait-free synchronization, ACM TOPLAS 13(1), 1991.
    """
    if _listed(path):
        raise _taken(path)
    folder, copy = staged_path(staging), staged_path(staging)
    os.mkdir(folder)
    try:
        write_file(os.path.join(folder, _RECORD), data, durable=durable)
        if durable:
            sync_folder(folder)
        # Before the claim: a disk that is full then leaves no claim behind.
        write_file(copy, data, durable=durable, first=first)
        _claim(folder, path, staging, durable)
        if not _finish(path, copy, durable) and read_file(path) != data:
            raise _taken(path)
    finally:
        discard_file(copy)
        discard_claim(folder)


def _claim(folder: str, path: str, staging: str, durable: bool) -> None:
    """Put `folder` in the place of the claim, helping whoever has it."""
    for _ in range(_CLAIM_ATTEMPTS):
        try:
            return os.rename(folder, path + CLAIM)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        _help(path, staging, durable)
        if _listed(path):
            raise _taken(path)
    raise OSError(errno.EBUSY, f"{os.path.basename(path)}{CLAIM} is in the way")


def _help(path: str, staging: str, durable: bool) -> None:
    # The content is read before the final name is looked for: see the proof at `claim`.
    try:
        data = read_file(os.path.join(path + CLAIM, _RECORD))
    except FileNotFoundError:
        # Emptied by the one who published it, or about to be.
        return
    copy = staged_path(staging)
    try:
        write_file(copy, data, durable=durable)
        _finish(path, copy, durable)
    finally:
        discard_file(copy)


def _finish(path: str, copy: str, durable: bool) -> bool:
    """Publish `copy` of the claim unless that was done; return whether it was done here."""
    first = not _listed(path)
    if first:
        # Not the claimed file itself: it may have become that of another claim meanwhile.
        os.replace(copy, path)
    if durable:
        sync_folder(os.path.dirname(path))
    discard_claim(path + CLAIM)
    return first


def _listed(path: str) -> bool:
    # A network client may remember that a name was absent; a listing is asked of the server.
    folder, name = os.path.split(path)
    return name in os.listdir(folder)


class Automatic:
    """The way that fits the file system, found out at the first commit."""

    def __init__(self) -> None:
        self._commit: Commit = rename if WINDOWS else link

    def __call__(
        self, path: str, data: bytes, *, staging: str, durable: bool, first: First | None = None
    ) -> None:
        """Create `path` with `data`, or raise FileExistsError and leave what is there.

        What `first` does is done before anybody can see `path`.
        """
        try:
            self._commit(path, data, staging=staging, durable=durable, first=first)
        except NoHardLinksError:
            claim(path, data, staging=staging, durable=durable, first=first)
            # Only once it worked: a folder that may not be written to refuses links likewise.
            self._commit = claim


def discard_claim(folder: str) -> None:
    """Remove a claim, or what is left of it; see `discard_file`."""
    with contextlib.suppress(OSError):
        remove_claim(folder)


def remove_claim(folder: str) -> None:
    """Remove a folder that is empty or holds a claimed record, and no other."""
    discard_file(os.path.join(folder, _RECORD))
    os.rmdir(folder)


def _same_file(first: str, second: str) -> bool:
    try:
        return os.path.samestat(os.lstat(first), os.lstat(second))
    except OSError:
        return False


def _taken(path: str) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
