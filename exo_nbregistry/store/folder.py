"""Where keys lie in a folder: never behind a link, and below names that last."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.file import WINDOWS, sync_folder
from exo_nbregistry.store.key import ABSENT, check_key, store_error


class Folder:
    """A folder with keys below it.

    Links below it are refused, for files and for folders: a registry that was copied or cloned
    from elsewhere must not lead a reader, a writer or a clean-up out of it.

    Parameters
    ----------
    root : str
        Its absolute path.
    durable : bool
        Whether the folders made below it survive power loss.
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
        """Return the path of a folder's key; of the root itself if that is empty."""
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
        """Make the folder at a path, and see once that its name and those above survive power loss.

        Also if it is there: whoever made it may have been killed before its name was durable.
        """
        self.refuse_links(folder)
        there = os.path.isdir(folder)
        if there and folder in self._settled:
            return
        parent = os.path.dirname(folder)
        if folder != self.root:
            self.settle(parent)
        elif not there:
            _make_above(parent, durable=self.durable)
        if not there:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder)
        if self.durable:
            # What is above the root is not ours, and may be closed to us.
            ours = folder != self.root
            with contextlib.nullcontext() if ours else contextlib.suppress(PermissionError):
                sync_folder(parent)
        self._settled.add(folder)

    @contextlib.contextmanager
    def raising_store_errors(self, key: str, verb: str) -> Iterator[None]:
        """Turn the system's errors inside into ones that say what to do."""
        try:
            yield
        except StoreError:
            raise
        except OSError as error:
            raise store_error(error, key, verb=verb, place=self.root) from error


def changed_below(root: str, below: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return when the folders `below` each folder in `root` last changed; 0 for none.

    Raises
    ------
    OSError
        If `root` cannot be listed.
    """
    # Thousands of names are looked up at each listing: from the folder that is open, the system
    # walks the short way to each.
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


def _make_above(folder: str, *, durable: bool) -> None:
    if os.path.isdir(folder):
        return
    parent = os.path.dirname(folder)
    _make_above(parent, durable=durable)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder)
    if durable:
        sync_folder(parent)
