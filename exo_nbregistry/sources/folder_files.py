"""The regular files of a folder of another tool. Links are not followed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from exo_nbregistry.sources.found import FoundFile

MAX_FILES = 10_000
"""Number of files of a folder that are listed."""


@dataclass(slots=True)
class FolderFiles:
    """The files of a folder and of its subfolders.

    Attributes
    ----------
    files : dict of str to FoundFile
        The regular files by their relative POSIX path.
    n_links : int
        Number of links and special files, which are not listed.
    n_skipped_folders : int
        Number of subfolders that were left out on request.
    is_complete : bool
        Whether all files are listed: the folder can be read and has at most `MAX_FILES`.
    """

    files: dict[str, FoundFile] = field(default_factory=dict)
    n_links: int = 0
    n_skipped_folders: int = 0
    is_complete: bool = True

    @property
    def size_bytes(self) -> int:
        """Size of all files, in bytes."""
        return sum(file.size_bytes for file in self.files.values())


def folder_files(folder: Path, skip: Callable[[set[str]], bool] | None = None) -> FolderFiles:
    """List the regular files of a folder, in the order of their paths.

    Parameters
    ----------
    folder : Path
        The folder.
    skip : callable, optional
        Gets the names in a subfolder, and returns whether the subfolder is left out.

    Returns
    -------
    FolderFiles
        The files.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "MLmodel").write_text("flavors: {}")
    >>> list(folder_files(folder).files)
    ['MLmodel']
    """
    found = FolderFiles()
    pending = [("", os.fspath(folder))]
    while pending:
        prefix, path = pending.pop()
        try:
            with os.scandir(path) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            found.is_complete = False
            continue
        if prefix and skip is not None and skip({entry.name for entry in listed}):
            found.n_skipped_folders += 1
            continue
        for entry in listed:
            if entry.is_dir(follow_symlinks=False):
                pending.append((f"{prefix}{entry.name}/", entry.path))
            elif len(found.files) >= MAX_FILES:
                found.is_complete = False
            elif entry.is_file(follow_symlinks=False):
                size_bytes = entry.stat(follow_symlinks=False).st_size
                found.files[prefix + entry.name] = FoundFile(
                    path=Path(entry.path), size_bytes=size_bytes
                )
            else:
                found.n_links += 1
    found.files = dict(sorted(found.files.items()))
    return found
