"""Payloads are read while they arrive, and kept as copies in the cache."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from obstore.exceptions import GenericError

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store import blob_cache, bucket_download
from exo_nbregistry.store.bucket import BucketStore
from tests.store.bucket_stores import Cut, Requests, bucket, requests
from tests.store.calls import publish

__all__ = ["requests"]
PART = 1 << 20
LARGE = bytes(range(256)) * (12 << 10)  # 3 MiB
KEY = f"models/toy/blobs/{sha256(LARGE).hexdigest()}.joblib"
LOST = GenericError("HTTP error: error sending request")


@pytest.fixture
def store(requests: Requests, monkeypatch: pytest.MonkeyPatch) -> BucketStore:
    """Return a store with a payload of three parts, which are requested one by one."""
    monkeypatch.setattr(bucket_download, "_PART_BYTES", PART)
    monkeypatch.setattr(bucket_download, "_PARTS_AHEAD", 1)
    store = bucket(recheck_s=60)
    publish(store, KEY, LARGE)
    requests.names()
    return store


def copies(store: BucketStore) -> list[Path]:
    """Return the files in the cache."""
    folder = store._cache.folder
    return list(folder.iterdir()) if folder.exists() else []


def read_by(stream: BinaryIO, size_bytes: int) -> bytes:
    """Read a stream in pieces."""
    return b"".join(iter(lambda: stream.read(size_bytes), b""))


@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("size_bytes", [100_000, 3 << 20])
def test_a_payload_that_was_read_is_kept(
    store: BucketStore,
    requests: Requests,
    monkeypatch: pytest.MonkeyPatch,
    ahead: int,
    size_bytes: int,
) -> None:
    """Each part is requested once, and the next reader uses the copy."""
    monkeypatch.setattr(bucket_download, "_PARTS_AHEAD", ahead)
    with store.open(KEY, cached=True) as stream:
        assert read_by(stream, size_bytes) == LARGE
        assert stream.read() == b""
    assert requests.names() == ["get"] * 3
    assert [path.read_bytes() for path in copies(store)] == [LARGE]
    with store.open(KEY, cached=True) as stream:
        assert stream.read() == LARGE
    assert requests.names() == []


def test_a_first_read_does_not_hash(store: BucketStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller hashes what it reads, so the new copy is not hashed as well."""
    monkeypatch.setattr(blob_cache, "_digest", None)
    with store.open(KEY, cached=True) as stream:
        assert read_by(stream, PART) == LARGE


def test_the_first_bytes_are_read_before_the_last_arrive(
    store: BucketStore, requests: Requests
) -> None:
    """Reading the first part requests only one more in advance."""
    with store.open(KEY, cached=True) as stream:
        assert stream.read(10) == LARGE[:10]
        assert len(requests.names()) <= 2


def test_a_payload_that_was_read_in_part_is_not_kept(store: BucketStore) -> None:
    """If the reader is closed before the end, no copy and no temporary file remain."""
    with store.open(KEY, cached=True) as stream:
        stream.read(10)
    assert copies(store) == []
    with store.open(KEY, cached=True):
        pass
    assert copies(store) == []


def test_any_position_can_be_read(store: BucketStore, requests: Requests) -> None:
    """Bytes before and after the parts that arrived can be read, each part once."""
    with store.open(KEY, cached=True) as stream:
        assert stream.seek(0, os.SEEK_END) == len(LARGE)
        assert stream.seek(PART + 5) == PART + 5
        assert stream.read(10) == LARGE[PART + 5 : PART + 15]
        stream.seek(5)
        assert stream.read(PART) == LARGE[5 : PART + 5]
        stream.seek(-3, os.SEEK_END)
        assert stream.read() == LARGE[-3:]
        stream.seek(10, os.SEEK_END)
        assert stream.read() == b""
        with pytest.raises(ValueError, match="negative"):
            stream.seek(-1)
    assert requests.names() == ["get"] * 3
    assert [path.read_bytes() for path in copies(store)] == [LARGE]


@pytest.mark.parametrize("error", [LOST, None])
@pytest.mark.parametrize("before", [0, 1])
def test_a_part_that_was_cut_is_continued(
    store: BucketStore, requests: Requests, error: Exception | None, before: int
) -> None:
    """If the connection is lost, the rest of the part is requested from the same object."""
    intact = [lambda real: real()] * before
    requests.replace("get", *intact, lambda real: Cut(real(), 9, error))
    path = store.local_path(KEY)
    assert path is not None
    assert Path(path).read_bytes() == LARGE
    assert requests.names() == ["get"] * 4


@pytest.mark.parametrize("error", [LOST, None])
def test_a_download_that_keeps_failing_is_an_error(
    store: BucketStore, requests: Requests, error: Exception | None
) -> None:
    """After several lost connections the call fails with the key, and so does the next one."""
    requests.replace("get", *[lambda real: Cut(real(), 0, error)] * 4)
    with store.open(KEY, cached=True) as stream:
        for _ in range(2):
            with pytest.raises(StoreError, match=KEY):
                stream.read(10)
    assert copies(store) == []


def test_a_payload_that_is_replaced_is_not_mixed(store: BucketStore) -> None:
    """The parts of a copy are not from different objects."""
    with store.open(KEY, cached=True) as stream:
        publish(store, KEY, b"x" * len(LARGE))
        with pytest.raises(StoreError, match="it was replaced meanwhile; open it again"):
            stream.read()
    assert copies(store) == []


@pytest.mark.parametrize("position", [0, 7])
def test_a_full_disk_does_not_prevent_reading(
    store: BucketStore, monkeypatch: pytest.MonkeyPatch, position: int
) -> None:
    """If the copy cannot be written, the rest is read without one."""
    with store.open(KEY, cached=True) as stream:
        start = stream.read(position)
        monkeypatch.setattr(blob_cache.NewCopy, "part", _no_space)
        assert start + stream.read() == LARGE
        stream.seek(1)
        assert stream.read(3) == LARGE[1:4]
    assert copies(store) == []
    assert store.local_path(KEY) is None


def _no_space(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def test_a_payload_above_the_limit_is_not_kept(store: BucketStore) -> None:
    """A payload that is larger than the cache is read without a copy."""
    store._cache.max_bytes = len(LARGE) - 1
    with store.open(KEY, cached=True) as stream:
        assert stream.read() == LARGE
    assert copies(store) == []
    assert store.local_path(KEY) is None


def test_an_empty_payload_has_no_copy(store: BucketStore) -> None:
    """A payload that lost its content is read from the bucket, for the caller to reject."""
    publish(store, KEY, b"")
    assert store.local_path(KEY) is None
    with store.open(KEY, cached=True) as stream:
        assert stream.read() == b""


def test_a_reader_that_is_collected_leaves_nothing(store: BucketStore) -> None:
    """A reader that was never closed removes its temporary file when it is collected."""
    stream = store.open(KEY, cached=True)
    assert len(copies(store)) == 1
    del stream
    assert copies(store) == []
