"""sha256 taken while the bytes move."""

from __future__ import annotations

import hashlib
import io
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.digest import THREADED_FROM_BYTES, HashingWriter

# A large chunk starts the hashing thread; what comes after it, small or large, goes there too.
SIZES = st.lists(st.sampled_from([0, 1, 7, 4096, THREADED_FROM_BYTES]), max_size=6)
KINDS = st.sampled_from([bytes, bytearray, memoryview])


@given(SIZES, KINDS)
def test_the_digest_is_that_of_the_bytes_that_went_through(sizes: list[int], kind: Any) -> None:
    """Whatever the chunks, target and digest get the same bytes in the same order."""
    chunks = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    target = io.BytesIO()
    with HashingWriter(target) as writer:
        for chunk in chunks:
            assert writer.write(kind(chunk)) == len(chunk)
    whole = b"".join(chunks)
    assert target.getvalue() == whole
    assert writer.sha256 == hashlib.sha256(whole).hexdigest()
    assert writer.size_bytes == writer.tell() == len(whole)


@pytest.mark.parametrize("size", [10, THREADED_FROM_BYTES])
def test_a_buffer_may_change_once_it_was_written(size: int) -> None:
    """What counts is what the buffer held at the call, as for any file."""
    buffer = bytearray(size)
    with HashingWriter(io.BytesIO()) as writer:
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
    with HashingWriter(io.BytesIO()) as writer:
        assert writer.write(memoryview(numbers)) == 16
    assert writer.sha256 == hashlib.sha256(numbers.tobytes()).hexdigest()


def test_a_digest_may_be_asked_for_in_between() -> None:
    """Asking ends the thread, and writing on starts it again."""
    chunk = b"x" * THREADED_FROM_BYTES
    writer = HashingWriter(io.BytesIO())
    writer.write(chunk)
    assert writer.sha256 == hashlib.sha256(chunk).hexdigest()
    writer.write(chunk)
    writer.write(b"y")
    assert writer.sha256 == hashlib.sha256(chunk * 2 + b"y").hexdigest()


def test_a_full_disk_leaves_no_thread_waiting() -> None:
    """An error of the target reaches the caller, and the writer still closes."""

    class Full(io.BytesIO):
        def write(self, data: Any, /) -> int:
            raise OSError("no space left")

    writer = HashingWriter(Full())
    with pytest.raises(OSError, match="no space"), writer:
        writer.write(b"x" * THREADED_FROM_BYTES)
    assert writer._thread is None
    assert writer.size_bytes == 0
