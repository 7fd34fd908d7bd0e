"""Commits: create a complete, durable file only if its name is not in use.

There are three ways, chosen by what the file system supports. All writers of one folder must use
the same way; they do, because the choice depends on the file system alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from typing import Protocol

from exo_nbregistry.fs.file import (
    WINDOWS,
    First,
    NoHardLinksError,
    discard_file,
    file_exists,
    link_file,
    read_file,
    staged_path,
    sync_folder,
    write_file,
)

CLAIM = ".claim"

_RECORD = "record"
_CLAIM_ATTEMPTS = 16


class Commit(Protocol):
    """Interface of a commit: create a file only if its name is not in use."""

    def __call__(
        self, path: str, data: bytes, *, staging: str, durable: bool, first: First | None = None
    ) -> None:
        """Create `path` with `data`; raise FileExistsError if it exists.

        `first` and the functions that it returns are called before `path` is visible.
        """
        ...


def link(
    path: str, data: bytes, *, staging: str, durable: bool, first: First | None = None
) -> None:
    """Write a temporary file, then link it to the final name, as POSIX file systems allow.

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


def rename(
    path: str,
    data: bytes,
    *,
    staging: str,
    durable: bool,
    first: First | None = None,
    move: Callable[[str, str], None] = os.rename,
) -> None:
    """Write a temporary file, then rename it to the final name, as Windows allows.

    Parameters
    ----------
    path, data, staging, durable, first
        As for `Commit`.
    move : callable
        A rename that fails if the target exists, as on Windows.
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
    """Rename a folder with the complete content to ``<path>.claim``, then publish a copy.

    Without hard links, no system call names a file without replacing another, but a folder is
    never renamed onto a folder with content. A writer that finds the claim of another writer
    publishes it first, so a killed writer does not block others. A claim is removed only after
    its content is published. Therefore, while the final name does not exist, every claim found is
    the first one, and publishing it twice writes the same bytes. Data must be unique (a record
    contains a random id): a writer whose claim was published by another recognizes its bytes.

    Source: helping, as in M. Herlihy, Wait-free synchronization, ACM TOPLAS 13(1), 1991.
    """
    if _listed(path):
        raise file_exists(path)
    folder, copy = staged_path(staging), staged_path(staging)
    os.mkdir(folder)
    try:
        write_file(os.path.join(folder, _RECORD), data, durable=durable)
        if durable:
            sync_folder(folder)
        # Before the claim, so that a full disk does not leave a claim behind.
        write_file(copy, data, durable=durable, first=first)
        _claim(folder, path, staging, durable)
        if not _finish(path, copy, durable) and read_file(path) != data:
            raise file_exists(path)
    finally:
        discard_file(copy)
        discard_claim(folder)


def _claim(folder: str, path: str, staging: str, durable: bool) -> None:
    """Rename `folder` to the claim; if another writer has the claim, publish that one first."""
    for _ in range(_CLAIM_ATTEMPTS):
        try:
            return os.rename(folder, path + CLAIM)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        _help(path, staging, durable)
        if _listed(path):
            raise file_exists(path)
    raise OSError(errno.EBUSY, f"{os.path.basename(path)}{CLAIM} has unknown content")


def _help(path: str, staging: str, durable: bool) -> None:
    # The content is read before the final name is looked up; see the proof in `claim`.
    try:
        data = read_file(os.path.join(path + CLAIM, _RECORD))
    except FileNotFoundError:
        # Published and emptied by another writer, or about to be.
        return
    copy = staged_path(staging)
    try:
        write_file(copy, data, durable=durable)
        _finish(path, copy, durable)
    finally:
        discard_file(copy)


def _finish(path: str, copy: str, durable: bool) -> bool:
    """Publish `copy` of the claim unless it is published; return whether this call did it."""
    first = not _listed(path)
    if first:
        # Not the claimed file itself, which may belong to another claim by now.
        os.replace(copy, path)
    if durable:
        sync_folder(os.path.dirname(path))
    discard_claim(path + CLAIM)
    return first


def _listed(path: str) -> bool:
    # A network client may cache that a name does not exist; a listing asks the server.
    folder, name = os.path.split(path)
    return name in os.listdir(folder)


class Automatic:
    """The commit that the file system supports, detected at the first use."""

    def __init__(self) -> None:
        self._commit: Commit = rename if WINDOWS else link

    def __call__(
        self, path: str, data: bytes, *, staging: str, durable: bool, first: First | None = None
    ) -> None:
        """Create `path` with `data`; raise FileExistsError if it exists."""
        try:
            self._commit(path, data, staging=staging, durable=durable, first=first)
        except NoHardLinksError:
            claim(path, data, staging=staging, durable=durable, first=first)
            # Only after success: a folder without write permission also refuses links.
            self._commit = claim


def discard_claim(folder: str) -> None:
    """Remove a complete or partial claim if possible."""
    with contextlib.suppress(OSError):
        remove_claim(folder)


def remove_claim(folder: str) -> None:
    """Remove a folder that is empty or contains only a claimed record."""
    discard_file(os.path.join(folder, _RECORD))
    os.rmdir(folder)
