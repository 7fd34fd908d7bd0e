"""A store in memory: for tests, and as the simplest implementation of the interface."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import TracebackType
from typing import Any, BinaryIO, Self

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.file import First
from exo_nbregistry.fs.parallel import Wait, together
from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.store.base import Check, Entry
from exo_nbregistry.store.key import check_key, store_error, system_error, too_large
from exo_nbregistry.store.one_by_one import OneByOne


@dataclass(slots=True)
class _Node:
    data: bytes | None  # None for a folder
    modified_ns: int


class MemoryStore(OneByOne):
    """A store whose keys are entries of a dict.

    Parameters
    ----------
    clock : callable
        Function that returns nanoseconds since 1970. The default is ``time.time_ns``.

    Examples
    --------
    >>> store = MemoryStore()
    >>> store.create("models/a/versions/v000001.json", b"{}", staging="models/a/tmp")
    >>> store.names("models/a/versions")
    ['v000001.json']
    """

    def __init__(self, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._nodes: dict[str, _Node] = {"": _Node(None, clock())}
        self._lock = ProcessLock()
        self._guard: tuple[str, Check] | None = None
        self._checked: _Node | None = None

    @property
    def location(self) -> str:
        """The text ``memory``."""
        return "memory"

    @property
    def settles(self) -> bool:
        """True, because the clock may be coarse."""
        return True

    @property
    def durable_reads(self) -> bool:
        """True, because nothing in memory is flushed."""
        return True

    def guard(self, key: str, check: Check) -> None:
        """Check the content of a key before each write, listing and missing key."""
        self._guard, self._checked = (check_key(key), check), None

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return the content of a small file."""
        data = self._data(key)
        if len(data) > max_bytes:
            raise too_large(key, len(data), max_bytes=max_bytes, place="memory")
        return data

    def open(self, key: str, *, cached: bool = False) -> BinaryIO:  # noqa: ARG002 - no cache
        """Open a file for reading and seeking."""
        return BytesIO(self._data(key))

    def create(self, key: str, data: bytes, *, staging: str, first: First | None = None) -> None:
        """Write a small file only if its key does not exist. This is the one commit."""
        check_key(key)
        self._require(staging)
        if first:
            together(*(first() or ()))
        with self._lock:
            self._make(check_key(staging))
            if key in self._nodes:
                raise _error(errno.EEXIST, key, "write")
            self._put(key, bytes(data))

    def stage(self, staging: str) -> StagedBytes:
        """Start writing a payload."""
        self._require(staging)
        with self._lock:
            self._make(check_key(staging))
        return StagedBytes(self)

    def names(self, folder: str, *, after: str | None = None) -> list[str]:
        """Return the names in a folder, unordered; empty if the folder does not exist."""
        names = (entry.name for entry in self.entries(folder))
        return [name for name in names if after is None or name > after]

    def entries(self, folder: str) -> list[Entry]:
        """Return the entries of a folder, sorted by name; empty if it does not exist."""
        prefix = f"{check_key(folder)}/" if folder else ""
        self._require()
        with self._lock:
            return [
                _entry(key, node)
                for key, node in sorted(self._nodes.items())
                if key.startswith(prefix) and key and "/" not in key[len(prefix) :]
            ]

    def stamps(
        self, folder: str, below: Sequence[str], name: str | None = None
    ) -> dict[str, tuple[int, ...]]:
        """Return the modification times below each folder in `folder`, in one pass."""
        if name is not None:
            check_key(f"{folder}/{name}")
        with self._lock:
            folders = [entry.name for entry in self.entries(folder) if entry.kind == "folder"]
            return {
                found: tuple(self._modified_ns(f"{folder}/{found}/{part}") for part in below)
                for found in (folders if name is None else [name])
            }

    def _modified_ns(self, key: str) -> int:
        node = self._nodes.get(key)
        return node.modified_ns if node else 0

    def info(self, key: str) -> Entry | None:
        """Return the entry of one file or folder, or None if it does not exist."""
        self._require(key)
        node = self._nodes.get(key)
        return _entry(key, node) if node else None

    def remove(self, key: str) -> None:
        """Remove a payload, temporary data or an empty folder."""
        self._require(key)
        with self._lock:
            if key not in self._nodes:
                raise _error(errno.ENOENT, key, "remove")
            if self.entries(key):
                raise _error(errno.ENOTEMPTY, key, "remove")
            del self._nodes[key]
            self._nodes[_parent(key)].modified_ns = self._clock()

    def rename(self, key: str, new_key: str) -> None:
        """Move a payload to another key, replacing an existing payload."""
        self._require(new_key)
        with self._lock:
            data = self._data(key)
            self._put(new_key, data)
            if new_key != key:
                self.remove(key)

    def clock_ns(self, staging: str) -> int:
        """Return the time of the store in nanoseconds since 1970; ages are measured with it."""
        self._require(staging)
        with self._lock:
            self._make(staging)
        return self._clock()

    def local_path(self, key: str) -> None:
        """Return None: memory does not have paths."""
        check_key(key)

    def _data(self, key: str) -> bytes:
        node = self._nodes.get(check_key(key))
        if node is None:
            self._require()
            raise _error(errno.ENOENT, key, "read")
        if node.data is None:
            raise _error(errno.EINVAL, key, "read")
        return node.data

    def _require(self, key: str | None = None) -> None:
        """Check a key, and that the guarded key has the expected content."""
        if key is not None:
            check_key(key)
        if self._guard is not None:
            guarded, check = self._guard
            node = self._nodes.get(guarded)
            if node is None or node is not self._checked:
                check(node.data if node else None)
                self._checked = node

    def _put(self, key: str, data: bytes) -> None:
        self._make(_parent(key))
        self._nodes[key] = _Node(data, self._clock())
        self._nodes[_parent(key)].modified_ns = self._clock()

    def _make(self, folder: str) -> None:
        node = self._nodes.get(folder)
        if node is None:
            self._make(_parent(folder))
            self._nodes[folder] = _Node(None, self._clock())
            self._nodes[_parent(folder)].modified_ns = self._clock()
        elif node.data is not None:
            raise _error(errno.ENOTDIR, folder, "write")


class StagedBytes:
    """A payload that is being written to a memory store."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._buffer = BytesIO()

    def write(self, data: Any, /) -> int:
        """Write all of `data` and return its size in bytes."""
        return self._buffer.write(data)

    def tell(self) -> int:  # prose: ok, the name in the file protocol
        """Return the number of bytes written."""
        return self._buffer.tell()

    def publish(self, key: str) -> None:
        """Store the bytes under `key`, replacing existing ones."""
        store = self._store
        store._require(key)
        with store._lock:
            node = store._nodes.get(check_key(key))
            if node and node.data is None:
                raise _error(errno.EISDIR, key, "write")
            store._put(key, self._buffer.getvalue())

    def place(self, key: str) -> list[Wait]:
        """Store the bytes under `key`; there is nothing to wait for."""
        self.publish(key)
        return []

    def __enter__(self) -> Self:
        """Return the staged payload."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Discard the bytes unless they were published."""
        self._buffer.close()


def _parent(key: str) -> str:
    return key.rpartition("/")[0]


def _entry(key: str, node: _Node) -> Entry:
    kind, size = ("folder", 0) if node.data is None else ("file", len(node.data))
    return Entry(key.rpartition("/")[2], kind, size, node.modified_ns)  # type: ignore[arg-type]


def _error(number: int, key: str, verb: str) -> StoreError:
    return store_error(system_error(number), key, verb=verb, place="memory")
