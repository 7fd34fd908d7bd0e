"""Buckets in memory, for tests of what is above a store."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import pytest

import exo_nbregistry.store
from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.store.url import parse_url


class Bucket(MemoryStore):
    """A prefix of a bucket, with the options that it was last opened with.

    Attributes
    ----------
    options : dict
        The options.
    failure : str
        If not empty, reading raises a StoreError with this text.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.options: dict[str, Any] = {}
        self.failure = ""

    @property
    def location(self) -> str:
        """The URL."""
        return self._url

    @property
    def settles(self) -> bool:
        """False, as in a bucket."""
        return False

    def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return the content of a key, or raise the failure."""
        if self.failure:
            raise StoreError(self.failure, key=key)
        return super().read(key, max_bytes=max_bytes)

    def read_many(self, keys: Iterable[str], *, max_bytes: int) -> Iterator[bytes | StoreError]:
        """Yield the contents, or the failure of each key."""
        for key in keys:
            try:
                yield self.read(key, max_bytes=max_bytes)
            except StoreError as error:
                yield error

    def contents(self) -> dict[str, bytes]:
        """Return the bytes of all files by key."""
        return {key: node.data for key, node in self._nodes.items() if node.data is not None}


class Cloud:
    """Buckets by URL; a URL that was opened before is the same bucket."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}

    def open(self, url: str, options: dict[str, Any]) -> Bucket:
        """Open a bucket, as the class of the package does."""
        bucket = self.buckets.setdefault(url, Bucket(str(parse_url(url))))
        bucket.options = dict(options)
        return bucket

    def __getitem__(self, url: str) -> Bucket:
        """Return the bucket of a URL."""
        return self.buckets[url]


def install(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Open URLs in memory during a test, and return the buckets."""
    cloud = Cloud()
    module = ModuleType("exo_nbregistry.store.bucket")
    module.BucketStore = cloud.open  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(exo_nbregistry.store, "bucket", module, raising=False)
    return cloud
