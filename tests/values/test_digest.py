"""Computation of the SHA-256 while bytes are read or written."""

from __future__ import annotations

import hashlib
import io
import threading
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.values import digest
from exo_nbregistry.values.digest import THREADED_FROM_BYTES, HashingWriter

# A large chunk is hashed by a thread, and written in pieces if it is very large.
SIZES = st.lists(st.sampled_from([0, 1, 7, 4096, THREADED_FROM_BYTES]), max_size=6)
KINDS = st.sampled_from([bytes, bytearray, memoryview])


@given(SIZES, KINDS)
def test_the_digest_covers_all_bytes(sizes: list[int], kind: Any) -> None:
    """For any chunks, target and digest receive the same bytes in the same order."""
    chunks = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    target = io.BytesIO()
    writer = HashingWriter(target)
    for chunk in chunks:
        assert writer.write(kind(chunk)) == len(chunk)
    whole = b"".join(chunks)
    assert target.getvalue() == whole
    assert writer.sha256 == hashlib.sha256(whole).hexdigest()
    assert writer.size_bytes == writer.tell() == len(whole)


@pytest.mark.parametrize("size", [10, THREADED_FROM_BYTES])
def test_a_buffer_may_change_once_it_was_written(size: int) -> None:
    """The digest covers the content of the buffer at the time of the call."""
    buffer = bytearray(size)
    writer = HashingWriter(io.BytesIO())
    for _ in range(4):
        writer.write(buffer)
        buffer[:] = bytes(len(buffer))
        buffer[0] = 255
        writer.write(buffer)
        buffer[0] = 0
    expected = hashlib.sha256((bytes(size) + b"\xff" + bytes(size - 1)) * 4).hexdigest()
    assert writer.sha256 == expected


def test_an_array_counts_in_bytes() -> None:
    """The size of a buffer of wider items is its number of bytes."""
    numbers = array("d", [1.0, 2.0])
    writer = HashingWriter(io.BytesIO())
    assert writer.write(memoryview(numbers)) == 16
    assert writer.sha256 == hashlib.sha256(numbers.tobytes()).hexdigest()


def test_the_digest_can_be_read_while_writing() -> None:
    """Reading the digest does not affect later writes."""
    chunk = b"x" * THREADED_FROM_BYTES
    writer = HashingWriter(io.BytesIO())
    writer.write(chunk)
    assert writer.sha256 == hashlib.sha256(chunk).hexdigest()
    writer.write(chunk)
    writer.write(b"y")
    assert writer.sha256 == hashlib.sha256(chunk * 2 + b"y").hexdigest()


def test_a_very_large_buffer_is_written_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The target is given as much as the disk can begin with, never a whole large array."""
    sizes = []

    class Sizes(io.BytesIO):
        def write(self, data: Any, /) -> int:
            sizes.append(len(data))
            return super().write(data)

    monkeypatch.setattr(digest, "CHUNK_BYTES", THREADED_FROM_BYTES)
    data = bytes(range(256)) * (THREADED_FROM_BYTES // 100)
    target = Sizes()
    writer = HashingWriter(target)
    assert writer.write(data) == len(data) == sum(sizes)
    assert max(sizes) == THREADED_FROM_BYTES
    assert target.getvalue() == data
    assert writer.sha256 == hashlib.sha256(data).hexdigest()


def test_a_full_disk_stops_the_thread() -> None:
    """An error of the target reaches the caller once nothing reads the buffer any more."""
    before = threading.active_count()

    class Full(io.BytesIO):
        def write(self, data: Any, /) -> int:
            raise OSError("no space left")

    writer = HashingWriter(Full())
    with pytest.raises(OSError, match="no space"):
        writer.write(b"x" * THREADED_FROM_BYTES)
    assert threading.active_count() == before
    assert writer.size_bytes == 0
