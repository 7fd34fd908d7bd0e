"""Look below a folder for registries and notebooks, within bounds and without following links."""

from __future__ import annotations

import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from exo_nbregistry.values.keys import DESCRIPTOR

NOTEBOOK = ".ipynb"
# Where packages lie, by the hundred thousand files, and no registry.
_SKIPPED = {"node_modules", "site-packages", "__pycache__"}
_ENVIRONMENT_MARKS = {"pyvenv.cfg", "conda-meta"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a search goes.

    Attributes
    ----------
    depth : int
        Folders below the root.
    folders, registries, notebooks : int
        How many are looked at, and how many are told.
    seconds : float
        How long it takes at most.
    """

    depth: int = 6
    folders: int = 20_000
    registries: int = 100
    notebooks: int = 10_000
    seconds: float = 2.0


@dataclass(slots=True)
class Discovery:
    """What lies below a folder.

    Attributes
    ----------
    registries : list of str
        Relative paths with ``/``; ``.`` is the folder itself. Those near to it come first.
    notebooks : dict of str to list of str
        Relative paths by the notebook's name.
    """

    registries: list[str] = field(default_factory=list)
    notebooks: dict[str, list[str]] = field(default_factory=dict)


def discover(root: str, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> Discovery:
    """Look for registries and notebooks below a folder.

    Parameters
    ----------
    root : str
        The folder.
    bounds : Bounds
        How far to go.
    clock : callable
        Returns the time, in seconds.

    Returns
    -------
    Discovery
        What was found until a bound was met. Nothing inside a registry is looked at.
    """
    found = Discovery()
    ends_at = clock() + bounds.seconds
    waiting = deque([(".", 0)])
    notebooks = looked_at = 0
    while waiting and looked_at < bounds.folders and clock() < ends_at:
        folder, depth = waiting.popleft()
        looked_at += 1
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
    """Tell whether a folder that no link leads to holds a registry."""
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
        # Closed to this user, or gone: nothing to show.
        return []


def _shown(entries: list[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    for entry in entries:
        if not entry.name.startswith(".") and entry.name not in _SKIPPED:
            yield entry


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        # Windows has a second kind of link to folders, which is_dir follows.
        junction = getattr(entry, "is_junction", bool)()
        return entry.is_dir(follow_symlinks=False) and not junction
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False
