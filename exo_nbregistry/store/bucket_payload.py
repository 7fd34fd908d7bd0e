"""Payloads of a bucket: uploads in parts, and downloads that are not kept."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, BinaryIO, Self

from obstore.exceptions import BaseError, GenericError

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.atomic import make_folder
from exo_nbregistry.fs.parallel import Wait, together
from exo_nbregistry.store.bucket_client import ATTEMPTS, Client, pause
from exo_nbregistry.store.bucket_errors import transient
from exo_nbregistry.store.key import check_key
from exo_nbregistry.text.os_errors import store_failure

# A payload up to this size stays in memory, and is one request.
SMALL_BYTES = 1 << 20
_PART_BYTES = 8 << 20
# S3 accepts at most 10,000 parts.
_MAX_PARTS = 9_000
_PARTS_IN_FLIGHT = 4
# A gap up to this size is read and discarded instead of starting another request.
_SKIP_BYTES = 1 << 20
_LOST = "NoSuchUpload"


class StagedObject:
    """A payload that is written to memory or to a temporary file, and uploaded when published.

    Its key contains the digest of all its bytes, so no part can be sent before the last is known.

    Parameters
    ----------
    client : Client
        The bucket.
    require_writable : callable
        Raises an error if the bucket cannot be written.
    folder : Path
        Folder for the temporary file.
    """

    def __init__(self, client: Client, require_writable: Callable[[], None], folder: Path) -> None:
        self._client = client
        self._require_writable = require_writable
        self._folder = folder
        self._file: IO[bytes] = io.BytesIO()
        self._size_bytes = 0
        self._uploaded: set[str] = set()

    def write(self, data: Any, /) -> int:
        """Write all of `data` and return its size in bytes."""
        view = memoryview(data).cast("B")
        with self._local_errors():
            if self._size_bytes + len(view) > SMALL_BYTES and isinstance(self._file, io.BytesIO):
                self._file = self._to_disk(self._file)
            self._file.write(view)
        self._size_bytes += len(view)
        return len(view)

    def tell(self) -> int:  # prose: ok, the name in the file protocol
        """Return the number of bytes written."""
        return self._size_bytes

    def publish(self, key: str) -> None:
        """Store the bytes under `key`, replacing existing ones."""
        together(*self.place(key))

    def place(self, key: str) -> list[Wait]:
        """Return a function that uploads the bytes; it does so only once."""
        check_key(key)
        self._require_writable()
        return [] if key in self._uploaded else [partial(self._upload, key)]

    def _upload(self, key: str) -> None:
        upload(self._client, key, self._file, self._size_bytes)
        self._uploaded.add(key)

    def _to_disk(self, written: io.BytesIO) -> IO[bytes]:
        make_folder(self._folder, 0o700, durable=False)
        file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed with the payload
        file.write(written.getbuffer())
        return file

    @contextlib.contextmanager
    def _local_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise store_failure(
                *(error, "write", f"a temporary file in {self._folder}"),
                key=str(self._folder),
                elsewhere="set EXO_NBREGISTRY_CACHE_DIR to another folder",
            ) from error

    def __enter__(self) -> Self:
        """Return the staged payload."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Discard the bytes that are not in the bucket."""
        self._file.close()


