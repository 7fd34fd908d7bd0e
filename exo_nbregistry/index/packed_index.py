"""An index as one compressed file, to start from on another machine."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from exo_nbregistry.errors import IntegrityError
from exo_nbregistry.index.progress_bar import progress_bar
from exo_nbregistry.index.restored_index import reset_marks, withdraw_stamps
from exo_nbregistry.index.schema import SCHEMA, SCHEMA_VERSION

_BLOCK_BYTES = 1 << 20
_GZIP_LEVEL = 3
# Less than an index without rows has, so that the first step is not the last.
_PAGES = 8
_MAX_WAIT_S = 60.0


def is_empty(index: sqlite3.Connection) -> bool:
    """Return whether an index has neither versions nor indexed folders."""
    query = "SELECT EXISTS (SELECT 1 FROM versions) OR EXISTS (SELECT 1 FROM folders)"
    return not index.execute(query).fetchone()[0]


def copy_index(index: sqlite3.Connection, path: Path) -> None:
    """Copy an index to a new file, without what only its user may know.

    Parameters
    ----------
    index : Connection
        The index, outside of a transaction.
    path : Path
        The new file.

    Raises
    ------
    sqlite3.Error
        If the index is damaged, or the file cannot be written.
    """
    index.execute("VACUUM INTO ?", (str(path),))
    with contextlib.closing(sqlite3.connect(path)) as copy:
        # The stamp has the names of all signers that this user trusts.
        stamps = copy.execute("SELECT stamp FROM trust").fetchall()
        for (stamp,) in stamps:
            copy.execute("UPDATE trust SET stamp = ? WHERE stamp = ?", (_digest(stamp), stamp))
        reset_marks(copy)
        copy.commit()
        if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the index is damaged")


def fill_index(index: sqlite3.Connection, path: Path, trust: str) -> None:
    """Fill an empty index from a file that `copy_index` has written.

    The stamps of its folders apply after `confirm_stamps`.

    Parameters
    ----------
    index : Connection
        The index, outside of a transaction.
    path : Path
        The file.
    trust : str
        The trust stamp of this user.

    Raises
    ------
    sqlite3.Error
        If the file has other tables, or another process writes the index or has filled it.
    """
    with contextlib.closing(sqlite3.connect(path)) as copy, _reader(index) as reader:
        if _tables(copy) != _expected_tables():
            raise sqlite3.DatabaseError("it has other tables")
        copy.execute("UPDATE trust SET stamp = ? WHERE stamp = ?", (trust, _digest(trust)))
        withdraw_stamps(copy)
        copy.commit()
        deadline = time.monotonic() + _MAX_WAIT_S
        is_locked = False

        def check(status: int, _remaining: int, _total: int) -> None:
            nonlocal is_locked
            if time.monotonic() > deadline:
                raise sqlite3.OperationalError("another process is writing the index")
            if status == sqlite3.SQLITE_OK and not is_locked:
                # From here on, no other process can write to the index.
                is_locked = True
                if reader is not None and not is_empty(reader):
                    raise sqlite3.OperationalError("another process has filled the index")

        copy.backup(index, pages=_PAGES, progress=check)


@contextlib.contextmanager
def _reader(index: sqlite3.Connection) -> Iterator[sqlite3.Connection | None]:
    """Yield another connection, which can read an index while it is filled.

    It is None for an index in memory, which no other process has, and for one without a
    write-ahead log, which cannot be read meanwhile.
    """
    path = index.execute("PRAGMA database_list").fetchone()[2]
    if not path or index.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        yield None
        return
    with contextlib.closing(sqlite3.connect(path)) as reader:
        yield reader


def pack(path: Path, target: Any) -> str:
    """Write a file compressed, and return the SHA-256 of the compressed bytes.

    Parameters
    ----------
    path : Path
        The file.
    target : file-like
        Has ``write``.
    """
    hashing = _Hashing(target)
    with open(path, "rb") as source, gzip.GzipFile("", "wb", _GZIP_LEVEL, hashing, 0) as packed:
        while data := source.read(_BLOCK_BYTES):
            packed.write(data)
    return hashing.sha256.hexdigest()


def unpack(source: BinaryIO, content: dict[str, Any], path: Path, *, progress: bool) -> None:
    """Write a compressed file to `path` after its digest was compared.

    Parameters
    ----------
    source : file-like
        The compressed file.
    content : dict
        ``sha256`` and ``size_bytes`` of the compressed file, and ``unpacked_bytes``.
    path : Path
        The new file.
    progress : bool
        Whether to show a progress bar if the file is large.

    Raises
    ------
    IntegrityError
        If the digest or a size does not match. Not more than the given sizes are read.
    """
    packed, sha256 = path.with_suffix(".gz"), hashlib.sha256()
    size_bytes = content["size_bytes"]
    with (
        open(packed, "wb") as target,
        progress_bar("Reading the index", size_bytes, "B", progress=progress) as step,
    ):
        for data in _blocks(source, size_bytes):
            sha256.update(data)
            target.write(data)
            step(len(data))
    if sha256.hexdigest() != content["sha256"]:
        raise IntegrityError(
            "Its checksum does not match.",
            key="",
            expected=content["sha256"],
            actual=sha256.hexdigest(),
        )
    with gzip.open(packed) as unpacked, open(path, "wb") as target:
        for data in _blocks(unpacked, content["unpacked_bytes"]):
            target.write(data)


class _Hashing:
    """A file that is written to another one while its digest is computed."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self.sha256 = hashlib.sha256()

    def write(self, data: Any) -> int:
        """Write and hash all of `data`."""
        self.sha256.update(data)
        return int(self._target.write(data))

    def flush(self) -> None:
        """Return at once; the target is flushed when it is published."""


def _blocks(source: Any, size_bytes: int) -> Iterator[bytes]:
    """Yield all bytes of a file that must have this size."""
    left = size_bytes
    while data := source.read(min(_BLOCK_BYTES, left + 1)):
        left -= len(data)
        if left < 0:
            break
        yield data
    if left:
        raise IntegrityError(
            f"It does not have {size_bytes:,} bytes.", key="", expected=size_bytes, actual=None
        )


def _tables(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    query = "SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name"
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return [("", str(version)), *connection.execute(query).fetchall()]


def _expected_tables() -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(SCHEMA)
        empty.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        return _tables(empty)


def _digest(stamp: str) -> str:
    return hashlib.sha256(stamp.encode(errors="surrogatepass")).hexdigest()
