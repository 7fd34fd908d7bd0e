"""A download of a payload that can be read while it arrives, and is kept as a copy."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from obstore.exceptions import GenericError

from exo_nbregistry.errors import MissingKeyError, StoreError
from exo_nbregistry.store.blob_cache import BlobCache, NewCopy
from exo_nbregistry.store.bucket_client import ATTEMPTS, Client, pause
from exo_nbregistry.store.bucket_payload import SMALL_BYTES, SeekableReader, open_object
from exo_nbregistry.store.bucket_threads import in_order

# Parts are written to disk as they arrive, so memory does not limit their size.
_PART_BYTES = 32 << 20
_PARTS_AHEAD = 3


def open_kept(client: Client, key: str, cache: BlobCache, digest: str) -> BinaryIO | None:
    """Open an object whose bytes are also written to a copy in the cache.

    Returns
    -------
    BinaryIO or None
        None if no copy can be kept, or if the object is empty.

    Raises
    ------
    MissingKeyError
        If the object does not exist.
    """
    try:
        reply = client.start(key, end=_PART_BYTES)
    except MissingKeyError:
        raise
    except StoreError:
        # A range of an empty object is an error.
        found = client.head(key)
        if found is None or found.size_bytes:
            raise
        return None
    size_bytes = reply.meta["size"]
    copy = cache.begin(digest, size_bytes) if size_bytes else None
    if copy is None:
        return None
    return io.BufferedReader(KeptReader(client, key, reply, copy), SMALL_BYTES)


class KeptReader(SeekableReader):
    """The bytes of an object, which are read from the copy that they are downloaded to.

    Several parts are requested at the same time, because a service limits the speed of each
    request. The caller can hash the first parts while the next ones arrive. The copy is kept if it
    is complete when the reader is closed. If it cannot be written, the object is read without one.

    Parameters
    ----------
    client : Client
        The bucket.
    key : str
        Key of the object.
    reply : GetResult
        The reply to the request of the first part.
    copy : NewCopy
        The copy, still empty.
    """

    def __init__(self, client: Client, key: str, reply: Any, copy: NewCopy) -> None:
        super().__init__(reply.meta["size"])
        self._client = client
        self._key = key
        self._tag: str | None = reply.meta["e_tag"]
        self._copy = copy
        self._first = reply
        self._is_ended = False
        self._uncopied: BinaryIO | None = None
        self._arrived = 0
        starts = range(0, self._size_bytes, _PART_BYTES)
        self._ends = in_order(self._download, starts, ahead=_PARTS_AHEAD)

    def readinto(self, buffer: Any, /) -> int:
        """Read bytes into a buffer and return how many; 0 at the end."""
        target = memoryview(buffer).cast("B")
        if not len(target) or self._position >= self._size_bytes:
            return 0
        if self._uncopied is None:
            try:
                count = self._read_copy(target)
                self._position += count
                return count
            except StoreError:
                raise
            except OSError:
                # A full disk must not prevent loading.
                self._end(keep=False)
                self._uncopied = open_object(self._client, self._key)
        self._uncopied.seek(self._position)
        data = self._uncopied.read(len(target))
        target[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        """Stop the download, and keep the copy if it is complete."""
        if not self.closed:
            self._end(keep=self._arrived == self._size_bytes)
            if self._uncopied:
                self._uncopied.close()
        super().close()

    def _read_copy(self, target: memoryview) -> int:
        while self._arrived <= self._position:
            # After an error there are no more parts.
            end = next(self._ends, None)
            if end is None:
                raise self._client.incomplete(self._key)
            self._arrived = end
        return self._copy.read_into(target[: self._arrived - self._position], self._position)

    def _download(self, start: int) -> int:
        """Write a part to the copy and return where it ends.

        If the connection is lost, the rest is requested from the same object.
        """
        end = min(start + _PART_BYTES, self._size_bytes)
        reply = None
        if start == 0:
            reply, self._first = self._first, None
        with self._copy.part(start) as part:
            for attempt in range(ATTEMPTS):
                try:
                    if reply is None:
                        reply = self._request(start, end)
                    for chunk in reply.stream(min_chunk_size=SMALL_BYTES):
                        if self._is_ended:
                            break
                        start += part.write(chunk)
                except GenericError as error:
                    if attempt == ATTEMPTS - 1:
                        self._client.fail(error, self._key, "read")
                if start >= end or self._is_ended:
                    return end
                reply = None
                pause(attempt)
        raise self._client.incomplete(self._key)

    def _request(self, start: int, end: int) -> Any:
        return self._client.start(self._key, offset=start, end=end, tag=self._tag)

    def _end(self, *, keep: bool) -> None:
        if not self._is_ended:
            self._is_ended = True
            self._ends.close()
            self._copy.end(keep=keep)
