"""A store in memory that costs a request for each operation, as a bucket does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zlib import crc32

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.base import Entry, Stamps
from exo_nbregistry.store.memory import MemoryStore


class FlatStore(MemoryStore):
    """A store in memory that counts its requests.

    Attributes
    ----------
    requests : Counter
        Number of requests of each kind.
    rounds : list of int
        Number of keys of each call that reads several keys at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.requests: Counter[str] = Counter()
        self.rounds: list[int] = []

    @property
    def settles(self) -> bool:
        """False: a stamp is a digest of names."""
        return False

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return the content of a small file."""
        self.requests["GET"] += 1
        return super().read(key, max_bytes=max_bytes)

    def read_many(self, keys: Iterable[str], *, max_bytes: int) -> Iterator[bytes | StoreError]:
        """Yield the content of several small files, or the error of each, in one round."""
        keys = list(keys)
        self.rounds.append(len(keys))
        for key in keys:
            try:
                yield super().read(key, max_bytes=max_bytes)
            except StoreError as error:
                yield error

    def open(self, key: str, *, cached: bool = False) -> Any:
        """Open a file for reading and seeking."""
        self.requests["GET"] += 1
        return super().open(key, cached=cached)

    def info(self, key: str) -> Entry | None:
        """Return the entry of one file, or None if it does not exist."""
        self.requests["HEAD"] += 1
        return super().info(key)

    def names(self, folder: str, *, after: str | None = None) -> list[str]:
        """Return the names in a folder."""
        self.requests["LIST"] += 1
        return super().names(folder, after=after)

    def create(self, key: str, data: bytes, **options: Any) -> None:
        """Write a small file only if its key does not exist."""
        self.requests["PUT"] += 1
        super().create(key, data, **options)

    def stamps(self, folder: str, below: Sequence[str], name: str | None = None) -> Stamps:
        """Return digests of the names below each folder, with the names."""
        self.requests["LIST"] += 1
        found = Stamps()
        found.names = {}
        for model in super().stamps(folder, below, name):
            names = [super(FlatStore, self).names(f"{folder}/{model}/{part}") for part in below]
            found.names[model] = tuple(names)
            found[model] = tuple(crc32(repr(part).encode()) if part else 0 for part in names)
        return found
