"""The store in memory keeps the contract, and its clock is an argument."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.memory import MemoryStore
from tests.store.calls import BLOB, KEY, TMP, publish, read
from tests.store.conformance import StoreContract


class TestMemoryStore(StoreContract):
    """A dict of keys."""

    def make(self, folder: Path) -> MemoryStore:
        """Return a store that uses no folder."""
        return MemoryStore()


def test_the_clock_is_an_argument() -> None:
    """With a clock of its own a store tells the same times at every run."""
    store = MemoryStore(clock=iter(range(100)).__next__)
    store.create(KEY, b"{}", staging=TMP)
    first, later = store.info(KEY), store.clock_ns(TMP)
    assert first is not None
    assert first.modified_ns < later < 100


def test_there_is_no_path() -> None:
    """What lies in memory cannot be memory-mapped."""
    store = MemoryStore()
    publish(store, BLOB, b"x")
    assert store.local_path(BLOB) is None
    assert store.location == "memory"


def test_what_was_created_is_a_copy() -> None:
    """A caller who changes the buffer that it gave changes nothing in the store."""
    store = MemoryStore()
    data = bytearray(b"first")
    store.create(KEY, data, staging=TMP)  # type: ignore[arg-type]
    data[:] = b"other"
    assert read(store, KEY) == b"first"


def test_errors_have_the_number_of_the_system() -> None:
    """A caller that looks at errno finds in memory what a folder would say."""
    store = MemoryStore()
    store.create(KEY, b"{}", staging=TMP)
    numbers = []
    for call in (
        lambda: store.read("nothing", max_bytes=1),
        lambda: store.create(KEY, b"", staging=TMP),
        lambda: store.remove("models"),
        lambda: publish(store, "models", b""),
        lambda: store.read("models", max_bytes=1),
        lambda: store.create(f"{KEY}/x", b"", staging=TMP),
    ):
        with pytest.raises(StoreError) as caught:
            call()
        numbers.append(caught.value.errno)
    assert numbers == [
        errno.ENOENT,
        errno.EEXIST,
        errno.ENOTEMPTY,
        errno.EISDIR,
        errno.EINVAL,
        errno.ENOTDIR,
    ]
