"""The contract of all stores for guards; `conformance` has the whole contract."""

from __future__ import annotations

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.base import Store
from tests.store.calls import BLOB, KEY, TMP, USES, in_flight, publish, read
from tests.store.payload_contract import PayloadContract

ID = "id.json"
GUARDED_USES = [
    *("read", "open", "create", "create beside", "stage", "publish", "info", "remove", "rename"),
    *("rename to", "clock", "names", "entries", "stamps"),
    *("stamps of one", "names after", "infos"),
]


class GuardContract(PayloadContract):
    """Calls of a store that was replaced while it was open."""

    @pytest.mark.parametrize("changed", [None, b"B"])
    @pytest.mark.parametrize("use", GUARDED_USES)
    def test_a_guard_stops_a_call(self, store: Store, use: str, changed: bytes | None) -> None:
        """If the guarded key is missing or has other content, a call raises and changes nothing."""
        publish(store, BLOB, b"x")
        publish(store, ID, b"A")
        store.guard(ID, only_a)
        read(store, BLOB)
        store.guard(ID, lambda data: None)
        store.remove(ID)
        if changed is not None:
            publish(store, ID, changed)
        before = [name for name in (BLOB, KEY, ID) if _exists(store, name)]
        store.guard(ID, only_a)
        with pytest.raises(StoreError, match="gone"):
            USES[use](store, {"read": KEY, "open": KEY}.get(use, BLOB))
        store.guard(ID, lambda data: None)
        assert [name for name in (BLOB, KEY, ID) if _exists(store, name)] == before
        assert in_flight(store) == []

    def test_a_guard_is_asked_when_its_key_has_changed(self, store: Store) -> None:
        """The content of the guarded key is checked at the first call and after each change."""
        publish(store, ID, b"A")
        seen: list[bytes | None] = []
        store.guard(ID, seen.append)
        for _ in range(3):
            publish(store, BLOB, b"x")
            store.names("models")
        assert seen == [b"A"]
        publish(store, ID, b"longer")
        for _ in range(3):
            store.create(f"{KEY}{len(seen)}{_}", b"x", staging=TMP)
        assert seen == [b"A", b"longer"]

    def test_a_guard_is_asked_between_staging_and_publishing(self, store: Store) -> None:
        """A payload is not published in another store than the one that it was staged in."""
        publish(store, ID, b"A")
        store.guard(ID, only_a)
        with store.stage(TMP) as staged:
            staged.write(b"x")
            store.remove(ID)
            with pytest.raises(StoreError, match="gone"):
                staged.publish(BLOB)
        publish_again(store)
        assert store.info(BLOB) is None
        assert in_flight(store) == []

    def test_a_store_that_returns_works_again(self, store: Store) -> None:
        """When the guarded key has the expected content again, calls succeed."""
        publish(store, ID, b"A")
        store.guard(ID, only_a)
        publish(store, BLOB, b"x")
        store.remove(ID)
        with pytest.raises(StoreError, match="gone"):
            publish(store, BLOB, b"y")
        publish_again(store)
        publish(store, BLOB, b"z")
        assert read(store, BLOB) == b"z"


def only_a(data: bytes | None) -> None:
    """Raise an error unless the guarded key contains A."""
    if data != b"A":
        raise StoreError("gone", key=ID)


def publish_again(store: Store) -> None:
    """Publish the expected content of the guarded key."""
    store.guard(ID, lambda data: None)
    publish(store, ID, b"A")
    store.guard(ID, only_a)


def _exists(store: Store, key: str) -> bool:
    try:
        return bool(read(store, key))
    except StoreError:
        return False
