"""Verified copies of payloads in the cache folder of the user."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.atomic import TEMPORARY_PREFIX, make_folder, staged_file
from exo_nbregistry.fs.regular_file import open_regular

DEFAULT_MAX_BYTES = 10 * 2**30
_CHUNK_BYTES = 1 << 20
_ABANDONED_S = 24 * 3600


class BlobCache:
    """Copies of payloads, named by their digest. Processes can share the folder.

    `find` verifies a copy at its first use in each process. A new copy is not verified, so that a
    payload is hashed once when it is loaded for the first time: the caller of `fill` compares its
    digest. The copies that were not used for the longest time are removed to make room.

    Parameters
    ----------
    folder : Path
        The folder, created by the first copy.
    max_bytes : int
        Size limit of all copies; 0 for no copies.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> digest = hashlib.sha256(b"model").hexdigest()
    >>> with TemporaryDirectory() as folder:
    ...     cache = BlobCache(Path(folder), 1000)
    ...     path = cache.fill(digest, [b"mod", b"el"], 5)
    ...     path == cache.find(digest), path.read_bytes()
    (True, b'model')
    """

    def __init__(self, folder: Path, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._verified: dict[str, tuple[int, ...]] = {}

    def find(self, digest: str) -> Path | None:
        """Return the path of a verified copy, or None; a damaged copy is removed."""
        path = self.folder / digest
        try:
            with open_regular(path) as file:
                found = os.fstat(file.fileno())
                now = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
                if self._verified.get(digest) != now:
                    if _digest(file) != digest:
                        _remove(path)
                        return None
                    self._verified[digest] = now
        except OSError:
            return None
        # The time of the last use; the time of the last change is kept.
        with contextlib.suppress(OSError):
            os.utime(path, ns=(time.time_ns(), found.st_mtime_ns))
        return path

    def fill(
        self, digest: str, parts: Iterable[bytes | memoryview], size_bytes: int
    ) -> Path | None:
        """Write a copy of a payload, which is not verified, and return its path.

        Returns
        -------
        Path or None
            None if the copy is larger than the limit or cannot be written.

        Raises
        ------
        StoreError
            If a part cannot be read.
        """
        if size_bytes > self.max_bytes:
            return None
        path = self.folder / digest
        try:
            make_folder(self.folder, 0o700, durable=False)
            self._make_room(size_bytes)
            with staged_file(path) as staged:
                with open(staged, "xb") as target:
                    target.writelines(parts)
                os.replace(staged, path)
        except StoreError:
            raise
        except OSError:
            # A full disk must not prevent loading.
            return None
        return path

    def _make_room(self, size_bytes: int) -> None:
        """Remove the copies that were not used for the longest time, and abandoned files."""
        copies = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    is_staged = entry.name.startswith(TEMPORARY_PREFIX)
                    if not is_staged:
                        copies.append((found.st_atime_ns, found.st_size, entry.path))
                    elif time.time() - found.st_mtime > _ABANDONED_S:
                        _remove(Path(entry.path))
        total = size_bytes + sum(size for _, size, _ in copies)
        for _, size, path in sorted(copies):
            if total <= self.max_bytes:
                return
            _remove(Path(path))
            total -= size


def _digest(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _remove(path: Path) -> None:
    # Another process may use it on Windows, or have removed it.
    with contextlib.suppress(OSError):
        path.unlink()
