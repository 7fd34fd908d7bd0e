"""Attached files and folders, which are read as a stream and never into memory."""

from __future__ import annotations

import contextlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from exo_nbregistry.errors import RecordError
from exo_nbregistry.fs.file import open_file
from exo_nbregistry.payloads.archive import Member, write_archive
from exo_nbregistry.payloads.attachment import Attachment
from exo_nbregistry.records.attachment_kind import FILE, FOLDER
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.values.digest import HashingWriter, Writable

_CHUNK_BYTES = 1 << 20
_SPECIAL = {
    stat.S_ISLNK: "a link",
    stat.S_ISSOCK: "a socket",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISBLK: "a device",
    stat.S_ISCHR: "a device",
}


class _Nothing:
    """A target that discards what is written, to compute a digest."""

    def __init__(self, max_bytes: int | None, key: str) -> None:
        self._max_bytes = max_bytes
        self._key = key
        self._size_bytes = 0

    def write(self, data: Any, /) -> int:
        self._size_bytes += len(data)
        if self._max_bytes is not None and self._size_bytes > self._max_bytes:
            raise RecordError(
                f"{self._key} has more than the recorded {self._max_bytes:,} bytes; export it "
                "again.",
                key=self._key,
            )
        return len(data)

    def tell(self) -> int:  # prose: ok, the name in the file protocol
        return 0


def pack_path(path: Path, name: str, *, max_bytes: int | None = None) -> Attachment:
    """Return a file or folder as an attachment that is read again when it is stored.

    Parameters
    ----------
    path : Path
        The file or folder. The path itself can be a link; links in a folder are an error.
    name : str
        Name of the attachment.
    max_bytes : int, optional, bytes
        The largest size, as a record names it; a larger file or folder is not read to its end.

    Raises
    ------
    RecordError
        If the path does not exist, cannot be read, is too large, or is or contains a link, a
        socket or a device.
    """
    key = f"attachments.{name}"
    with raising_record_errors(path, key):
        target = path.expanduser().resolve(strict=True)
        file_name = _recordable(target.name or name, key)
        if target.is_dir():
            write: Callable[[Writable], None] = partial(_write_folder, target, key)
            format, kind = "zip", FOLDER
        else:
            _require_regular(target, os.stat(target).st_mode, key)
            write = partial(_write_file, target, key)
            format, kind = "bin", FILE
        counting = HashingWriter(_Nothing(max_bytes, key))
        write(counting)
    artifact = Artifact(
        format, counting.sha256, counting.size_bytes, kind=kind, file_name=file_name
    )
    return Attachment(artifact, write)


@contextlib.contextmanager
def raising_record_errors(path: Path, key: str) -> Iterator[None]:
    """Convert errors of the operating system while a path is read."""
    try:
        yield
    except RecordError:
        raise
    except FileNotFoundError:
        raise RecordError(
            f"Cannot attach {path}: it does not exist in {Path.cwd()}; pass the path of an "
            "existing file or folder.",
            key=key,
        ) from None
    except (OSError, RuntimeError) as error:  # Python before 3.13 raises the second for a loop
        reason = getattr(error, "strerror", None) or "it is a loop of links"
        raise RecordError(f"Cannot attach {path}: {reason}.", key=key) from None


def _write_file(path: Path, key: str, target: Writable) -> None:
    with raising_record_errors(path, key), _opened(path) as source:
        while chunk := source.read(_CHUNK_BYTES):
            target.write(chunk)


def _write_folder(folder: Path, key: str, target: Writable) -> None:
    with raising_record_errors(folder, key):
        write_archive(target, _members(folder, "", key))


def _members(folder: Path, prefix: str, key: str) -> Iterator[Member]:
    with os.scandir(folder) as items:
        entries = sorted(items, key=lambda entry: entry.name)
    for entry in entries:
        path, name = folder / entry.name, _recordable(f"{prefix}{entry.name}", key)
        found = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            yield Member(f"{name}/", 0, io.BytesIO)
            yield from _members(path, f"{name}/", key)
        else:
            _require_regular(path, found.st_mode, key)
            yield Member(name, found.st_size, partial(_opened, path))


def _opened(path: Path) -> BinaryIO:
    return open(open_file(path), "rb")


def _require_regular(path: Path, mode: int, key: str) -> None:
    for is_kind, what in _SPECIAL.items():
        if is_kind(mode):
            raise RecordError(
                f"Cannot attach {path}: it is {what}; replace it by a regular file or remove it.",
                key=key,
            )


def _recordable(name: str, key: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise RecordError(
            f"Cannot attach {name!r}: its name is not valid Unicode; rename it.", key=key
        ) from None
    if "\\" in name or any(ord(char) < 32 or ord(char) == 127 for char in name):
        raise RecordError(
            f"Cannot attach {name!r}: its name has a backslash or a control character; rename it.",
            key=key,
        )
    return name
