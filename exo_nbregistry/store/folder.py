"""The folder of a store: paths that never lead through a link, and durable folders."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.atomic import make_folder
from exo_nbregistry.fs.file import WINDOWS, sync_folder
from exo_nbregistry.store.key import ABSENT, check_key, store_error


class Folder:
    """The folder of a store.

    Links below it are an error, for files and for folders: a registry that was copied or cloned
    from elsewhere must not lead a reader, a writer or a clean-up out of its folder.

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
        self._no_links = {root}
        self._settled: set[str] = set()

    def path_of(self, key: str) -> str:
        """Return the path of a key."""
        path = os.path.join(self.root, check_key(key))
        self.refuse_links(os.path.dirname(path))
        return path

    def folder_of(self, folder: str) -> str:
        """Return the path of a folder's key; an empty key is the root."""
        path = os.path.join(self.root, check_key(folder)) if folder else self.root
        self.refuse_links(path)
        return path

    def refuse_links(self, path: str) -> None:
        """Raise OSError if `path` or a folder between it and the root is a link."""
        if path in self._no_links:
            return
        self.refuse_links(os.path.dirname(path))
        try:
            mode = os.lstat(path).st_mode
        except ABSENT:
            return
        if stat.S_ISLNK(mode):
            raise OSError(errno.ELOOP, f"{path} is a link")
        self._no_links.add(path)

    def settle(self, folder: str) -> None:
        """Create a folder and make its name and those above durable, once per process.

        An existing folder is flushed too: its creator may have been killed before it did so.
        """
        self.refuse_links(folder)
        there = os.path.isdir(folder)
        if there and folder in self._settled:
            return
        parent = os.path.dirname(folder)
        if folder != self.root:
            self.settle(parent)
        elif not there:
            make_folder(parent, durable=self.durable)
        if not there:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder)
        if self.durable:
            # The folder above the root belongs to others and may not be readable.
            ours = folder != self.root
            with contextlib.nullcontext() if ours else contextlib.suppress(PermissionError):
                sync_folder(parent)
        self._settled.add(folder)

    @contextlib.contextmanager
    def raising_store_errors(self, key: str, verb: str) -> Iterator[None]:
        """Raise operating system errors of the block as StoreError."""
        try:
            yield
        except StoreError:
            raise
        except OSError as error:
            raise store_error(error, key, verb=verb, place=self.root) from error


def changed_below(root: str, below: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the modification times `below` each folder in `root`; 0 for a missing one.

    Raises
    ------
    OSError
        If `root` cannot be listed.
    """
    # A listing looks up thousands of names; relative to an open folder, each path is short.
    here = None if WINDOWS else os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    prefix = f"{root}/" if here is None else ""
    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        columns = [_modified_ns(prefix, names, part, here) for part in below]
        return dict(zip(names, zip(*columns, strict=True), strict=True))
    finally:
        if here is not None:
            os.close(here)


def _modified_ns(prefix: str, names: list[str], part: str, here: int | None) -> list[int]:
    found = []
    for name in names:
        try:
            found.append(os.lstat(f"{prefix}{name}/{part}", dir_fd=here).st_mtime_ns)
        except ABSENT:
            found.append(0)
    return found
