"""Query plans use an index, so that queries are fast for many versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.index.index import Index
from exo_nbregistry.index.queries import load
from tests.index_source import MemorySource


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a direct connection to the file of an index over some versions."""
    source = MemorySource()
    for number in range(20):
        source.add("m", metrics={"f1": number / 20}, hyperparameters={"C": number % 3})
    path = tmp_path / "index.sqlite"
    index = Index(source, path, progress=False)
    index.refresh()
    index.close()
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


def plan(database: sqlite3.Connection, tmp_path: Path, **asked: Any) -> str:
    """Return SQLite's query plan of a search."""
    statements: list[str] = []
    index = Index(MemorySource(), tmp_path / "index.sqlite", progress=False)
    index._freshness.refresh = lambda *_, **__: None  # type: ignore[method-assign]
    index._freshness.has_own_trust = lambda _: True  # type: ignore[method-assign]

    def listen(connection: sqlite3.Connection, _is_new: bool) -> None:
        connection.set_trace_callback(statements.append)

    index._file.run(listen)
    index.search(**asked)
    index.close()
    questions = [text for text in statements if text.lstrip().startswith("SELECT v.id")]
    return "\n".join(
        row[3] for text in questions for row in database.execute(f"EXPLAIN QUERY PLAN {text}")
    )


@pytest.mark.parametrize(
    ("asked", "walk"),
    [
        ({"order_by": "-metrics.f1"}, "SEARCH k0 USING PRIMARY KEY (field=?)"),
        ({"order_by": "-hyperparameters.C"}, "SEARCH v USING INDEX hyperparameters"),
        ({"order_by": "-created_at"}, "SCAN v USING INDEX newest"),
        ({}, "SCAN v USING INDEX sqlite_autoindex_versions_1"),
        ({"model": "m"}, "SEARCH v USING INDEX sqlite_autoindex_versions_1 (model=?)"),
    ],
)
def test_a_page_is_a_walk(
    database: sqlite3.Connection, tmp_path: Path, asked: dict[str, Any], walk: str
) -> None:
    """A usual sort order follows an index, without a sort of all versions."""
    text = plan(database, tmp_path, limit=5, **asked)
    assert walk in text
    assert "USE TEMP B-TREE FOR ORDER BY" not in text


def test_a_filter_is_a_range(database: sqlite3.Connection, tmp_path: Path) -> None:
    """A filter reads only a range of the facts."""
    text = plan(database, tmp_path, where="metrics.f1 > 0.9")
    assert "SEARCH f USING PRIMARY KEY (field=? AND value>?" in text


def test_a_row_that_is_not_there_is_a_fault_of_the_file(database: sqlite3.Connection) -> None:
    """An inconsistent file is rebuilt when it is opened."""
    source = MemorySource()
    source.add("m")

    def read(*_: object) -> Any:
        return source.read("m", 1)

    assert len(load(database, [1, 2], read, list)) == 2
    with pytest.raises(sqlite3.DatabaseError):
        load(database, [1, 999], read, list)
    database.execute("UPDATE versions SET journal = '{' WHERE id = 1")
    with pytest.raises(sqlite3.DatabaseError):
        load(database, [1], read, list)


def test_more_versions_than_a_statement_has_room_for_are_loaded(tmp_path: Path) -> None:
    """A listing without a limit is loaded in parts and keeps its order."""
    source = MemorySource()
    for _ in range(1_201):
        source.add("m")
    index = Index(source, progress=False)
    items = index.search(order_by="-version").items
    assert [item.version for item in items[::400]] == [1201, 801, 401, 1]
