"""sha256 taken while the bytes move, so that nothing is read twice."""

from __future__ import annotations

import hashlib
import queue
import threading
from typing import Any, Protocol

# Below this, handing bytes to a thread costs more than hashing them.
THREADED_FROM_BYTES = 1 << 20


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

    Large chunks are hashed by a thread while the disk is written: hashlib releases the
    interpreter lock. At most one chunk waits, which bounds the extra memory.

    Parameters
    ----------
    target : Writable
        Where the bytes go.

    Examples
    --------
    >>> import io
    >>> with HashingWriter(io.BytesIO()) as writer:
    ...     _ = writer.write(b"abc")
    >>> writer.size_bytes, writer.sha256[:8]
    (3, 'ba7816bf')
    """

    def __init__(self, target: Writable) -> None:
        self._target = target
        self._hash = hashlib.sha256()
        self._queue: queue.Queue[bytes | None] | None = None
        self._thread: threading.Thread | None = None
        self.size_bytes = 0

    def write(self, data: bytes) -> int:
        """Pass `data` on and count it."""
        size = len(data) if isinstance(data, bytes) else memoryview(data).nbytes
        if size >= THREADED_FROM_BYTES and self._queue is None:
            self._start()
        if self._queue is not None:
            # A mutable buffer may change before the thread gets to it.
            self._queue.put(data if isinstance(data, bytes) else bytes(data))
        else:
            self._hash.update(data)
        self._target.write(data)
        self.size_bytes += size
        return size

    def tell(self) -> int:
        """Return the number of bytes taken."""
        return self.size_bytes

    def flush(self) -> None:
        """Do nothing: the target decides when bytes reach the disk."""

    def _start(self) -> None:
        self._queue = queue.Queue(maxsize=1)
        self._thread = threading.Thread(target=self._drain, args=(self._queue,), daemon=True)
        self._thread.start()

    def _drain(self, chunks: queue.Queue[bytes | None]) -> None:
        while (chunk := chunks.get()) is not None:
            self._hash.update(chunk)

    def close(self) -> None:
        """Wait for the hashing thread; `sha256` is final after this."""
        if self._queue is not None and self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._queue = self._thread = None

    @property
    def sha256(self) -> str:
        """The digest of everything written, 64 hexadecimal digits."""
        self.close()
        return self._hash.hexdigest()

    def __enter__(self) -> HashingWriter:
        """Return the writer."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the hashing thread."""
        self.close()
