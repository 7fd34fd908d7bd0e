"""The store in memory keeps the contract; its clock is an argument."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.memory import MemoryStore
from tests.store.calls import BLOB, KEY, TMP, publish, read
from tests.store.tree_contract import TreeContract


class TestMemoryStore(TreeContract):
    """A store in a dict."""

    def make(self, folder: Path) -> MemoryStore:
        """Return a store that does not use a folder."""
        return MemoryStore()


def test_the_clock_is_an_argument() -> None:
    """With a given clock, a store has the same times in each run."""
    store = MemoryStore(clock=iter(range(100)).__next__)
    store.create(KEY, b"{}", staging=TMP)
    first, later = store.info(KEY), store.clock_ns(TMP)
    assert first is not None
    assert first.modified_ns < later < 100


def test_there_is_no_path() -> None:
    """A store in memory does not have paths."""
    store = MemoryStore()
    publish(store, BLOB, b"x")
    assert store.local_path(BLOB) is None
    assert store.location == "memory"


def test_what_was_created_is_a_copy() -> None:
    """Changing a buffer after it was stored does not change the store."""
    store = MemoryStore()
    data = bytearray(b"first")
    store.create(KEY, data, staging=TMP)  # type: ignore[arg-type]
    data[:] = b"other"
    assert read(store, KEY) == b"first"


def test_errors_have_the_number_of_the_system() -> None:
    """The errno of each error is the same as for a folder."""
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
