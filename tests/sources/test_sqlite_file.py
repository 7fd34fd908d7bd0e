"""Databases of other tools are read without a change."""

from __future__ import annotations

import gc
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.sqlite_file import SqliteFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a database whose name has characters of a URI."""
    path = tmp_path / "my store?mode=rwc#1.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE numbers (n INTEGER)")
        connection.execute("INSERT INTO numbers VALUES (1), (2)")
    return path


def test_a_database_is_only_read(path: Path) -> None:
    """Rows, tables and columns are read, and a change is refused."""
    database = SqliteFile(path)
    assert database.tables == {"numbers"}
    assert database.columns("numbers") == {"n"}
    assert (database.column("numbers", "n"), database.column("numbers", "m")) == ("n", "NULL")
    assert database.select("SELECT n FROM numbers WHERE n > ?", (1,)) == [(2,)]
    with pytest.raises(InvalidInputError, match="readonly"):
        database.select("DELETE FROM numbers")
    with pytest.raises(InvalidInputError, match="no such column"):
        database.select("SELECT m FROM numbers")


def test_a_missing_database_is_not_created(tmp_path: Path) -> None:
    """A path without a file is an error, and no file is made."""
    with pytest.raises(InvalidInputError, match=r"none\.db cannot be read"):
        SqliteFile(tmp_path / "none.db")
    assert not SqliteFile.has_tables(tmp_path / "none.db", set())
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="requires /proc")
def test_the_connection_is_closed_with_the_object(path: Path) -> None:
    """The file is closed after the object is discarded."""
    database = SqliteFile(path)
    assert _is_open(path)
    del database
    gc.collect()
    assert not _is_open(path)


def _is_open(path: Path) -> bool:
    links = Path("/proc/self/fd").iterdir()
    return any(os.path.realpath(link) == str(path.resolve()) for link in links)
