"""Find registries and notebooks below a folder, within limits and without following links."""

from __future__ import annotations

import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from exo_nbregistry.values.keys import DESCRIPTOR

NOTEBOOK = ".ipynb"
# Folders with very many files of packages.
_SKIPPED = {"node_modules", "site-packages", "__pycache__"}
_ENVIRONMENT_MARKS = {"pyvenv.cfg", "conda-meta"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a search.

    Attributes
    ----------
    depth : int
        Maximum depth below the root.
    folders, registries, notebooks : int
        Maximum number of folders to read, and of registries and notebooks to return.
    seconds : float
        Maximum duration.
    """

    depth: int = 6
    folders: int = 20_000
    registries: int = 100
    notebooks: int = 10_000
    seconds: float = 2.0


@dataclass(slots=True)
class Discovery:
    """Registries and notebooks below a folder.

    Attributes
    ----------
    registries : list of str
        Relative paths with ``/``, by depth; ``.`` is the folder itself.
    notebooks : dict of str to list of str
        Relative paths by file name.
    """

    registries: list[str] = field(default_factory=list)
    notebooks: dict[str, list[str]] = field(default_factory=dict)


def discover(root: str, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> Discovery:
    """Find registries and notebooks below a folder.

    Parameters
    ----------
    root : str
        The folder.
    bounds : Bounds
        Limits of the search.
    clock : callable
        Clock that returns seconds.

    Returns
    -------
    Discovery
        The paths found within the limits. Folders inside a registry are not searched.
    """
    found = Discovery()
    ends_at = clock() + bounds.seconds
    waiting = deque([(".", 0)])
    notebooks = searched = 0
    while waiting and searched < bounds.folders and clock() < ends_at:
        folder, depth = waiting.popleft()
        searched += 1
        entries = _entries(os.path.join(root, folder))
        if any(entry.name == DESCRIPTOR and _is_file(entry) for entry in entries):
            if len(found.registries) < bounds.registries:
                found.registries.append(folder)
            continue
        if not _ENVIRONMENT_MARKS.isdisjoint(entry.name for entry in entries):
            continue
        for entry in _shown(entries):
            path = entry.name if folder == "." else f"{folder}/{entry.name}"
            if depth < bounds.depth and _is_folder(entry):
                waiting.append((path, depth + 1))
            elif entry.name.endswith(NOTEBOOK) and notebooks < bounds.notebooks and _is_file(entry):
                notebooks += 1
                found.notebooks.setdefault(entry.name, []).append(path)
    return found


def is_registry(path: str) -> bool:
    """Return whether a path without links is the folder of a registry."""
    try:
        mode = os.lstat(os.path.join(path, DESCRIPTOR)).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) and os.path.realpath(path) == path


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        # Not readable, or removed meanwhile.
        return []


def _shown(entries: list[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    for entry in entries:
        if not entry.name.startswith(".") and entry.name not in _SKIPPED:
            yield entry


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        # is_dir follows the junctions of Windows, which are links to folders too.
        junction = getattr(entry, "is_junction", bool)()
        return entry.is_dir(follow_symlinks=False) and not junction
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False
