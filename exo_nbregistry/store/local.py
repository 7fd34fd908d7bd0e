"""A store in a folder on a disk or a network share."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Literal

from exo_nbregistry.fs.file import First
from exo_nbregistry.fs.open_folder import staged_name
from exo_nbregistry.store.base import Check, Entry
from exo_nbregistry.store.commit import Automatic, Commit, remove_claim
from exo_nbregistry.store.folder import Folder, changed_below, changed_in
from exo_nbregistry.store.key import ABSENT, check_key, split_key, too_large
from exo_nbregistry.store.one_by_one import OneByOne
from exo_nbregistry.store.staged import StagedFile


class LocalStore(OneByOne):
    """A store whose keys are files below a folder.

    Parameters
    ----------
    root : path-like
        The folder, created by the first write.
    durable : bool, default=True
        Whether each write is flushed to disk, so that it survives a power loss.
    commit : callable, optional
        How a file is created only once. The default is chosen for the file system.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     store = LocalStore(folder)
    ...     store.create("models/a/versions/v000001.json", b"{}", staging="models/a/tmp")
    ...     store.read("models/a/versions/v000001.json", max_bytes=100)
    b'{}'
    """

    def __init__(
        self, root: Path | str, *, durable: bool = True, commit: Commit | None = None
    ) -> None:
        self._folder = Folder(os.path.abspath(root), durable=durable)
        self._commit = commit or Automatic()

    @property
    def location(self) -> str:
        """Absolute path of the folder."""
        return self._folder.root

    @property
    def settles(self) -> bool:
        """True, because the clock of a file system may be coarse."""
        return True

    @property
    def durable_reads(self) -> bool:
        """False, because the writer of a file may have been killed before it was flushed."""
        return False

    def guard(self, key: str, check: Check) -> None:
        """Check the content of a file in the root before each write, listing and missing key."""
        self._folder.guard(check_key(key), check)

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return the content of a small file."""
        with self._folder.raising_store_errors(key, "read"):
            fd, size = self._open(key)
            try:
                if size > max_bytes:
                    raise too_large(key, size, max_bytes=max_bytes, place=self._folder.root)
                # One byte more than the size, so that one call also detects the end.
                data = os.read(fd, size + 1)
                while len(data) != size and (more := os.read(fd, size + 1)):
                    data += more
                return data
            finally:
                os.close(fd)

    def open(self, key: str, *, cached: bool = False) -> BinaryIO:  # noqa: ARG002 - no cache
        """Open a file for reading and seeking, without following links."""
        with self._folder.raising_store_errors(key, "read"):
            return open(self._open(key)[0], "rb")

    def create(self, key: str, data: bytes, *, staging: str, first: First | None = None) -> None:
        """Write a small file durably, only if its key does not exist. This is the one commit."""
        parent, name = split_key(key)
        durable = self._folder.durable
        with (
            self._folder.raising_store_errors(key, "write"),
            self._folder.open_to_write(check_key(staging)) as staging_folder,
            self._folder.open_to_write(parent) as folder,
        ):
            try:
                self._commit(
                    folder, name, data, staging=staging_folder, durable=durable, first=first
                )
            except FileExistsError:
                # The caller continues from the existing file, so that must be durable.
                if durable:
                    folder.sync()
                raise

    def stage(self, staging: str) -> StagedFile:
        """Start writing a payload."""
        return StagedFile(self._folder, staging)

    def names(self, folder: str, *, after: str | None = None) -> list[str]:
        """Return the names in a folder, unordered; empty if the folder does not exist."""
        with self._folder.raising_store_errors(folder, "list"):
            try:
                with self._folder.open(folder) as found:
                    names = found.names()
            except ABSENT:
                return []
        return names if after is None else [name for name in names if name > after]

    def entries(self, folder: str) -> list[Entry]:
        """Return the entries of a folder, sorted by name; empty if it does not exist."""
        entries = []
        with (
            self._folder.raising_store_errors(folder, "list"),
            contextlib.suppress(*ABSENT),
            self._folder.open(folder) as found,
            found.scan() as items,
        ):
            for item in items:
                # The entry may be removed during the listing.
                with contextlib.suppress(FileNotFoundError):
                    entries.append(_entry(item.name, item.stat(follow_symlinks=False)))
        return sorted(entries, key=lambda entry: entry.name)

    def stamps(
        self, folder: str, below: Sequence[str], name: str | None = None
    ) -> dict[str, tuple[int, ...]]:
        """Return the modification times below each folder in `folder`, in one pass."""
        if name is not None:
            key = check_key(f"{folder}/{name}")
            with self._folder.raising_store_errors(key, "look up"):
                try:
                    with self._folder.open(key, walk=True) as found:
                        return {name: changed_in(found, below)}
                except ABSENT:
                    return {name: (0,) * len(below)}
        with self._folder.raising_store_errors(folder, "list"):
            try:
                with self._folder.open(folder) as found:
                    return changed_below(found, below)
            except ABSENT:
                return {}

    def info(self, key: str) -> Entry | None:
        """Return the entry of one file or folder, or None if it does not exist."""
        parent, name = split_key(key)
        with self._folder.raising_store_errors(key, "look up"):
            try:
                with self._folder.open(parent, walk=True) as folder:
                    return _entry(name, folder.status(name))
            except ABSENT:
                return None

    def remove(self, key: str) -> None:
        """Remove a payload, temporary data or an empty folder."""
        parent, name = split_key(key)
        with (
            self._folder.raising_store_errors(key, "remove"),
            self._folder.open(parent, walk=True) as folder,
        ):
            try:
                folder.unlink(name)
            except (IsADirectoryError, PermissionError):
                if not stat.S_ISDIR(folder.status(name).st_mode):
                    raise
                remove_claim(folder, name)

    def rename(self, key: str, new_key: str) -> None:
        """Move a payload to another key, replacing an existing payload."""
        (parent, name), (new_parent, new_name) = split_key(key), split_key(new_key)
        with (
            self._folder.raising_store_errors(key, "remove"),
            self._folder.open_to_write(new_parent) as target,
            self._folder.open(parent, walk=True) as folder,
        ):
            folder.replace(name, target, new_name)
            if self._folder.durable:
                target.sync()

    def clock_ns(self, staging: str) -> int:
        """Return the time of the store in nanoseconds since 1970; ages are measured with it."""
        with (
            self._folder.raising_store_errors(staging, "write"),
            self._folder.open_to_write(check_key(staging)) as folder,
        ):
            name = staged_name()
            fd = folder.create(name)
            try:
                return os.fstat(fd).st_mtime_ns
            finally:
                os.close(fd)
                folder.discard(name)

    def local_path(self, key: str) -> str:
        """Return the path of a key."""
        parent, name = split_key(key)
        with self._folder.raising_store_errors(key, "look up"):
            with contextlib.suppress(*ABSENT), self._folder.open(parent, walk=True) as folder:
                if stat.S_ISLNK(folder.status(name).st_mode):
                    raise OSError(errno.ELOOP, f"{key} is a link")
            return os.path.join(self._folder.root, key)

    def _open(self, key: str) -> tuple[int, int]:
        """Return the descriptor and the size of a regular file."""
        names = check_key(key).split("/")
        try:
            with self._folder.open_root() as root:
                fd = root.open_file_below(names)
        except ABSENT:
            self._folder.require_present()
            raise
        found = os.fstat(fd)
        if stat.S_ISREG(found.st_mode):
            return fd, found.st_size
        os.close(fd)
        raise OSError(errno.EINVAL, "it is not a regular file")


def _entry(name: str, found: os.stat_result) -> Entry:
    kind: Literal["file", "folder", "other"] = "other"
    if stat.S_ISREG(found.st_mode):
        kind = "file"
    elif stat.S_ISDIR(found.st_mode):
        kind = "folder"
    return Entry(name, kind, found.st_size if kind == "file" else 0, found.st_mtime_ns)
