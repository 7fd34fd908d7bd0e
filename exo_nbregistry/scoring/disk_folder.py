"""Tables and results in a folder on disk."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.fs.atomic import TEMPORARY_PREFIX, publish_once, staged_file
from exo_nbregistry.fs.file import discard_file, new_file
from exo_nbregistry.scoring.place import HIDDEN, FoundFiles

_TAIL = 8
# The footer has no digest of the values: rows in another order can have the same one.
_SAMPLES, _SAMPLE_BYTES = 64, 1 << 10


@dataclass(frozen=True, slots=True)
class DiskFolder:
    """A folder on disk, as a `Place`.

    Attributes
    ----------
    path : str
        Its absolute path.
    """

    path: str

    @property
    def label(self) -> str:
        """Path of the folder."""
        return self.path

    def open(self, name: str) -> BinaryIO:
        """Open a file."""
        return open(self.for_arrow(name), "rb")

    def for_arrow(self, name: str) -> str:
        """Return the path of a file."""
        return os.path.join(self.path, name)

    def digest(self, name: str) -> str:
        """Return a digest of the size and the Parquet footer of a file, and of samples of it."""
        with self.open(name) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(size - _TAIL)
            length = int.from_bytes(file.read(4), "little")
            start = max(0, size - _TAIL - length)
            file.seek(start)
            digest = hashlib.sha256(b"%d " % size + file.read())
            for place in range(0, start, max(_SAMPLE_BYTES, start // _SAMPLES)):
                file.seek(place)
                digest.update(file.read(_SAMPLE_BYTES))
            return digest.hexdigest()

    def names(self) -> list[str]:
        """Return the names in the folder, sorted, without hidden ones."""
        return sorted(name for name in os.listdir(self.path) if not name.startswith(HIDDEN))

    def create(self, name: str, write: Callable[[BinaryIO], None]) -> bool:
        """Write a file only if it does not exist; return whether it was written."""
        path = Path(self.path, name)
        with staged_file(path) as staged:
            with new_file(staged) as file:
                write(file)
            return publish_once(staged, path)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(self.for_arrow(name))

    def clean_up(self) -> None:
        """Remove the temporary files of killed processes."""
        for name in os.listdir(self.path):
            if name.startswith(TEMPORARY_PREFIX):
                discard_file(Path(self.path, name))


def find_on_disk(text: str, is_table: Callable[[str], bool]) -> FoundFiles:
    """Return the files of a table on disk.

    Parameters
    ----------
    text : str
        A file, a folder or a pattern.
    is_table : callable
        Whether a file is a table, by its name.

    Raises
    ------
    NotFoundError
        If there is no such file.
    """
    path = Path(text).expanduser()
    if path.is_dir():
        root, found = path.absolute(), sorted(_visible(path.absolute(), is_table))
    elif path.exists():
        root, found = path.absolute().parent, [path.absolute()]
    else:
        found = sorted(
            Path(name).absolute()
            for name in glob.glob(str(path), recursive=True)
            if not os.path.isdir(name) and is_table(name)
        )
        root = Path(os.path.commonpath([file.parent for file in found])) if found else path
    if not found:
        what = "has no .parquet, .pq or .csv files" if path.is_dir() else "does not exist"
        raise NotFoundError(f"{text} {what}.", name=text)
    names = [file.relative_to(root).as_posix() for file in found]
    return FoundFiles(DiskFolder(str(root)), names, path.is_dir())


def _visible(folder: Path, is_table: Callable[[str], bool]) -> Iterator[Path]:
    """Yield the tables below a folder."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        for name in names:
            if not name.startswith(HIDDEN) and is_table(name):
                yield Path(parent, name)
