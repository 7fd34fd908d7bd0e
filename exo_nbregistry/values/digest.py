"""SHA-256 of bytes while they are written, so that a file is not read again."""

from __future__ import annotations

import hashlib
import threading
from typing import IO, Any, Protocol

# For less data, starting a thread takes longer than hashing.
THREADED_FROM_BYTES = 1 << 20
# Maximum size of one write, so that the disk can start early.
CHUNK_BYTES = 16 << 20


_READ_BYTES = 1 << 20


def stream_digest(stream: IO[bytes]) -> str:
    """Return the SHA-256 of the rest of a stream, which is never in memory as a whole.

    Examples
    --------
    >>> import io
    >>> stream_digest(io.BytesIO(b"abc"))[:8]
    'ba7816bf'
    """
    digest = hashlib.sha256()
    while chunk := stream.read(_READ_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


class Writable(Protocol):
    """Interface of a binary file to write to."""

    def write(self, data: Any, /) -> int:
        """Write all of `data`."""
        ...

    def tell(self) -> int:  # prose: ok, the protocol of files
        """Return the number of bytes written."""
        ...


class HashingWriter:
    """A writer that computes the SHA-256 and the size of the bytes.

    Large buffers are hashed in a thread while they are written, because hashlib releases the
    interpreter lock. Buffers are not copied.

    Parameters
    ----------
    target : Writable
        The file to write to.

    Examples
    --------
    >>> import io
    >>> writer = HashingWriter(io.BytesIO())
    >>> _ = writer.write(b"abc")
    >>> writer.size_bytes, writer.sha256[:8]
    (3, 'ba7816bf')
    """

    def __init__(self, target: Writable) -> None:
        self._target = target
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: Any) -> int:
        """Write `data` and update the digest and the size."""
        view = memoryview(data).cast("B")
        if view.nbytes < THREADED_FROM_BYTES:
            self._target.write(view)
            self._hash.update(view)
        else:
            self._write_large(view)
        self.size_bytes += view.nbytes
        return view.nbytes

    def tell(self) -> int:  # prose: ok, the protocol of files
        """Return the number of bytes written."""
        return self.size_bytes

    def flush(self) -> None:
        """No-op, because the target decides when to flush."""

    def _write_large(self, view: memoryview) -> None:
        hashing = threading.Thread(target=self._hash.update, args=(view,))
        hashing.start()
        try:
            for start in range(0, view.nbytes, CHUNK_BYTES):
                self._target.write(view[start : start + CHUNK_BYTES])
        finally:
            # The caller may change the buffer after this method returns.
            hashing.join()

    @property
    def sha256(self) -> str:
        """Digest of all written bytes, 64 hexadecimal digits."""
        return self._hash.hexdigest()
