"""sha256 taken while the bytes move, so that nothing is read twice."""

from __future__ import annotations

import hashlib
import threading
from typing import Any, Protocol

# Below this, handing bytes to a thread costs more than hashing them.
THREADED_FROM_BYTES = 1 << 20
# As much as the target is given at once, so that the disk can begin with it.
CHUNK_BYTES = 16 << 20


class Writable(Protocol):
    """Something that takes bytes and knows how many it took."""

    def write(self, data: Any, /) -> int:
        """Take `data` whole."""
        ...

    def tell(self) -> int:
        """Return the number of bytes taken."""
        ...


class HashingWriter:
    """A writer that passes bytes on and keeps their sha256 and count.

    Large buffers are hashed by a thread while the disk is written: hashlib releases the
    interpreter lock. Nothing is copied.

    Parameters
    ----------
    target : Writable
        Where the bytes go.

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
        """Pass `data` on and count it."""
        view = memoryview(data).cast("B")
        if view.nbytes < THREADED_FROM_BYTES:
            self._target.write(view)
            self._hash.update(view)
        else:
            self._write_large(view)
        self.size_bytes += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        """Return the number of bytes taken."""
        return self.size_bytes

    def flush(self) -> None:
        """Do nothing: the target decides when bytes reach the disk."""

    def _write_large(self, view: memoryview) -> None:
        hashing = threading.Thread(target=self._hash.update, args=(view,))
        hashing.start()
        try:
            for start in range(0, view.nbytes, CHUNK_BYTES):
                self._target.write(view[start : start + CHUNK_BYTES])
        finally:
            # Once this returns, whoever owns the buffer may change it.
            hashing.join()

    @property
    def sha256(self) -> str:
        """The digest of everything written, 64 hexadecimal digits."""
        return self._hash.hexdigest()
