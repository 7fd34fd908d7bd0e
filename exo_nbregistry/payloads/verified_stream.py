"""A payload that is too large for memory, read twice: to verify it, and then to use it."""

from __future__ import annotations

import hashlib
import io
import os
from typing import Any, BinaryIO

from exo_nbregistry.errors import IntegrityError
from exo_nbregistry.payloads.stored import changed_payload
from exo_nbregistry.records.metadata import Artifact

_BLOCK_BYTES = 1 << 20


class VerifiedStream(io.RawIOBase):
    """The bytes of a payload that match its record, also if the file changes while it is read.

    Parameters
    ----------
    stream : BinaryIO
        The stored payload.
    artifact : Artifact
        Its recorded digest and size.
    key : str
        Its key, for errors.

    Raises
    ------
    IntegrityError
        If the payload has changed.
    """

    def __init__(self, stream: BinaryIO, artifact: Artifact, key: str) -> None:
        self._stream = stream
        self._artifact = artifact
        self._key = key
        self._position = 0
        self._number, self._block = -1, b""
        self._digests = self._verify()

    def _verify(self) -> list[bytes]:
        """Return the digest of each block, after comparing all of them with the record."""
        size, whole, digests = self._artifact.size_bytes, hashlib.sha256(), []
        if self._stream.seek(0, os.SEEK_END) != size:
            raise self._changed("another size")
        for number in range(-(-size // _BLOCK_BYTES)):
            block = self._read_block(number)
            whole.update(block)
            digests.append(hashlib.sha256(block).digest())
        if whole.hexdigest() != self._artifact.sha256:
            raise self._changed(whole.hexdigest())
        return digests

    def _read_block(self, number: int) -> bytes:
        self._stream.seek(number * _BLOCK_BYTES)
        return self._stream.read(_BLOCK_BYTES)

    def _changed(self, actual: str) -> IntegrityError:
        return changed_payload(self._key, self._artifact, actual)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:  # prose: ok, the protocol of files
        """Return the position."""
        return self._position

    def seek(self, offset: int, origin: int = os.SEEK_SET, /) -> int:
        """Move to a position."""
        start = {
            os.SEEK_SET: 0,
            os.SEEK_CUR: self._position,
            os.SEEK_END: self._artifact.size_bytes,
        }
        self._position = max(0, start[origin] + offset)
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        """Read from the current block, after comparing it with the verified one."""
        number, start = divmod(self._position, _BLOCK_BYTES)
        if number >= len(self._digests):
            return 0
        if number != self._number:
            block = self._read_block(number)
            if hashlib.sha256(block).digest() != self._digests[number]:
                raise self._changed("bytes that changed while they were read")
            self._number, self._block = number, block
        with memoryview(buffer) as view:
            part = self._block[start : start + len(view)]
            view[: len(part)] = part
        self._position += len(part)
        return len(part)
