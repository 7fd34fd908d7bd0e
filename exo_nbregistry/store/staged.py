"""A payload that is being written to a folder."""

from __future__ import annotations

import os
from functools import partial
from types import TracebackType
from typing import Any, Self

from exo_nbregistry.fs.file import WINDOWS, NoHardLinksError, begin_sync, sync_file, write_all
from exo_nbregistry.fs.open_folder import OpenFolder, staged_name
from exo_nbregistry.fs.parallel import Wait, together
from exo_nbregistry.store.folder import Folder
from exo_nbregistry.store.key import check_key, split_key

BUFFER_BYTES = 1 << 20
# Starting to write less takes longer than it saves.
_EARLY_FROM_BYTES = 1 << 18


class StagedFile:
    """A payload in a temporary file, renamed to its key when it is published."""

    def __init__(self, folder: Folder, staging: str) -> None:
        self._folder = folder
        self._staging = staging
        self._buffer = bytearray()
        self._size_bytes = 0
        self._written_bytes = 0
        with folder.raising_store_errors(staging, "write"):
            self._place = folder.open_to_write(check_key(staging))
            # Open until the end of the block, for the functions that wait.
            self._open = [self._place]
            self._name = staged_name()
            try:
                self._fd = self._place.create(self._name)
            except BaseException:
                self._place.close()
                raise

    def write(self, data: Any, /) -> int:
        """Write all of `data` and return its size in bytes."""
        view = memoryview(data).cast("B")
        if len(self._buffer) + len(view) > BUFFER_BYTES:
            with self._folder.raising_store_errors(self._staging, "write"):
                self._flush()
                if len(view) > BUFFER_BYTES:
                    self._write_through(view)
                    view = view[:0]
        self._buffer += view
        size = memoryview(data).nbytes
        self._size_bytes += size
        return size

    def tell(self) -> int:  # prose: ok, the name in the file protocol
        """Return the number of bytes written."""
        return self._size_bytes

    def publish(self, key: str) -> None:
        """Store the bytes durably under `key`, replacing existing ones."""
        together(*self.place(key))
        self._close()

    def place(self, key: str) -> list[Wait]:
        """Store the bytes under `key`, and return functions that wait until they are durable."""
        parent, name = split_key(key)
        with self._folder.raising_store_errors(key, "write"):
            target = self._folder.open_to_write(parent)
            self._open.append(target)
            self._flush()
            waits: list[Wait] = [target.sync]
            if not WINDOWS and self._named(target, name):
                self._place.discard(self._name)
                waits.append(partial(sync_file, self._fd))
            else:
                if self._folder.durable:
                    sync_file(self._fd)
                self._close_file()
                self._place.replace(self._name, target, name)
        return [partial(self._wait, key, wait) for wait in waits] if self._folder.durable else []

    def _wait(self, key: str, wait: Wait) -> None:
        with self._folder.raising_store_errors(key, "write"):
            wait()

    def _named(self, target: OpenFolder, name: str) -> bool:
        """Link a new payload to its name before its bytes are durable; return whether it is new.

        A journaling file system then makes both durable in one wait, the one for the folder. No
        record refers to a new payload yet, so after a power loss it is garbage. A payload that
        exists may have a record, and is only replaced by durable bytes.
        """
        try:
            self._place.link(self._name, target, name)
        except (FileExistsError, NoHardLinksError):
            return False
        return True

    def _flush(self) -> None:
        if self._buffer:
            self._write_through(self._buffer)
            self._buffer = bytearray()

    def _write_through(self, data: Any) -> None:
        write_all(self._fd, data)
        if self._folder.durable and len(data) >= _EARLY_FROM_BYTES:
            begin_sync(self._fd, self._written_bytes, len(data))
        self._written_bytes += len(data)

    def _close_file(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _close(self) -> None:
        self._close_file()
        self._place.discard(self._name)
        for folder in self._open:
            folder.close()

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
        """Discard the bytes unless they were published."""
        self._close()
