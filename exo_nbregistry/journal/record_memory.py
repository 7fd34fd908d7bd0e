"""Contents of records that this process has read or written, up to a size."""

from __future__ import annotations

from collections import OrderedDict

from exo_nbregistry.fs.process_lock import ProcessLock

MAX_BYTES = 32 << 20


class RecordMemory:
    """The contents of the records that were used last. Threads can share it.

    Parameters
    ----------
    max_bytes : int
        Maximum size of all contents together.

    Examples
    --------
    >>> memory = RecordMemory(max_bytes=3)
    >>> memory.add("a", b"1")
    >>> memory.add("b", b"22")
    >>> memory.get("a"), memory.get("c")
    (b'1', None)
    >>> memory.add("c", b"3")
    >>> "a" in memory, "b" in memory
    (True, False)
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0
        # Least recently used first.
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._lock = ProcessLock()

    def __contains__(self, key: str) -> bool:
        """Return whether the content of a key is known."""
        return key in self._contents

    def get(self, key: str) -> bytes | None:
        """Return the content of a key, or None if it is not known."""
        with self._lock:
            data = self._contents.get(key)
            if data is not None:
                self._contents.move_to_end(key)
            return data

    def add(self, key: str, data: bytes) -> None:
        """Keep the content of a key, and remove the oldest contents above the size."""
        with self._lock:
            self.remove(key)
            self._contents[key] = data
            self._n_bytes += len(data)
            while self._n_bytes > self._max_bytes:
                self._n_bytes -= len(self._contents.popitem(last=False)[1])

    def remove(self, key: str) -> None:
        """Remove the content of a key."""
        with self._lock:
            self._n_bytes -= len(self._contents.pop(key, b""))
