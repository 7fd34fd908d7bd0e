"""The contract of stores with folders; `conformance` has the contract of all stores."""

from __future__ import annotations

import time

import pytest

from exo_nbregistry.errors import KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.store.base import Store
from tests.store.calls import BLOB, KEY, TMP, USES, in_flight, publish, read
from tests.store.conformance import StoreContract


class TreeContract(StoreContract):
    """The contract of stores that are a tree of folders with modification times."""

    def test_a_folder_is_not_a_file(self, store: Store) -> None:
        """A folder cannot be created, published or read as a file."""
        store.create(KEY, b"{}", staging=TMP)
        with pytest.raises(KeyExistsError):
            store.create("models/toy", b"x", staging=TMP)
        for use in ("publish", "read", "open", "remove"):
            with pytest.raises(StoreError) as caught:
                USES[use](store, "models/toy")
            assert not isinstance(caught.value, MissingKeyError), use
        assert read(store, KEY) == b"{}"
        assert in_flight(store) == []

    def test_a_file_is_not_a_folder(self, store: Store) -> None:
        """A key below a file does not exist and cannot be created."""
        store.create(KEY, b"{}", staging=TMP)
        below = f"{KEY}/x"
        for use in ("create", "publish", "create beside", "stage"):
            with pytest.raises(StoreError):
                USES[use](store, below)
        for use in ("read", "open", "remove"):
            with pytest.raises(MissingKeyError):
                USES[use](store, below)
        assert store.info(below) is None
        assert store.names(KEY) == store.entries(KEY) == []

    def test_a_folder_shows_that_it_changed(self, store: Store) -> None:
        """The time of a folder changes only when a name is added or removed."""

        def stamp() -> int:
            entry = store.info("models/toy/versions")
            assert entry is not None
            return entry.modified_ns

        store.create(KEY, b"{}", staging=TMP)
        seen = [stamp()]
        for change in (
            lambda: store.create(f"{KEY}2", b"{}", staging=TMP),
            lambda: publish(store, f"{KEY}3", b"{}"),
            lambda: store.remove(f"{KEY}2"),
        ):
            time.sleep(0.02)  # more than a tick of the kernel's clock
            assert stamp() == seen[-1]
            read(store, KEY)
            change()
            seen.append(stamp())
        assert seen == sorted(set(seen))

    def test_stamps_are_the_times_of_the_folders(self, store: Store) -> None:
        """One call returns the times of all folders as in their entries, and 0 for missing ones."""
        assert store.stamps("models", ["versions"]) == {}
        for model in ("toy", "other"):
            store.create(f"models/{model}/versions/v", b"", staging=f"models/{model}/tmp")
        store.create("models/toy/events/e", b"", staging=TMP)
        store.create("models/stray", b"", staging=TMP)

        def expected(key: str) -> int:
            entry = store.info(key)
            return entry.modified_ns if entry else 0

        parts = ["versions", "events"]
        assert store.stamps("models", parts) == {
            model: tuple(expected(f"models/{model}/{part}") for part in parts)
            for model in ("toy", "other")
        }
        assert expected("models/other/events") == 0
        assert store.stamps("models/stray", parts) == {}

    def test_info_returns_a_folder(self, store: Store) -> None:
        """The entry of a folder has its name and kind, and no size."""
        store.create(KEY, b"{}", staging=TMP)
        folder = store.info("models/toy")
        assert folder is not None
        assert (folder.name, folder.kind, folder.size_bytes) == ("toy", "folder", 0)

    def test_staging_makes_a_folder(self, store: Store) -> None:
        """The folder of temporary data is listed, and can be removed when it is empty."""
        publish(store, BLOB, b"x")
        assert set(store.names("models/toy")) == {"tmp", "blobs"}
        store.remove(TMP)
        assert store.info(TMP) is None

    def test_the_clock_is_exact(self, store: Store) -> None:
        """The clock of the store is before and after the time of an entry between two calls."""
        before = store.clock_ns(TMP)
        time.sleep(0.02)
        publish(store, BLOB, b"x")
        entry = store.info(BLOB)
        assert entry is not None
        time.sleep(0.02)
        assert before < entry.modified_ns < store.clock_ns(TMP)