def upload(client: Client, key: str, file: IO[bytes], size_bytes: int) -> None:
    """Write a payload to the bucket, replacing an existing one.

    A large payload is sent in parts. A part is repeated if it fails; if the reply to the last
    request is lost, the size of the object shows that it was complete.
    """
    if size_bytes <= SMALL_BYTES:
        file.seek(0)
        with client.requests(key, "write"):
            client.put(key, file.read(), use_multipart=False)
        return
    part = max(_PART_BYTES, -(-size_bytes // _MAX_PARTS))
    for attempt in range(ATTEMPTS):
        file.seek(0)
        try:
            client.put(
                key, file, use_multipart=True, chunk_size=part, max_concurrency=_PARTS_IN_FLIGHT
            )
            return
        except (BaseError, OSError, ValueError) as error:
            if isinstance(error, StoreError):
                raise
            is_lost = _LOST in str(error)
            if not is_lost and not transient(error):
                client.fail(error, key, "write")
            found = client.head(key)
            if is_lost and found is not None and found.size_bytes == size_bytes:
                return
            if attempt == ATTEMPTS - 1:
                client.fail(error, key, "write")
        pause(attempt)


def open_object(client: Client, key: str) -> BinaryIO:
    """Open an object for reading and seeking; a small one is read at once.

    Raises
    ------
    MissingKeyError
        If the object does not exist.
    """
    reply = client.start(key)
    if reply.meta["size"] <= SMALL_BYTES:
        data = b""
        with contextlib.suppress(GenericError):
            data = bytes(reply.bytes())
        if len(data) != reply.meta["size"]:
            data = client.read(key, max_bytes=SMALL_BYTES).data
        return io.BytesIO(data)
    return io.BufferedReader(ObjectReader(client, key, reply), SMALL_BYTES)


class SeekableReader(io.RawIOBase):
    """Bytes of a known size that are read at any position.

    Parameters
    ----------
    size_bytes : int
        The size.
    """

    def __init__(self, size_bytes: int) -> None:
        super().__init__()
        self._size_bytes = size_bytes
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, origin: int = os.SEEK_SET, /) -> int:
        """Change the position; a request is made only when bytes are read."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size_bytes}
        if start[origin] + offset < 0:
            raise ValueError(f"The position must not be negative, got {start[origin] + offset}.")
        self._position = start[origin] + offset
        return self._position

    def tell(self) -> int:  # prose: ok, the name in the file protocol
        """Return the position."""
        return self._position


class ObjectReader(SeekableReader):
    """The bytes of an object, read in one request unless the position is changed.

    If the connection is lost, the rest is requested from the same object.

    Parameters
    ----------
    client : Client
        The bucket.
    key : str
        Key of the object.
    reply : GetResult
        The reply to the request of the whole object.
    """

    def __init__(self, client: Client, key: str, reply: Any) -> None:
        super().__init__(reply.meta["size"])
        self._client = client
        self._key = key
        self._tag: str | None = reply.meta["e_tag"]
        self._stream: Any = None
        self._chunk = memoryview(b"")
        self._follow(reply, 0)

    def readinto(self, buffer: Any, /) -> int:
        """Read bytes into a buffer and return how many; 0 at the end."""
        target = memoryview(buffer).cast("B")
        if not len(target) or self._position >= self._size_bytes:
            return 0
        for attempt in range(ATTEMPTS):
            try:
                self._fill()
                break
            except GenericError as error:
                self._stream = None
                if attempt == ATTEMPTS - 1:
                    self._client.fail(error, self._key, "read")
                pause(attempt)
        count = min(len(target), len(self._chunk))
        target[:count] = self._chunk[:count]
        self._chunk = self._chunk[count:]
        self._streamed += count
        self._position += count
        return count

    def close(self) -> None:
        """Close the connection."""
        self._stream, self._chunk = None, memoryview(b"")
        super().close()

    def _fill(self) -> None:
        """Have the chunk at the position, which is not at the end."""
        gap = self._position - self._streamed
        if self._stream is None or not 0 <= gap <= _SKIP_BYTES + len(self._chunk):
            reply = self._client.start(self._key, offset=self._position, tag=self._tag)
            self._follow(reply, self._position)
        while (gap := self._position - self._streamed) >= len(self._chunk):
            self._streamed += len(self._chunk)
            self._chunk = memoryview(b"")
            chunk = next(self._stream, None)
            if chunk is None:
                raise GenericError("the reply was incomplete")
            self._chunk = memoryview(chunk)
        self._chunk = self._chunk[gap:]
        self._streamed += gap

    def _follow(self, reply: Any, position: int) -> None:
        self._stream = iter(reply.stream(min_chunk_size=SMALL_BYTES))
        self._streamed = position
        self._chunk = memoryview(b"")
