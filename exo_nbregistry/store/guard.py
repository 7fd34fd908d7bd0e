"""The check that a store is still the one that was opened, before each write."""

from __future__ import annotations

import os

from exo_nbregistry.fs.open_folder import OpenFolder
from exo_nbregistry.store.base import Check
from exo_nbregistry.store.key import ABSENT

MAX_BYTES = 1 << 20


class Guard:
    """A file in the root of a store, whose content is checked when the file changes.

    A file that has the same device, inode, size and times as at the last check is not read again.

    Parameters
    ----------
    name : str
        Name of the file.
    check : callable
        Raises an error if its argument, the content of the file, is not the expected one; None if
        the file does not exist.
    """

    def __init__(self, name: str, check: Check) -> None:
        self._name = name
        self._check = check
        self._seen: tuple[int, ...] | None = None

    def require(self, root: OpenFolder | None) -> None:
        """Check the file in an open root; None for a root that does not exist."""
        try:
            found = root.status(self._name) if root is not None else None
        except ABSENT:
            found = None
        if root is None or found is None:
            self._seen = None
            self._check(None)
            return
        now = (
            *(found.st_dev, found.st_ino, found.st_size),
            *(found.st_mtime_ns, found.st_ctime_ns),
        )
        if now != self._seen:
            with os.fdopen(root.open_file(self._name), "rb") as stream:
                self._check(stream.read(MAX_BYTES + 1))
            self._seen = now
