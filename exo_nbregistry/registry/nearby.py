"""Registries near a path, for the message of an error."""

from __future__ import annotations

import difflib
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from exo_nbregistry.values.keys import DESCRIPTOR

_MAX_NAMED = 3
# Limits of the search, which also runs on network shares and in large home folders.
_MAX_FOLDERS = 300
_DEPTH = 2
_SKIPPED = {"node_modules", "site-packages", "__pycache__"}


def near_registries(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the registries near a path: above it, beside it and up to two levels below.

    Parameters
    ----------
    path : str or Path
        A path that is not a registry; it may be missing.

    Returns
    -------
    tuple of str
        At most three paths: those inside or around the path first, then the most similar. Paths
        near the current folder are relative.
    """
    target = os.path.abspath(path)
    above = [os.path.abspath(parent) for parent in (Path(target), *Path(target).parents)]
    start = next((folder for folder in above if os.path.isdir(folder)), target)
    found = [folder for folder in above if _is_registry(folder)]
    # The root of the file system has system folders and mounts.
    if not _is_root(start):
        found += _below(start, _DEPTH)
    if start == target and not _is_root(os.path.dirname(start)):
        found += _below(os.path.dirname(start), 1)
    named = dict.fromkeys(folder for folder in found if folder != target)
    ranked = sorted(named, key=lambda folder: _distance(folder, target))
    return tuple(map(_shown, ranked[:_MAX_NAMED]))


def _below(root: str, depth: int) -> Iterator[str]:
    waiting = deque([(root, 0)])
    read = 0
    while waiting and read < _MAX_FOLDERS:
        folder, level = waiting.popleft()
        read += 1
        for name in _folders(folder):
            path = os.path.join(folder, name)
            if _is_registry(path):
                yield path
            elif level + 1 < depth:
                waiting.append((path, level + 1))


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        # Not readable, or removed meanwhile.
        return []
    return sorted(name for name in names if not name.startswith(".") and name not in _SKIPPED)


def _is_registry(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, DESCRIPTOR))


def _is_root(folder: str) -> bool:
    return os.path.dirname(folder) == folder


def _distance(folder: str, target: str) -> tuple[bool, float]:
    is_inside = os.path.commonpath([folder, target]) in (folder, target)
    return not is_inside, -difflib.SequenceMatcher(None, folder, target).ratio()


def _shown(folder: str) -> str:
    try:
        relative = Path(os.path.relpath(folder))
    except ValueError:  # on Windows, a folder of another drive
        return folder
    # Further up, the absolute path is easier to read.
    return folder if relative.parts[:2] == ("..", "..") else relative.as_posix()
