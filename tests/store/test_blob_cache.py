"""Verified copies of payloads: shared, limited, replaced if damaged."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from exo_nbregistry.store import blob_cache
from exo_nbregistry.store.blob_cache import BlobCache

DATA = b"model" * 100
DIGEST = sha256(DATA).hexdigest()


@pytest.fixture
def cache(tmp_path: Path) -> BlobCache:
    """Return an empty cache for 1,200 bytes."""
    return BlobCache(tmp_path / "blobs", 1200)


def fill(cache: BlobCache, data: bytes, digest: str = "") -> Path | None:
    """Copy a payload in two parts."""
    digest = digest or sha256(data).hexdigest()
    copy = cache.begin(digest, len(data))
    if copy is None:
        return None
    for start, part in ((3, data[3:]), (0, data[:3])):
        with copy.part(start) as file:
            file.write(part)
    copy.end(keep=True)
    return cache.folder / digest


def test_a_copy_is_found_by_other_processes(cache: BlobCache) -> None:
    """Another cache in the same folder has the copy."""
    assert cache.find(DIGEST) is None
    path = fill(cache, DATA)
    assert path is not None
    assert path.read_bytes() == DATA
    assert BlobCache(cache.folder).find(DIGEST) == path


@pytest.mark.parametrize("damage", [b"", DATA[:-1], b"x" * len(DATA), DATA + b"x"])
def test_a_damaged_copy_is_replaced(cache: BlobCache, damage: bytes) -> None:
    """A copy that changed is removed, also in the process that wrote it."""
    path = fill(cache, DATA)
    assert path is not None
    path.write_bytes(damage)
    os.utime(path, ns=(1, 1))
    assert cache.find(DIGEST) is None
    assert not path.exists()
    assert fill(cache, DATA) == path


def test_a_copy_is_verified_once_in_a_process(
    cache: BlobCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unchanged copy is hashed at its first use only."""
    path = fill(cache, DATA)
    other = BlobCache(cache.folder)
    assert cache.find(DIGEST) == other.find(DIGEST) == path
    monkeypatch.setattr(blob_cache, "_digest", None)
    assert cache.find(DIGEST) == other.find(DIGEST) == path


def test_wrong_bytes_are_not_found(cache: BlobCache) -> None:
    """A copy with another digest than its name is removed when it is looked up."""
    assert fill(cache, b"other", DIGEST) is not None
    assert cache.find(DIGEST) is None
    assert list(cache.folder.iterdir()) == []


def test_the_least_recently_used_copy_makes_room(cache: BlobCache) -> None:
    """Copies are removed in the order of their last use, until the new one fits."""
    first, second = (fill(cache, bytes([n]) * 500) for n in (1, 2))
    assert first is not None
    assert second is not None
    os.utime(first, ns=(1, first.stat().st_mtime_ns))
    os.utime(second, ns=(2, second.stat().st_mtime_ns))
    assert cache.find(first.name) == first
    fill(cache, b"3" * 500)
    assert (first.exists(), second.exists()) == (True, False)


def test_a_large_payload_is_not_copied(cache: BlobCache) -> None:
    """A payload above the limit is not copied, and removes nothing."""
    path = fill(cache, DATA)
    assert fill(cache, b"x" * 1201) is None
    assert fill(BlobCache(cache.folder, 0), b"x") is None
    assert cache.find(DIGEST) == path


def test_abandoned_files_are_removed(cache: BlobCache) -> None:
    """A file that a killed process left is removed after a day."""
    fill(cache, DATA)
    old, new = (cache.folder / f".tmp-{name}" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    fill(cache, b"other")
    assert (old.exists(), new.exists()) == (False, True)


def test_a_cache_that_cannot_be_written_is_skipped(tmp_path: Path) -> None:
    """A file in place of the folder means that nothing is copied."""
    (tmp_path / "file").write_bytes(b"x")
    cache = BlobCache(tmp_path / "file")
    assert fill(cache, DATA) is None
    assert cache.find(DIGEST) is None


def test_a_copy_that_is_not_kept_leaves_nothing(cache: BlobCache) -> None:
    """An incomplete copy is not found, and its file is removed."""
    copy = cache.begin(DIGEST, len(DATA))
    assert copy is not None
    with copy.part(0) as file:
        file.write(DATA)
    assert cache.find(DIGEST) is None
    copy.end(keep=False)
    assert cache.find(DIGEST) is None
    assert list(cache.folder.iterdir()) == []


def test_a_copy_is_read_while_it_is_written(cache: BlobCache) -> None:
    """Bytes that were written can be read at any position before the copy is complete."""
    copy = cache.begin(DIGEST, len(DATA))
    assert copy is not None
    with copy.part(5) as file:
        file.write(DATA[5:20])
    buffer = bytearray(10)
    assert copy.read_into(memoryview(buffer), 7) == 10
    assert buffer == DATA[7:17]
    copy.end(keep=False)
