"""Payloads in flight to a folder."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Self

from exo_nbregistry.store.commit import NoHardLinksError, link_file
from exo_nbregistry.store.file import (
    WINDOWS,
    begin_sync,
    create_file,
    discard_file,
    staged_path,
    sync_file,
    sync_folder,
    write_all,
)
from exo_nbregistry.store.folder import Folder
from exo_nbregistry.store.parallel import together

BUFFER_BYTES = 1 << 20


class StagedFile:
    """Bytes in flight: written beside the store, then published whole or not at all."""

    def __init__(self, folder: Folder, staging: str) -> None:
        self._folder = folder
        self._staging = staging
        self._buffer = bytearray()
        self._size_bytes = 0
        self._written_bytes = 0
        with folder.raising_store_errors(staging, "written"):
            path = folder.path_of(staging)
            folder.settle(path)
            self._path = staged_path(path)
            self._fd = create_file(self._path)

    def write(self, data: Any, /) -> int:
        """Take `data` whole and return its size in bytes."""
        view = memoryview(data).cast("B")
        if len(self._buffer) + len(view) > BUFFER_BYTES:
            with self._folder.raising_store_errors(self._staging, "written"):
                self._flush()
                if len(view) > BUFFER_BYTES:
                    self._write_through(view)
                    view = view[:0]
        self._buffer += view
        size = memoryview(data).nbytes
        self._size_bytes += size
        return size

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self._size_bytes

    def publish(self, key: str) -> None:
        """Make the bytes durable under `key`, in place of whatever is there."""
        folder = self._folder
        with folder.raising_store_errors(key, "written"):
            path = folder.path_of(key)
            folder.settle(os.path.dirname(path))
            self._flush()
            if not WINDOWS and self._named(path):
                discard_file(self._path)
                if folder.durable:
                    together(
                        lambda: sync_file(self._fd), lambda: sync_folder(os.path.dirname(path))
                    )
            else:
                self._sync(self._fd)
                self._close()
                os.replace(self._path, path)
                self._sync(os.path.dirname(path))
            self._close()

    def _named(self, path: str) -> bool:
        """Give a new payload its name before its bytes are durable; return whether it was new.

        A journaling file system then makes both durable by one wait, that for the folder. No
        record speaks of the payload yet, so after a power loss in between it is garbage. One that
        has the name already may have a record, and is only replaced by durable bytes.
        """
        try:
            link_file(self._path, path)
        except (FileExistsError, NoHardLinksError):
            return False
        return True

    def _sync(self, *places: str | int) -> None:
        if self._folder.durable:
            for place in places:
                sync_folder(place) if isinstance(place, str) else sync_file(place)

    def _flush(self) -> None:
        if self._buffer:
            self._write_through(self._buffer)
            self._buffer = bytearray()

    def _write_through(self, data: Any) -> None:
        write_all(self._fd, data)
        if self._folder.durable:
            begin_sync(self._fd, self._written_bytes, len(data))
        self._written_bytes += len(data)

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        """Return the staged bytes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Discard the bytes unless they were published."""
        self._close()
        discard_file(self._path)
