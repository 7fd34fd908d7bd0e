"""Payloads are sent and read in parts, and survive lost connections."""

from __future__ import annotations

import os
from typing import Any

import pytest
from obstore.exceptions import GenericError

from exo_nbregistry.errors import MissingKeyError, StoreError
from exo_nbregistry.store.bucket import BucketStore
from tests.store.bucket_stores import Cut, Requests, bucket, fail, lose, requests
from tests.store.calls import BLOB, TMP, publish

__all__ = ["requests"]
LARGE = bytes(range(256)) * (12 << 10)  # 3 MiB
LOST = GenericError("HTTP error: error sending request")


@pytest.fixture
def store(requests: Requests) -> BucketStore:
    """Return a store with a large payload."""
    store = bucket(recheck_s=60)
    publish(store, BLOB, LARGE)
    requests.names()
    return store


@pytest.mark.parametrize("error", [LOST, None])
@pytest.mark.parametrize("size_bytes", [0, 100, (1 << 20) + 5, 2 << 20])
def test_a_cut_download_is_continued(
    store: BucketStore, requests: Requests, size_bytes: int, error: Exception | None
) -> None:
    """If the connection is lost, the rest is requested from the same object."""
    requests.replace("get", lambda real: Cut(real(), size_bytes, error))
    with store.open(BLOB) as stream:
        assert b"".join(iter(lambda: stream.read(1 << 18), b"")) == LARGE
    assert requests.names() == ["get", "get"]


@pytest.mark.parametrize("error", [LOST, None])
def test_a_cut_small_file_is_read_again(
    store: BucketStore, requests: Requests, error: Exception | None
) -> None:
    """If the body of a small file is incomplete, the file is requested again."""
    publish(store, f"{BLOB}2", b"small")
    requests.names()
    for use in (
        lambda: store.read(f"{BLOB}2", max_bytes=9),
        lambda: store.open(f"{BLOB}2").read(),
    ):
        requests.replace("get", lambda real: Cut(real(), 2, error))
        assert use() == b"small"
        assert requests.names() == ["get", "get"]


def test_a_download_that_keeps_failing_is_an_error(store: BucketStore, requests: Requests) -> None:
    """After several lost connections at one position, the call fails with the key."""
    requests.replace("get", *[lambda real: Cut(real(), 0, LOST)] * 4)
    with store.open(BLOB) as stream, pytest.raises(StoreError, match=BLOB):
        stream.read(10)


def test_a_payload_that_is_replaced_is_not_mixed(store: BucketStore, requests: Requests) -> None:
    """The rest of an object is not read from another one."""
    requests.replace("get", lambda real: Cut(real(), 1 << 20, LOST))
    with store.open(BLOB) as stream:
        stream.read(1 << 20)
        publish(store, BLOB, b"x" * len(LARGE))
        with pytest.raises(StoreError, match="it was replaced meanwhile; open it again"):
            stream.read(1 << 20)


def test_any_position_can_be_read(store: BucketStore, requests: Requests) -> None:
    """A request is made only when bytes elsewhere are read, not for a seek or a small gap."""
    with store.open(BLOB) as stream:
        assert stream.seek(0, os.SEEK_END) == len(LARGE)
        assert stream.seek(0) == 0
        assert requests.names() == ["get"]
        assert stream.read(10) == LARGE[:10]
        assert stream.seek(1_200_000) == 1_200_000
        assert stream.read(10) == LARGE[1_200_000:1_200_010]
        assert requests.names() == []
        stream.seek(5)
        assert stream.read(100) == LARGE[5:105]
        stream.seek(-3, os.SEEK_END)
        assert stream.read() == LARGE[-3:]
        assert stream.read() == b""
        stream.seek(10, os.SEEK_END)
        assert stream.read() == b""
        with pytest.raises(ValueError, match="negative"):
            stream.seek(-1)


def test_a_missing_payload_is_missing(store: BucketStore) -> None:
    """Opening a payload that does not exist is a MissingKeyError."""
    with pytest.raises(MissingKeyError):
        store.open(f"{BLOB}x")


@pytest.mark.parametrize("answer", [fail(LOST), lose(LOST)], ids=["fail", "lose"])
def test_a_failed_upload_is_repeated(store: BucketStore, requests: Requests, answer: Any) -> None:
    """An upload that failed as a whole starts again from the first byte."""
    requests.replace("put", answer)
    publish(store, f"{BLOB}2", LARGE)
    assert requests.names().count("put") == 2
    assert store.open(f"{BLOB}2").read() == LARGE


def test_the_lost_reply_of_the_last_request_is_a_success(
    store: BucketStore, requests: Requests
) -> None:
    """If the server has completed an upload, its repetition is unknown there."""
    done = FileNotFoundError("status code: 404 Not Found: <Code>NoSuchUpload</Code>")
    requests.replace("put", lose(done))
    publish(store, f"{BLOB}2", LARGE)
    assert requests.names() == ["put", "head"]
    requests.replace("put", fail(done))
    publish(store, f"{BLOB}3", LARGE)
    assert requests.names() == ["put", "head", "put"]


def test_a_full_disk_is_named(store: BucketStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the temporary file cannot be written, the error names the folder and the variable."""
    monkeypatch.setattr("exo_nbregistry.store.bucket_payload.TemporaryFile", _no_space)
    with store.stage(TMP) as staged, pytest.raises(StoreError, match="disk is full") as caught:
        staged.write(LARGE)
    assert "temporary file in" in str(caught.value)


def _no_space(dir: object) -> None:
    raise OSError(28, "No space left on device")
