"""Buckets in memory for tests, whose requests are counted and can fail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from exo_nbregistry.journal.head_writer import HEAD_THREAD
from exo_nbregistry.store.bucket import BucketStore


def bucket(recheck_s: float = 0) -> BucketStore:
    """Return a store in the memory of obstore that checks its guard at each call."""
    store = BucketStore.over(MemoryStore())
    store._guard._recheck_s = recheck_s
    return store


def wait_for_heads() -> None:
    """Wait for the threads that move the heads of buckets."""
    for thread in threading.enumerate():
        if thread.name == HEAD_THREAD:
            thread.join()


class Requests:
    """The requests to obstore, and errors in place of some of them.

    Attributes
    ----------
    made : list of (str, str)
        The name and the path of each request.
    """

    NAMES = ("get", "head", "put", "delete", "copy", "list", "list_with_delimiter")

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[str, str]] = []
        self._faults: list[tuple[str, Callable[..., Any]]] = []
        for name in self.NAMES:
            monkeypatch.setattr(obstore, name, self._counted(name, getattr(obstore, name)))

    def replace(self, name: str, *calls: Callable[..., Any]) -> None:
        """Answer the next requests of a name by these functions, which take the real one first."""
        self._faults += [(name, call) for call in calls]

    def names(self) -> list[str]:
        """Return the names of the requests since the last call."""
        names = [name for name, _ in self.made]
        self.made.clear()
        return names

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(store: Any, path: Any = None, *args: Any, **options: Any) -> Any:
            self.made.append((name, path))
            for fault in self._faults:
                if fault[0] == name:
                    self._faults.remove(fault)
                    return fault[1](lambda: real(store, path, *args, **options))
            return real(store, path, *args, **options)

        return call


class Cut:
    """A reply whose body ends after some bytes, or fails there."""

    def __init__(self, real: Any, size_bytes: int, error: Exception | None) -> None:
        self.meta = real.meta
        self._data = bytes(real.bytes())[:size_bytes]
        self._error = error

    def bytes(self) -> bytes:
        """Return the bytes that arrived, or fail."""
        if self._error:
            raise self._error
        return self._data

    def stream(self, min_chunk_size: int) -> Any:
        """Yield the bytes that arrived, then fail."""
        for start in range(0, len(self._data), min_chunk_size):
            yield self._data[start : start + min_chunk_size]
        if self._error:
            raise self._error


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    """Count the requests of a test."""
    monkeypatch.setattr("exo_nbregistry.store.bucket_client.pause", lambda attempt: None)
    monkeypatch.setattr("exo_nbregistry.store.bucket_create.pause", lambda attempt: None)
    monkeypatch.setattr("exo_nbregistry.store.bucket_download.pause", lambda attempt: None)
    monkeypatch.setattr("exo_nbregistry.store.bucket_payload.pause", lambda attempt: None)
    monkeypatch.setattr("exo_nbregistry.store.bucket_probe.pause", lambda attempt: None)
    return Requests(monkeypatch)


def fail(error: Exception) -> Callable[..., Any]:
    """Return an answer that is an error; the request does not reach the server."""

    def answer(real: Callable[[], Any]) -> Any:
        raise error

    return answer


def lose(error: Exception) -> Callable[..., Any]:
    """Return an answer that is an error after the server has done the work."""

    def answer(real: Callable[[], Any]) -> Any:
        real()
        raise error

    return answer
