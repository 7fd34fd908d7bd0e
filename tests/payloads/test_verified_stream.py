"""Large payloads that are verified before they are used."""

from __future__ import annotations

import hashlib
import io

import pytest

from exo_nbregistry.errors import IntegrityError
from exo_nbregistry.payloads.verified_stream import VerifiedStream
from exo_nbregistry.records.metadata import Artifact

DATA = bytes(range(256)) * (5 << 11)  # 2.5 blocks
ARTIFACT = Artifact("figure", hashlib.sha256(DATA).hexdigest(), len(DATA))


def opened(stored: io.BytesIO) -> io.BufferedReader:
    """Return the verified stream of a stored payload."""
    return io.BufferedReader(VerifiedStream(stored, ARTIFACT, "key"))


def test_all_parts_are_read() -> None:
    """Reads from any position return the stored bytes, also over the end of a block."""
    stream = opened(io.BytesIO(DATA))
    assert stream.read() == DATA
    for start, length in ((0, 1), ((1 << 20) - 3, 9), (len(DATA) - 2, 100), (len(DATA) + 5, 1)):
        stream.seek(start)
        assert stream.read(length) == DATA[start : start + length]
    assert stream.seek(-3, io.SEEK_END) == len(DATA) - 3
    assert stream.read() == DATA[-3:]


@pytest.mark.parametrize("stored", [DATA[:-1], DATA + b"x", b"x" + DATA[1:], b""])
def test_changed_bytes_are_not_opened(stored: bytes) -> None:
    """A payload of another size or with other bytes is an error before anything is read."""
    with pytest.raises(IntegrityError, match="key was changed"):
        opened(io.BytesIO(stored))


def test_bytes_that_change_after_the_check_are_not_read() -> None:
    """A block that another program changes between the check and its use is an error."""
    stored = io.BytesIO(DATA)
    stream = opened(stored)
    stored.getbuffer()[(1 << 20) + 7] ^= 1
    assert stream.read(100) == DATA[:100]
    stream.seek(1 << 20)
    with pytest.raises(IntegrityError, match="key was changed"):
        stream.read(1)
