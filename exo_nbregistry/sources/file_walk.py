"""The files of a folder and its subfolders, without following links."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.file_names import is_model_file
from exo_nbregistry.values.keys import DESCRIPTOR

MAX_ENTRIES = 200_000
"""Maximum number of files and folders that are listed."""
MAX_DEPTH = 12
"""Maximum depth of the subfolders that are listed."""

# Each is the main folder of a store that has a reader, or holds copies of libraries.
_OTHER_STORES = frozenset({"mlruns", "mlartifacts"})
_STORE_FILES = frozenset({DESCRIPTOR, "_pins.yaml"})
_MAX_TIME = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_IGNORED = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A regular file.

    Attributes
    ----------
    relative : PurePosixPath
        Path relative to the listed folder.
    path : Path
        The file.
    size_bytes : int, bytes
        Its size.
    modified_at : datetime
        Time of its last change, in UTC.
    """

    relative: PurePosixPath
    path: Path
    size_bytes: int
    modified_at: datetime


@dataclass(slots=True)
class Listing:
    """The files of a folder and its subfolders.

    Attributes
    ----------
    files : list of ListedFile
        Regular files, by path.
    links : list of str
        Relative paths of links to model files and folders, which are not followed.
    stores : list of str
        Relative paths of folders that are stores of other tools.
    unreadable : list of str
        Relative paths of folders that cannot be listed.
    deep : list of str
        Relative paths of folders that are too deep.
    """

    files: list[ListedFile] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    deep: list[str] = field(default_factory=list)


def list_files(folder: Path, *, below: bool = True) -> Listing:
    """List the files of a folder and its subfolders.

    Hidden files and folders are ignored, as are folders of installed packages.

    Parameters
    ----------
    folder : Path
        The folder.
    below : bool, default=True
        Whether the subfolders are listed too.

    Returns
    -------
    Listing
        The files.

    Raises
    ------
    InvalidInputError
        If the folder has too many files.

    Examples
    --------
    >>> Path("models/old").mkdir(parents=True)
    >>> _ = Path("models/old/rf.pkl").write_bytes(b"")
    >>> [str(file.relative) for file in list_files(Path("models")).files]
    ['old/rf.pkl']
    """
    found = Listing()
    waiting = [PurePosixPath()]
    count = 0
    while waiting:
        relative = waiting.pop()
        try:
            with os.scandir(folder / relative) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            found.unreadable.append(shown(relative))
            continue
        count += len(listed)
        if count > MAX_ENTRIES:
            raise InvalidInputError(
                f"{folder} has more than {MAX_ENTRIES:,} files and folders; pass a subfolder that "
                "has the models."
            )
        if relative.parts and any(entry.name in _STORE_FILES for entry in listed):
            found.stores.append(shown(relative))
            continue
        subfolders = [*_sort_entries(found, relative, listed)]
        waiting += subfolders[::-1] if below else []
    found.files.sort(key=lambda file: file.relative)
    return found


def _sort_entries(
    found: Listing, folder: PurePosixPath, entries: list[os.DirEntry[str]]
) -> Iterator[PurePosixPath]:
    """Add the entries of a folder to a listing, and yield the subfolders to list next."""
    for entry in entries:
        relative = folder / entry.name
        if entry.name.startswith(".") or entry.name in _IGNORED:
            continue
        if entry.is_symlink():
            if is_model_file(entry.name) or entry.is_dir():
                found.links.append(shown(relative))
        elif entry.is_dir():
            if entry.name in _OTHER_STORES:
                found.stores.append(shown(relative))
            elif len(relative.parts) > MAX_DEPTH:
                found.deep.append(shown(relative))
            else:
                yield relative
        elif entry.is_file():
            status = entry.stat(follow_symlinks=False)
            # A damaged clock can set any time.
            seconds = min(max(status.st_mtime, 0), _MAX_TIME)
            changed = datetime.fromtimestamp(seconds, UTC)
            found.files.append(ListedFile(relative, Path(entry.path), status.st_size, changed))


def shown(path: PurePosixPath) -> str:
    r"""Return a path as text; bytes that are not text are written as escapes.

    Examples
    --------
    >>> shown(PurePosixPath("old/rf\udcff.pkl"))
    'old/rf\\xff.pkl'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_text(file: ListedFile) -> bool:
    """Return whether the name of a file is text in UTF-8."""
    return shown(file.relative) == str(file.relative)
