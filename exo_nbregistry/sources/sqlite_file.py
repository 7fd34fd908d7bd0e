"""An SQLite database of another tool, read without changing a byte of it."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.fs.regular_file import open_regular

_MAGIC = b"SQLite format 3\0"
# Bytes 18 and 19 of the header of a database with a write-ahead log.
_WAL_BYTES = b"\x02\x02"
_TIMEOUT_S = 10


class SqliteFile:
    """A database that is open for reading. It is closed when the object is discarded.

    Parameters
    ----------
    path : Path
        The database.

    Attributes
    ----------
    tables : set of str
        Names of its tables.

    Raises
    ------
    InvalidInputError
        If the database cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            connection, self.tables = _connect(path)
        except (sqlite3.Error, OSError) as error:
            raise self._unreadable(error) from error
        self._connection = connection
        self._known: dict[str, set[str]] = {}
        weakref.finalize(self, connection.close)

    @classmethod
    def has_tables(cls, path: Path, names: set[str]) -> bool:
        """Return whether a path is a database with these tables.

        Parameters
        ----------
        path : Path
            Any path.
        names : set of str
            Names of tables.

        Raises
        ------
        InvalidInputError
            If the path is a database that cannot be read.
        """
        try:
            with open_regular(path) as file:
                if file.read(len(_MAGIC)) != _MAGIC:
                    return False
        except OSError:
            return False
        return names <= cls(path).tables

    def columns(self, table: str) -> set[str]:
        """Return the names of the columns of a table.

        Parameters
        ----------
        table : str
            Name of the table.
        """
        if table not in self._known:
            rows = self.select(f"PRAGMA table_info({table})")
            self._known[table] = {row[1] for row in rows}
        return self._known[table]

    def column(self, table: str, name: str) -> str:
        """Return a column for a query: its name, or NULL if an older schema does not have it.

        Parameters
        ----------
        table : str
            Name of the table.
        name : str
            Name of the column.
        """
        return name if name in self.columns(table) else "NULL"

    def select(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Return the rows of a query.

        Parameters
        ----------
        query : str
            A query.
        values : tuple
            Its values.

        Raises
        ------
        InvalidInputError
            If the database is damaged or its schema is unknown.
        """
        return list(self.stream(query, values))

    def stream(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """Yield the rows of a query, one at a time.

        Parameters
        ----------
        query : str
            A query.
        values : tuple
            Its values.

        Raises
        ------
        InvalidInputError
            If the database is damaged or its schema is unknown.
        """
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> InvalidInputError:
        return InvalidInputError(
            f"{self._path} cannot be read ({error}). Stop the programs that use it, open it once "
            "with its own tool, or copy it together with its files -wal and -journal."
        )


def texts(columns: str) -> str:
    """Return columns for a query whose values are text, because SQLite stores any type.

    Parameters
    ----------
    columns : str
        Names of columns, with commas between them.

    Examples
    --------
    >>> texts("name, value")
    'CAST(name AS TEXT), CAST(value AS TEXT)'
    """
    return ", ".join(f"CAST({name} AS TEXT)" for name in columns.split(", "))


def _connect(path: Path) -> tuple[sqlite3.Connection, set[str]]:
    if _pending(path, "-wal") or not _has_wal(path):
        try:
            return _open(path, "mode=ro")
        except sqlite3.OperationalError:
            # Some network file systems have no locks; a database without pending changes
            # can be read without them.
            if _pending(path, "-wal") or _pending(path, "-journal"):
                raise
    # Opened in any other mode, SQLite would write its -shm and -wal beside the database.
    return _open(path, "mode=ro&immutable=1")


def _open(path: Path, mode: str) -> tuple[sqlite3.Connection, set[str]]:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=_TIMEOUT_S,
        check_same_thread=False,
    )
    try:
        connection.text_factory = _text
        # Views and defaults of the schema of others must not call functions with effects.
        connection.execute("PRAGMA trusted_schema = OFF")
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return connection, {row[0] for row in rows}
    except BaseException:
        connection.close()
        raise


def _text(data: bytes) -> str:
    # A text that is not UTF-8 must not stop the other rows.
    return data.decode("utf-8", "replace")


def _has_wal(path: Path) -> bool:
    with open_regular(path) as file:
        return file.read(20)[18:] == _WAL_BYTES


def _pending(path: Path, suffix: str) -> bool:
    try:
        return os.stat(f"{path}{suffix}").st_size > 0
    except OSError:
        return False
