"""The SQLite file of the index, which is rebuilt or replaced by memory if it is unusable.

The file is a cache, so its errors are never raised to the user.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.index.schema import SCHEMA, SCHEMA_VERSION
from exo_nbregistry.index.statement_pause import StatementPause
from exo_nbregistry.signing.user_files import cache_folder, make_private_folder

log = logging.getLogger("exo_nbregistry")
# How long a write waits for another process: until a message, and until memory is used instead.
_MESSAGE_AFTER_S, _BUSY_S = 1.0, 60.0
_CACHE_KB = 64 << 10
_Result = TypeVar("_Result")
# Connections of a parent process. SQLite must not use or close them after a fork.
_inherited: list[sqlite3.Connection] = []
# A file with the tables of this release can have any values in them.
_UNEXPECTED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def index_path(registry_id: str, location: str) -> Path:
    """Return the path of a registry's index.

    Parameters
    ----------
    registry_id : str
        The registry's id.
    location : str
        Location of the registry; a copy has its own index.
    """
    name = hashlib.sha256(f"{registry_id}\0{location}".encode(errors="surrogatepass")).hexdigest()
    # The schema is part of the name, so that two releases do not overwrite each other's index.
    return cache_folder() / f"index{SCHEMA_VERSION}-{name[:32]}.sqlite"


class IndexFile:
    """A connection to the index.

    Parameters
    ----------
    path : Path or None
        The file; None for an index in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._rebuilt = False
        self._pid = 0
        self._at_end = weakref.finalize(self, _close, None, 0)
        self._pause = StatementPause()

    def run(self, task: Callable[[sqlite3.Connection, bool], _Result]) -> _Result:
        """Run a task; if the file fails, retry with a new file and then in memory.

        Parameters
        ----------
        task : callable
            Takes the connection, and whether it is new.
        """
        while True:
            if self._connection is not None and self._pid != os.getpid():
                self._leave_to_parent(self._connection)
            new = self._connection is None
            try:
                if new:
                    self._connection, self._pid = _open(self._path), os.getpid()
                    self._pause.watch(self._connection)
                    # Not __del__: in a cycle, the connection may be finalized first.
                    self._at_end.detach()
                    self._at_end = weakref.finalize(self, _close, self._connection, self._pid)
                assert self._connection is not None
                return task(self._connection, new)
            except RegistryError:
                raise
            except (sqlite3.Error, *_UNEXPECTED) as error:
                if self._path is None:
                    raise
                self._discard(self._path, error)

    def close(self) -> None:
        """Close the connection; the next task reopens it."""
        self._connection = None
        self._at_end()

    def lock(self) -> ProcessLock:
        """Return a lock of the tasks, for which a fork waits, or which it pauses."""
        return ProcessLock(
            awaited=True,
            release=self.release,
            pause=lambda: self._pause.pause(),
            resume=lambda: self._pause.resume(),
        )

    def release(self) -> None:
        """Close the file before a fork, because SQLite cannot use a copy of its locks.

        The file stays open if the forking thread is using it; the new process notices that.
        """
        connection = self._connection
        if self._path is not None and connection is not None and not connection.in_transaction:
            self.close()

    def _leave_to_parent(self, connection: sqlite3.Connection) -> None:
        """Use an index in memory, because the process was forked while the file was in use.

        This process has a copy of the locks of that file, and nothing releases them here.
        """
        _inherited.append(connection)
        self._at_end.detach()
        self._connection, self._path = None, None
        self._pause = StatementPause()

    def _discard(self, path: Path, error: Exception) -> None:
        self.close()
        # OperationalError concerns the disk (locked, full, read-only), other errors the content.
        if not isinstance(error, sqlite3.OperationalError) and not self._rebuilt:
            self._rebuilt = True
            log.info("Rebuilding the index %s: %s.", path, error)
            with contextlib.suppress(OSError):
                for suffix in ("-wal", "-shm", "-journal", ""):
                    Path(f"{path}{suffix}").unlink(missing_ok=True)
                return
        log.warning("Cannot use the index %s (%s); using an index in memory.", path, error)
        self._path = None


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN") -> Iterator[None]:
    """Commit at the end, or roll back after an error.

    Parameters
    ----------
    connection : sqlite3.Connection
        The index.
    begin : {'BEGIN', 'BEGIN IMMEDIATE'}
        BEGIN to read one state, BEGIN IMMEDIATE to write.
    """
    _begin(connection, begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _begin(connection: sqlite3.Connection, begin: str) -> None:
    """Begin a transaction; log a message if a write waits for a process that may be stopped."""
    if begin != "BEGIN":
        _set_wait(connection, _MESSAGE_AFTER_S)
        try:
            connection.execute(begin)
            return
        except sqlite3.OperationalError as error:
            # The lower byte of an extended code, such as SQLITE_BUSY_RECOVERY, is its kind.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            log.warning(
                "Waiting up to %g s for another process that is writing the index.", _BUSY_S
            )
        finally:
            _set_wait(connection, _BUSY_S)
    connection.execute(begin)


def _set_wait(connection: sqlite3.Connection, wait_s: float) -> None:
    connection.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        try:
            make_private_folder(path.parent)
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from error
    connection = sqlite3.connect(
        path or ":memory:", timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _close(connection: sqlite3.Connection | None, pid: int) -> None:
    if connection is not None and pid == os.getpid():
        with contextlib.suppress(sqlite3.Error):
            connection.close()


def _prepare(connection: sqlite3.Connection) -> None:
    # Another kernel may be opening the file for the first time.
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    if _schema(connection) == 0:
        with transaction(connection, "BEGIN IMMEDIATE"):
            if _schema(connection) == 0:
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    if _schema(connection) != SCHEMA_VERSION:
        raise sqlite3.DatabaseError("it has the tables of a different release")


def _schema(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
