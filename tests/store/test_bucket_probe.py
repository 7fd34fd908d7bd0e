"""A bucket that does not protect existing keys is refused before anything is written."""

from __future__ import annotations

import threading

import obstore
import pytest
from obstore.exceptions import AlreadyExistsError, GenericError
from obstore.store import MemoryStore

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.bucket import BucketStore
from tests.store.bucket_stores import Requests, bucket, fail, requests
from tests.store.calls import BLOB, KEY, TMP, publish

__all__ = ["requests"]


def test_a_location_is_probed_once(requests: Requests) -> None:
    """The first write of a process makes the probe, and the second one does not."""
    store = bucket(recheck_s=60)
    store.names("models")
    assert requests.names() == ["list_with_delimiter"]
    store.create(KEY, b"x", staging=TMP)
    names = requests.names()
    assert (names.count("put"), names.count("delete")) == (10, 1)
    assert names[0] == "list_with_delimiter"
    publish(store, BLOB, b"x")
    assert requests.names() == ["put"]
    assert store.names("") == ["models"]


@pytest.mark.parametrize("write", ["create", "publish", "clock"])
def test_a_store_that_ignores_the_condition_is_refused(
    write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If several writers create one key, nothing is written."""
    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda *args, mode=None, **options: put(*args, **options))
    memory = MemoryStore()
    store = BucketStore.over(memory)
    with pytest.raises(StoreError, match="8 of 8 writers have created the same key"):
        {
            "create": lambda: store.create(KEY, b"x", staging=TMP),
            "publish": lambda: publish(store, BLOB, b"x"),
            "clock": lambda: store.clock_ns(TMP),
        }[write]()
    assert obstore.list(memory).collect() == []


def test_a_store_that_replaces_later_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that decides between concurrent writers only is refused."""
    put, lock, count = obstore.put, threading.Lock(), [0]

    def first_eight(*args, mode=None, **options):
        with lock:
            count[0] += 1
            return put(*args, mode=mode if count[0] <= 8 else None, **options)

    monkeypatch.setattr(obstore, "put", first_eight)
    with pytest.raises(StoreError, match="a second write has replaced an existing key"):
        bucket().create(KEY, b"x", staging=TMP)


def test_a_store_without_conditional_writes_is_refused(requests: Requests) -> None:
    """A store that answers 501 has the reason in its error."""
    error = GenericError("Server returned non-2xx status code: 501 Not Implemented: <x>")
    requests.replace("put", *[fail(error)] * 8)
    with pytest.raises(StoreError, match="it does not support conditional writes"):
        bucket().create(KEY, b"x", staging=TMP)


def test_conflicts_are_raced_again(requests: Requests) -> None:
    """If every writer meets a conflict, another key is tried."""
    conflict = AlreadyExistsError("status code: 409 Conflict: <x>")
    requests.replace("put", *[fail(conflict)] * 8)
    store = bucket()
    store.create(KEY, b"x", staging=TMP)
    assert requests.names().count("delete") == 2


def test_a_store_that_never_decides_is_refused(requests: Requests) -> None:
    """If no writer ever succeeds, the store is refused."""
    conflict = AlreadyExistsError("status code: 409 Conflict: <x>")
    requests.replace("put", *[fail(conflict)] * 32)
    with pytest.raises(StoreError, match="no writer could create a key"):
        bucket().create(KEY, b"x", staging=TMP)


def test_a_missing_bucket_is_named_before_a_write(requests: Requests) -> None:
    """A bucket that does not exist is not created by a write."""
    requests.replace("list_with_delimiter", fail(FileNotFoundError("<Code>NoSuchBucket</Code>")))
    with pytest.raises(StoreError, match="there is no bucket"):
        bucket().create(KEY, b"x", staging=TMP)
    assert requests.names() == ["list_with_delimiter"]


def test_a_bucket_that_forbids_removal_can_be_written(requests: Requests) -> None:
    """The file of the probe may stay."""
    denied = GenericError("status code: 403 Forbidden: <x>")
    requests.replace("delete", fail(denied))
    store = bucket()
    store.create(KEY, b"x", staging=TMP)
    assert set(store.names("")) == {"models", "nbregistry.json.tmp"}
