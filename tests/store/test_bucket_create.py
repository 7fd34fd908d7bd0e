"""An object is created once, also if replies are lost."""

from __future__ import annotations

import pytest
from obstore.exceptions import AlreadyExistsError, GenericError, PermissionDeniedError

from exo_nbregistry.errors import KeyExistsError, StoreError
from tests.store.bucket_stores import Requests, bucket, fail, lose, requests
from tests.store.calls import KEY, TMP, read

__all__ = ["requests"]
LOST = GenericError("HTTP error: error sending request\n\nDebug source:\nsecret")
BUSY = GenericError("Server returned non-2xx status code: 500 Internal Server Error: <x>")
CONFLICT = AlreadyExistsError("Server returned non-2xx status code: 409 Conflict: <x>")


@pytest.fixture
def store(requests: Requests):
    """Return a store that was written to before."""
    store = bucket(recheck_s=60)
    store.create("first", b"x", staging=TMP)
    requests.names()
    return store


@pytest.mark.parametrize("error", [LOST, BUSY])
def test_a_lost_reply_is_a_success(store, requests: Requests, error: Exception) -> None:
    """If the key has our bytes after a lost reply, the call succeeds with one more request."""
    requests.replace("put", lose(error))
    store.create(KEY, b"ours", staging=TMP)
    assert requests.names() == ["put", "get"]
    assert read(store, KEY) == b"ours"


def test_a_reply_that_is_lost_twice_is_a_success(store, requests: Requests) -> None:
    """If the key cannot be read after a lost reply, the next attempt finds our bytes."""
    requests.replace("put", lose(LOST))
    requests.replace("get", fail(LOST))
    store.create(KEY, b"ours", staging=TMP)
    assert requests.names() == ["put", "get", "put", "get"]


@pytest.mark.parametrize("error", [LOST, BUSY, CONFLICT])
def test_a_failed_attempt_is_repeated(store, requests: Requests, error: Exception) -> None:
    """If the key does not exist after a failure, it is created by another attempt."""
    requests.replace("put", fail(error), fail(error))
    store.create(KEY, b"ours", staging=TMP)
    assert requests.names() == ["put", "get", "put", "get", "put"]
    assert read(store, KEY) == b"ours"


@pytest.mark.parametrize("theirs", [b"them", b"longer than ours", b""])
def test_another_writer_wins_after_a_failure(store, requests: Requests, theirs: bytes) -> None:
    """If the key has other bytes after a failure, it exists."""

    def meanwhile(real):
        store._client.put_new(KEY, theirs)
        raise LOST

    requests.replace("put", meanwhile)
    with pytest.raises(KeyExistsError):
        store.create(KEY, b"ours", staging=TMP)
    assert read(store, KEY) == theirs


def test_the_same_bytes_of_another_writer_are_not_ours(store, requests: Requests) -> None:
    """Without a failure, an existing key is an error, also with the same bytes."""
    store.create(KEY, b"same", staging=TMP)
    with pytest.raises(KeyExistsError):
        store.create(KEY, b"same", staging=TMP)
    assert requests.names() == ["put", "put"]


def test_an_unknown_outcome_is_an_error(store, requests: Requests) -> None:
    """If every attempt fails, the error explains that the file may have been written."""
    requests.replace("put", *[fail(LOST)] * 4)
    requests.replace("get", *[fail(LOST)] * 4)
    with pytest.raises(StoreError, match=f"Cannot tell whether '{KEY}' was written") as caught:
        store.create(KEY, b"ours", staging=TMP)
    assert "list the versions or the history before you repeat the call" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_denied_write_is_not_repeated(store, requests: Requests) -> None:
    """Without permission, one request is made."""
    denied = PermissionDeniedError("status code: 403 Forbidden: <Code>AccessDenied</Code>")
    requests.replace("put", fail(denied))
    with pytest.raises(StoreError, match="may write to the bucket"):
        store.create(KEY, b"ours", staging=TMP)
    assert requests.names() == ["put"]
