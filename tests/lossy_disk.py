"""A simulated disk that loses unflushed changes at power loss."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import Change

Tree = dict[str, bytes | None]
"""Content by path; None for a folder."""


@dataclass(eq=False)
class File:
    """Bytes of a file, of which the first `flushed` are durable."""

    data: bytes = b""
    flushed: int = 0

    def left(self) -> set[bytes]:
        """Return the possible contents after power loss: all, flushed, or torn."""
        torn = (self.flushed + len(self.data)) // 2
        return {self.data, self.data[:torn], self.data[: self.flushed]}


@dataclass(eq=False)
class Folder:
    """Names of a folder. Those in `flushed` are durable; each later change can be lost."""

    names: dict[str, File | Folder] = field(default_factory=dict)
    flushed: dict[str, File | Folder] = field(default_factory=dict)
    changes: list[tuple[str, File | Folder | None]] = field(default_factory=list)

    def change(self, name: str, target: File | Folder | None) -> None:
        """Set or remove a name."""
        if target is None:
            del self.names[name]
        else:
            self.names[name] = target
        self.changes.append((name, target))

    def flush(self) -> None:
        """Flush the names."""
        self.flushed = dict(self.names)
        self.changes = []

    def left(self) -> Iterator[dict[str, File | Folder]]:
        """Yield the possible names after power loss: each subset of the changes, in order."""
        for kept in itertools.product((True, False), repeat=len(self.changes)):
            names = dict(self.flushed)
            for name, target in itertools.compress(self.changes, kept):
                if target is None:
                    names.pop(name, None)
                else:
                    names[name] = target
            yield names


class Disk:
    """A disk that starts with a flushed tree.

    Parameters
    ----------
    tree : dict
        What to begin with.
    ignored : str
        Last letters of the names of the folders whose content is left out of what power loss
        leaves.
    """

    def __init__(self, tree: Tree, *, ignored: str) -> None:
        self.ignored = ignored
        self.root = Folder()
        self._opened: dict[str, File] = {}
        for path, data in sorted(tree.items()):
            folder, name = self._place(path)
            item = Folder() if data is None else File(data, len(data))
            folder.names[name] = folder.flushed[name] = item

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply changes that were made to the real disk."""
        for change in changes:
            getattr(self, f"_{change.call}")(*change.paths, *([change.data] * bool(change.data)))

    def now(self) -> Tree:
        """Return the current tree, without power loss."""
        return dict(_now(self.root, ""))

    def left(self) -> list[Tree]:
        """Return each possible tree after power loss."""
        trees = {frozenset(tree.items()): tree for tree in self._left(self.root, "")}
        return list(trees.values())

    def _left(self, folder: Folder, prefix: str) -> Iterator[Tree]:
        seen = set()
        for names in folder.left():
            if prefix.endswith(f"{self.ignored}/"):
                names = {}
            key = frozenset(names.items())
            if key in seen:
                continue
            seen.add(key)
            parts = [self._left_of(item, prefix + name) for name, item in names.items()]
            for combination in itertools.product(*parts):
                yield {path: data for part in combination for path, data in part.items()}

    def _left_of(self, item: File | Folder, path: str) -> list[Tree]:
        if isinstance(item, File):
            return [{path: data} for data in item.left()]
        return [{path: None, **tree} for tree in self._left(item, f"{path}/")]

    def _find(self, path: str) -> File | Folder:
        item: File | Folder = self.root
        for name in posixpath.normpath(path).split("/"):
            if name != ".":
                assert isinstance(item, Folder)
                item = item.names[name]
        return item

    def _place(self, path: str) -> tuple[Folder, str]:
        folder = self._find(posixpath.dirname(path) or ".")
        assert isinstance(folder, Folder)
        return folder, posixpath.basename(path)

    def _open(self, path: str) -> None:
        folder, name = self._place(path)
        assert name not in folder.names, f"{path} is opened again to be written"
        self._opened[path] = File()
        folder.change(name, self._opened[path])

    def _write(self, path: str, data: bytes = b"") -> None:
        self._opened[path].data += data

    def _fsync(self, path: str) -> None:
        if path in self._opened:
            file = self._opened[path]
            file.flushed = len(file.data)
        else:
            folder = self._find(path)
            assert isinstance(folder, Folder)
            folder.flush()

    def _mkdir(self, path: str) -> None:
        folder, name = self._place(path)
        folder.change(name, Folder())

    def _link(self, source: str, target: str) -> None:
        folder, name = self._place(target)
        folder.change(name, self._find(source))

    def _unlink(self, path: str) -> None:
        folder, name = self._place(path)
        folder.change(name, None)

    _rmdir = _unlink

    def _fchmod(self, path: str) -> None:
        """Permissions are not simulated."""

    _fchown = _fchmod

    def _rename(self, source: str, target: str) -> None:
        self._link(source, target)
        self._unlink(source)


def write_tree(folder: Path, tree: Tree) -> None:
    """Write a tree to the real disk."""
    folder.mkdir(parents=True)
    for path, data in sorted(tree.items()):
        if data is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(data)


def read_tree(folder: Path) -> Tree:
    """Read a tree from the real disk."""
    paths = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {key: None if path.is_dir() else path.read_bytes() for key, path in paths.items()}


def _now(folder: Folder, prefix: str) -> Iterator[tuple[str, bytes | None]]:
    for name, item in folder.names.items():
        if isinstance(item, File):
            yield prefix + name, item.data
        else:
            yield prefix + name, None
            yield from _now(item, f"{prefix}{name}/")
