"""The guard of a bucket costs a request only every half minute."""

from __future__ import annotations

import pytest

from exo_nbregistry.errors import MissingKeyError, StoreError
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.store.bucket_guard import BucketGuard
from tests.store.bucket_stores import Requests, bucket, requests
from tests.store.calls import KEY, TMP, publish, read

__all__ = ["requests"]
ID = "id.json"


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
def store(requests: Requests, clock: Clock) -> BucketStore:
    """Return a store with an id and one file."""
    store = bucket()
    store.create(ID, b"A", staging=TMP)
    store.create(KEY, b"x", staging=TMP)
    store._guard = BucketGuard(store._client, clock=clock)
    requests.names()
    return store


def test_what_was_read_is_not_read_again(store: BucketStore, requests: Requests) -> None:
    """If the key was read before, the guard checks that content without a request."""
    read(store, ID)
    seen: list[bytes | None] = []
    store.guard(ID, seen.append)
    store.names("models")
    assert seen == [b"A"]
    assert requests.names() == ["get", "list_with_delimiter"]


def test_a_check_is_repeated_later(store: BucketStore, requests: Requests, clock: Clock) -> None:
    """After half a minute, the content is requested again, and checked only if it changed."""
    seen: list[bytes | None] = []
    store.guard(ID, seen.append)
    for later, expected in ((0, 2), (29, 1), (2, 2), (1, 1)):
        clock.now += later
        store.names("models")
        assert len(requests.names()) == expected, later
    assert seen == [b"A"]


def test_a_missing_key_is_checked_immediately(store: BucketStore) -> None:
    """Before a key is reported as missing, the content is checked."""
    publish(store, ID, b"B")
    store.guard(ID, _only_b)
    store.names("models")
    with pytest.raises(MissingKeyError):
        read(store, f"{KEY}x")
    store._client.delete(ID)
    with pytest.raises(StoreError, match="gone"):
        read(store, f"{KEY}x")


def _only_b(data: bytes | None) -> None:
    if data != b"B":
        raise StoreError("gone")
