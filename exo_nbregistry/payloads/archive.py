"""Archives of several files whose bytes depend only on the names and contents of the files.

They are zip files without compression, so that the content has one form, an archive cannot expand
to more than its size, and it can be written as a stream.

Source: PKWARE APPNOTE 6.3.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, BinaryIO

from exo_nbregistry.errors import RecordError
from exo_nbregistry.values.digest import HashingWriter, Writable

_CHUNK_BYTES = 1 << 20
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE_MODE, _FOLDER_MODE = 0o100644 << 16, (0o40755 << 16) | 0x10
_ZIP64_FROM_BYTES = 1 << 31
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]")
_UNSAFE_ON_WINDOWS = re.compile(r'[<>:"|?*]|[ .]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.I)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, or a folder if its name ends with a slash.

    Attributes
    ----------
    name : str
        Path within the archive, with ``/``.
    size_bytes : int
        Size of the file.
    open : callable
        Opens the file for reading.
    """

    name: str
    size_bytes: int
    open: Callable[[], AbstractContextManager[BinaryIO]]


def write_archive(target: Writable, members: Iterable[Member]) -> None:
    """Write an archive as a stream.

    Parameters
    ----------
    target : Writable
        Receives the bytes.
    members : iterable of Member
        The files, in their order in the archive.

    Raises
    ------
    RecordError
        If a file changes while it is read.
    """
    # HashingWriter cannot seek, so that zipfile always writes the form of a stream.
    stream: Any = HashingWriter(target)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.name, _EARLIEST)
            info.create_system = _UNIX
            info.external_attr = _FOLDER_MODE if member.name.endswith("/") else _FILE_MODE
            large = member.size_bytes >= _ZIP64_FROM_BYTES
            with archive.open(info, "w", force_zip64=large) as file, member.open() as source:
                size = 0
                while chunk := source.read(_CHUNK_BYTES):
                    file.write(chunk)
                    size += len(chunk)
            if size != member.size_bytes:
                raise RecordError(f"{member.name} changed while it was read; attach it again.")


def pack_archive(files: Mapping[str, bytes]) -> bytes:
    """Return the bytes of an archive of small files."""
    buffer = io.BytesIO()
    write_archive(
        buffer,
        [
            Member(name, len(data), lambda data=data: io.BytesIO(data))  # type: ignore[misc]
            for name, data in files.items()
        ],
    )
    return buffer.getvalue()


def read_archive(data: bytes, key: str) -> dict[str, bytes]:
    """Return the files of an archive in memory.

    Raises
    ------
    RecordError
        If the bytes are not an archive that `write_archive` wrote.
    """
    with open_archive(io.BytesIO(data), key) as archive:
        try:
            return {info.filename: archive.read(info) for info in archive.infolist()}
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise _invalid(key, str(error)) from error


def open_archive(stream: BinaryIO, key: str) -> zipfile.ZipFile:
    """Open an archive whose digest was verified, and check the names and sizes of its files.

    Raises
    ------
    RecordError
        If the archive was not written by `write_archive`, or a name could leave a folder.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise _invalid(key, str(error)) from error
    names: set[str] = set()
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise _invalid(key, f"{info.filename!r:.60} is compressed")
        if not is_safe_path(info.filename) or info.filename in names:
            raise _invalid(key, f"{info.filename!r:.60} is not a safe and unique path")
        names.add(info.filename)
    # Files that overlap would expand to many times the size of the archive.
    if sum(info.file_size for info in archive.infolist()) > stream.seek(0, os.SEEK_END):
        raise _invalid(key, "its files overlap")
    return archive


def is_safe_path(name: str, *, windows: bool = os.name == "nt") -> bool:
    """Return whether a path stays below the folder to which it is unpacked.

    Examples
    --------
    >>> is_safe_path("plots/roc.png"), is_safe_path("../roc.png"), is_safe_path("/roc.png")
    (True, False, False)
    """
    parts = name.removesuffix("/").split("/")
    if _UNSAFE.search(name) or any(part in ("", ".", "..") for part in parts):
        return False
    return not (windows and any(_UNSAFE_ON_WINDOWS.search(part) for part in parts))


def _invalid(key: str, reason: str) -> RecordError:
    return RecordError(f"{key} is not an archive of this registry ({reason}).", key=key)
