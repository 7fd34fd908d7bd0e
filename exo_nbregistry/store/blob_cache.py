"""Verified copies of payloads in the cache folder of the user."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path
from typing import BinaryIO

from exo_nbregistry.fs.atomic import TEMPORARY_PREFIX, make_folder, publish_file
from exo_nbregistry.fs.file import discard_file, staged_path
from exo_nbregistry.fs.regular_file import open_regular

DEFAULT_MAX_BYTES = 10 * 2**30
_CHUNK_BYTES = 1 << 20
_ABANDONED_S = 24 * 3600


class BlobCache:
    """Copies of payloads, named by their digest. Processes can share the folder.

    `find` verifies a copy at its first use in each process. A new copy is not verified, so that a
    payload is hashed once when it is loaded for the first time: the caller compares the digest of
    the bytes that it reads. The copies that were not used for the longest time are removed to make
    room.

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
    ...     copy = cache.begin(digest, 5)
    ...     with copy.part(0) as part:
    ...         size = part.write(b"model")
    ...     copy.end(keep=True)
    ...     cache.find(digest).read_bytes()
    b'model'
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

    def begin(self, digest: str, size_bytes: int) -> NewCopy | None:
        """Make room for a copy and return it, still empty.

        Returns
        -------
        NewCopy or None
            None if the copy would be larger than the limit or cannot be written.
        """
        if size_bytes > self.max_bytes:
            return None
        # A full disk must not prevent loading.
        with contextlib.suppress(OSError):
            make_folder(self.folder, 0o700, durable=False)
            self._make_room(size_bytes)
            return NewCopy(self.folder / digest)
        return None

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


class NewCopy:
    """A copy of a payload that is being written. Others find it only after it is complete.

    Parameters
    ----------
    path : Path
        Path of the complete copy.

    Raises
    ------
    OSError
        If it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._staged = staged_path(path.parent, TEMPORARY_PREFIX)
        self._file = open(self._staged, "xb+", buffering=0)  # noqa: SIM115 - closed by `end`

    def part(self, position: int) -> BinaryIO:
        """Open the copy for writing at a position; several threads can write different parts."""
        file = open(self._staged, "r+b")  # noqa: SIM115 - closed by the caller
        file.seek(position)
        return file

    def read_into(self, buffer: memoryview, position: int) -> int:
        """Read bytes that were written into a buffer, and return how many."""
        self._file.seek(position)
        return self._file.readinto(buffer)

    def end(self, *, keep: bool) -> None:
        """Close the copy, and move it to its path if it is complete."""
        # Some systems cannot move an open file.
        self._file.close()
        if keep:
            with contextlib.suppress(OSError):
                # Its bytes are not flushed, because `find` verifies the digest.
                publish_file(self._staged, self._path)
        discard_file(self._staged)


def _digest(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _remove(path: Path) -> None:
    # Another process may use it on Windows, or have removed it.
    with contextlib.suppress(OSError):
        path.unlink()
