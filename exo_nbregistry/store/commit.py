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

from exo_nbregistry.fs.file import WINDOWS, First, NoHardLinksError, file_exists
from exo_nbregistry.fs.open_folder import OpenFolder, staged_name

CLAIM = ".claim"

_RECORD = "record"
# Larger than any record; what another writer claims is not read further.
_MAX_CLAIM_BYTES = 16 << 20
_CLAIM_ATTEMPTS = 16


class Commit(Protocol):
    """Interface of a commit: create a file only if its name is not in use."""

    def __call__(
        self,
        folder: OpenFolder,
        name: str,
        data: bytes,
        *,
        staging: OpenFolder,
        durable: bool,
        first: First | None = None,
    ) -> None:
        """Create a file with `data` in a folder; raise FileExistsError if its name is in use.

        `first` and the functions that it returns are called before the file is visible.
        """
        ...


def link(
    folder: OpenFolder,
    name: str,
    data: bytes,
    *,
    staging: OpenFolder,
    durable: bool,
    first: First | None = None,
) -> None:
    """Write a temporary file, then link it to the final name, as POSIX file systems allow.

    Source: the O_EXCL paragraph of open(2), for locks on NFS.
    """
    staged = staged_name()
    try:
        staging.write(staged, data, durable=durable, first=first)
        staging.link(staged, folder, name)
        if durable:
            folder.sync()
    finally:
        staging.discard(staged)


def rename(
    folder: OpenFolder,
    name: str,
    data: bytes,
    *,
    staging: OpenFolder,
    durable: bool,
    first: First | None = None,
    move: Callable[[OpenFolder, str, OpenFolder, str], None] = OpenFolder.rename,
) -> None:
    """Write a temporary file, then rename it to the final name, as Windows allows.

    Parameters
    ----------
    folder, name, data, staging, durable, first
        As for `Commit`.
    move : callable
        A rename that fails if the target exists, as on Windows.
    """
    staged = staged_name()
    try:
        staging.write(staged, data, durable=durable, first=first)
        move(staging, staged, folder, name)
    finally:
        staging.discard(staged)
    if durable:
        folder.sync()


def claim(
    folder: OpenFolder,
    name: str,
    data: bytes,
    *,
    staging: OpenFolder,
    durable: bool,
    first: First | None = None,
) -> None:
    """Rename a folder with the complete content to ``<name>.claim``, then publish a copy.

    Without hard links, no system call names a file without replacing another, but a folder is
    never renamed onto a folder with content. A writer that finds the claim of another writer
    publishes it first, so a killed writer does not block others. A claim is removed only after
    its content is published. Therefore, while the final name does not exist, every claim found is
    the first one, and publishing it twice writes the same bytes. Data must be unique (a record
    contains a random id): a writer whose claim was published by another recognizes its bytes.

    Source: helping, as in M. Herlihy, Wait-free synchronization, ACM TOPLAS 13(1), 1991.
    """
    if folder.lists(name):
        raise file_exists(name)
    claimed, copy = staged_name(), staged_name()
    with staging.make_folder(claimed) as content:
        try:
            content.write(_RECORD, data, durable=durable)
            if durable:
                content.sync()
            # Before the claim, so that a full disk does not leave a claim behind.
            staging.write(copy, data, durable=durable, first=first)
            _claim(claimed, folder, name, staging, durable)
            if not _finish(folder, name, staging, copy, durable) and _read(folder, name) != data:
                raise file_exists(name)
        finally:
            staging.discard(copy)
            discard_claim(staging, claimed)


def _claim(claimed: str, folder: OpenFolder, name: str, staging: OpenFolder, durable: bool) -> None:
    """Rename `claimed` to the claim; if another writer has the claim, publish that one first."""
    for _ in range(_CLAIM_ATTEMPTS):
        try:
            return staging.rename(claimed, folder, name + CLAIM)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        _help(folder, name, staging, durable)
        if folder.lists(name):
            raise file_exists(name)
    raise OSError(errno.EBUSY, f"{name}{CLAIM} has unknown content")


def _help(folder: OpenFolder, name: str, staging: OpenFolder, durable: bool) -> None:
    # The content is read before the final name is looked up; see the proof in `claim`.
    try:
        with folder.folder(name + CLAIM, walk=True) as claimed:
            data = _read(claimed, _RECORD)
    except FileNotFoundError:
        # Published and emptied by another writer, or about to be.
        return
    copy = staged_name()
    try:
        staging.write(copy, data, durable=durable)
        _finish(folder, name, staging, copy, durable)
    finally:
        staging.discard(copy)


def _finish(folder: OpenFolder, name: str, staging: OpenFolder, copy: str, durable: bool) -> bool:
    """Publish `copy` of the claim unless it is published; return whether this call did it."""
    first = not folder.lists(name)
    if first:
        # Not the claimed file itself, which may belong to another claim by now.
        staging.replace(copy, folder, name)
    if durable:
        folder.sync()
    discard_claim(folder, name + CLAIM)
    return first


def _read(folder: OpenFolder, name: str) -> bytes:
    with os.fdopen(folder.open_file(name), "rb") as stream:
        data = stream.read(min(os.fstat(stream.fileno()).st_size, _MAX_CLAIM_BYTES) + 1)
    if len(data) > _MAX_CLAIM_BYTES:
        raise OSError(errno.EFBIG, f"{name} has more than {_MAX_CLAIM_BYTES:,} bytes")
    return data


class Automatic:
    """The commit that the file system supports, detected at the first use."""

    def __init__(self) -> None:
        self._commit: Commit = rename if WINDOWS else link

    def __call__(
        self,
        folder: OpenFolder,
        name: str,
        data: bytes,
        *,
        staging: OpenFolder,
        durable: bool,
        first: First | None = None,
    ) -> None:
        """Create a file with `data`; raise FileExistsError if its name is in use."""
        try:
            self._commit(folder, name, data, staging=staging, durable=durable, first=first)
        except NoHardLinksError:
            claim(folder, name, data, staging=staging, durable=durable, first=first)
            # Only after success: a folder without write permission also refuses links.
            self._commit = claim


def discard_claim(folder: OpenFolder, name: str) -> None:
    """Remove a complete or partial claim if possible."""
    with contextlib.suppress(OSError):
        remove_claim(folder, name)


def remove_claim(folder: OpenFolder, name: str) -> None:
    """Remove a folder that is empty or contains only a claimed record."""
    with folder.folder(name, walk=True) as claimed:
        claimed.discard(_RECORD)
    folder.rmdir(name)
