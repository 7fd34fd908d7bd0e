"""The folder of a store: open folders that are never behind a link, and durable folders."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.atomic import make_folder
from exo_nbregistry.fs.file import sync_folder
from exo_nbregistry.fs.group_mode import GroupMode, how_to_share
from exo_nbregistry.fs.open_folder import OpenFolder
from exo_nbregistry.store.base import Check
from exo_nbregistry.store.guard import Guard
from exo_nbregistry.store.key import ABSENT, COPY, check_key, store_error


class Folder:
    """The folder of a store.

    Links below it are an error, for files and for folders: a registry that was copied or cloned
    from elsewhere must not lead a reader, a writer or a clean-up out of its folder. Each call
    opens the folders of its key one after the other without following links, and uses the last
    one by its descriptor, so that another process that replaces one by a link changes nothing.

    Parameters
    ----------
    root : str
        Absolute path.
    durable : bool
        Whether new folders below it are flushed to disk.
    """

    def __init__(self, root: str, *, durable: bool) -> None:
        self.root = root
        self.durable = durable
        self._guard: Guard | None = None
        self._settled: set[str] = set()

    def guard(self, name: str, check: Check) -> None:
        """Check the content of a file in the root before each write, listing and missing key."""
        self._guard = Guard(name, check)

    def require_present(self) -> None:
        """Raise the error of the guard if the root is missing or was replaced."""
        if self._guard is not None:
            with contextlib.suppress(*ABSENT), self._open_root(walk=True):
                pass

    def open_root(self) -> OpenFolder:
        """Open the root to read one file; the guard is checked only if the file is missing."""
        return OpenFolder.open(self.root, walk=True)

    def open(self, key: str, *, walk: bool = False) -> OpenFolder:
        """Open a folder; an empty key is the root.

        Parameters
        ----------
        key : str
            Key of the folder.
        walk : bool, default=False
            If True, the folder is not listed or flushed.

        Raises
        ------
        OSError
            With ELOOP if the folder is a link or behind one, and FileNotFoundError or
            NotADirectoryError if it is not a folder.
        """
        names = check_key(key).split("/") if key else []
        root = self._open_root(walk=walk or bool(names))
        if not names:
            return root
        with root:
            return root.folder_below(names, walk=walk)

    def open_to_write(self, key: str) -> OpenFolder:
        """Open a folder to write to; create it and make its name and those above durable.

        An existing folder is flushed too, once per process: its creator may have been killed
        before it did so.
        """
        names = check_key(key).split("/") if key else []
        here = self._open_root_to_write()
        if names and os.path.join(self.root, *names) in self._settled:
            with here, contextlib.suppress(*ABSENT):
                return here.folder_below(names)
            here = self._open_root_to_write()
        for name in names:
            with here:
                here = self._settle(here, name)
        return here

    def _open_root(self, *, walk: bool) -> OpenFolder:
        try:
            root = OpenFolder.open(self.root, walk=walk)
        except ABSENT:
            if self._guard is not None:
                self._guard.require(None)
            raise
        if self._guard is not None:
            try:
                self._guard.require(root)
            except BaseException:
                root.close()
                raise
        return root

    def _open_root_to_write(self) -> OpenFolder:
        if self._guard is None and self.root not in self._settled:
            self._settle_root()
        try:
            root = self._open_root(walk=False)
        except ABSENT:
            self._settle_root()
            root = self._open_root(walk=False)
        if root.fd is not None:
            root.mode = GroupMode.of(os.fstat(root.fd))
        return root

    def _settle_root(self) -> None:
        parent = os.path.dirname(self.root)
        if not os.path.isdir(self.root):
            make_folder(parent, durable=self.durable)
            with contextlib.suppress(FileExistsError):
                os.mkdir(self.root)
                _share_as(parent, self.root)
        if self.durable:
            # The folder above the root belongs to others and may not be readable.
            with contextlib.suppress(PermissionError):
                sync_folder(parent)
        self._settled.add(self.root)

    def _settle(self, parent: OpenFolder, name: str) -> OpenFolder:
        path = f"{parent.path}{os.sep}{name}"
        try:
            here = parent.folder(name)
        except FileNotFoundError:
            try:
                here = parent.make_folder(name)
            except FileExistsError:
                here = parent.folder(name)
        else:
            if path in self._settled:
                return here
        try:
            if self.durable:
                parent.sync()
        except BaseException:
            here.close()
            raise
        self._settled.add(path)
        return here

    @contextlib.contextmanager
    def raising_store_errors(self, key: str, verb: str) -> Iterator[None]:
        """Raise operating system errors of the block as StoreError."""
        try:
            yield
        except StoreError:
            raise
        except OSError as error:
            denied = error.errno in (errno.EACCES, errno.EPERM)
            elsewhere = COPY + (how_to_share(self.root) if denied else "")
            raise store_error(
                error, key, verb=verb, place=self.root, elsewhere=elsewhere
            ) from error


def _share_as(parent: str, folder: str) -> None:
    """Share a new root with the group of the folder that it is in, if that one is shared."""
    found = os.stat(parent)
    mode = GroupMode.of(found) if found.st_mode & stat.S_ISGID else None
    if mode is not None:
        with contextlib.suppress(OSError), OpenFolder.open(folder) as made:
            mode.apply_to_folder(made.fd or 0)


def changed_below(folder: OpenFolder, below: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the modification times `below` each folder in `folder`; 0 for a missing one.

    Raises
    ------
    OSError
        If `folder` cannot be listed.
    """
    # A listing looks up thousands of names; relative to an open folder, each path is short.
    prefix = f"{folder.path}/" if folder.fd is None else ""
    with folder.scan() as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    columns = [_modified_ns(prefix, names, part, folder.fd) for part in below]
    return dict(zip(names, zip(*columns, strict=True), strict=True))


def changed_in(folder: OpenFolder, below: Sequence[str]) -> tuple[int, ...]:
    """Return the modification time of each name in a folder; 0 for a missing one."""
    times = []
    for name in below:
        try:
            times.append(folder.status(name).st_mtime_ns)
        except ABSENT:
            times.append(0)
    return tuple(times)


def _modified_ns(prefix: str, names: list[str], part: str, here: int | None) -> list[int]:
    found = []
    for name in names:
        try:
            found.append(os.lstat(f"{prefix}{name}/{part}", dir_fd=here).st_mtime_ns)
        except ABSENT:
            found.append(0)
    return found
