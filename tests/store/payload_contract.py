"""The contract of all stores for payloads; `conformance` has the whole contract."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryError, StoreError
from exo_nbregistry.store.base import Store
from tests.store.calls import BLOB, TMP, in_flight, publish, read


class PayloadContract(ABC):
    """Staging, publishing, renaming and removing payloads."""

    @abstractmethod
    def make(self, folder: Path) -> Store:
        """Return a new, empty store that may use a folder."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        """Return an empty store."""
        return self.make(tmp_path / "store")

    def test_a_payload_is_published_whole(self, store: Store) -> None:
        """Bytes of any type, written in parts, are one payload, visible after publishing."""
        parts = [b"a" * 3, bytearray(b"b" * (1 << 20)), memoryview(b"c" * (3 << 20)), b"", b"d"]
        with store.stage(TMP) as staged:
            assert staged.tell() == 0
            assert [staged.write(part) for part in parts] == [len(part) for part in parts]
            assert staged.tell() == sum(len(part) for part in parts)
            assert store.info(BLOB) is None
            staged.publish(BLOB)
        with store.open(BLOB) as stream:
            assert stream.read() == b"".join(parts)
        assert in_flight(store) == []

    def test_a_buffer_may_change_after_it_was_written(self, store: Store) -> None:
        """A buffer can be reused after it was written."""
        with store.stage(TMP) as staged:
            buffer = bytearray(b"first")
            staged.write(buffer)
            buffer[:] = b"again"
            staged.write(buffer)
            staged.publish(BLOB)
        assert read(store, BLOB) == b"firstagain"

    def test_items_wider_than_a_byte_count_in_bytes(self, store: Store) -> None:
        """A view of numbers is written as its bytes."""
        numbers = memoryview(bytes(range(16))).cast("d")
        with store.stage(TMP) as staged:
            assert staged.write(numbers) == staged.tell() == 16
            staged.publish(BLOB)
        assert read(store, BLOB) == bytes(range(16))

    def test_an_unpublished_payload_is_discarded(self, store: Store) -> None:
        """Staged bytes are discarded at the end of the block, also after an error."""
        with store.stage(TMP) as staged:
            staged.write(b"x")
        with pytest.raises(RegistryError, match="unpicklable"):
            _fail_while_writing(store)
        assert in_flight(store) == []
        assert set(store.names("models/toy")) <= {"tmp"}

    def test_publishing_again_replaces(self, store: Store) -> None:
        """Publishing replaces a damaged payload."""
        publish(store, BLOB, b"torn")
        publish(store, BLOB, b"whole bytes")
        assert read(store, BLOB) == b"whole bytes"
        assert in_flight(store) == []

    def test_a_reader_keeps_what_it_opened(self, store: Store) -> None:
        """An open payload can be read to its end after it is replaced or removed."""
        publish(store, BLOB, b"first")
        with store.open(BLOB) as stream:
            publish(store, BLOB, b"other")
            store.remove(BLOB)
            assert stream.read() == b"first"

    def test_a_payload_is_removed(self, store: Store) -> None:
        """A removed payload does not exist, others are unchanged, and its key can be used again."""
        publish(store, BLOB, b"x")
        publish(store, f"{BLOB}2", b"y")
        store.remove(BLOB)
        assert store.names("models/toy/blobs") == ["ab.joblib2"]
        publish(store, BLOB, b"z")
        assert read(store, BLOB) == b"z"

    def test_a_folder_with_content_is_not_removed(self, store: Store) -> None:
        """A folder with content cannot be removed."""
        publish(store, BLOB, b"x")
        with pytest.raises(StoreError):
            store.remove("models/toy/blobs")
        assert read(store, BLOB) == b"x"

    def test_a_payload_is_renamed(self, store: Store) -> None:
        """A renamed payload exists only under its new key and replaces an existing payload."""
        publish(store, BLOB, b"x")
        store.rename(BLOB, BLOB)
        store.rename(BLOB, f"{TMP}/aside")
        assert store.info(BLOB) is None
        assert read(store, f"{TMP}/aside") == b"x"
        publish(store, BLOB, b"y")
        store.rename(f"{TMP}/aside", BLOB)
        assert read(store, BLOB) == b"x"
        assert in_flight(store) == []

    def test_a_local_path_leads_to_the_bytes(self, store: Store) -> None:
        """If a store returns a path, the file there has the bytes of the payload."""
        publish(store, BLOB, b"x")
        path = store.local_path(BLOB)
        assert path is None or Path(path).read_bytes() == b"x"

    def test_many_publish_one_payload(self, store: Store) -> None:
        """Threads can publish the same payload at the same time."""
        data = bytes(range(256)) * 1000
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: publish(store, BLOB, data), range(40)))
        assert read(store, BLOB) == data
        assert in_flight(store) == []


def _fail_while_writing(store: Store) -> None:
    with store.stage(TMP) as staged:
        staged.write(b"x" * (2 << 20))
        raise RegistryError("unpicklable")
