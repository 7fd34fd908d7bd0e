"""Rows that the writer adds and removes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from exo_nbregistry.index import writer as index_writer
from exo_nbregistry.index.schema import SCHEMA, make_row
from exo_nbregistry.index.writer import Writer
from exo_nbregistry.records.model_state import ModelState
from tests.index_source import MemorySource


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    """Return an empty index in a transaction."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    connection.execute("BEGIN")
    yield connection
    connection.close()


def add(writer: Writer, source: MemorySource, **fields: Any) -> None:
    """Register a version, and write it."""
    version = source.add("m", **fields).version
    writer.add("m", make_row(source.skim("m", version), ModelState(), set()))


def count(index: sqlite3.Connection, table: str) -> int:
    """Return the number of rows of a table."""
    return int(index.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_version_is_written_once(index: sqlite3.Connection) -> None:
    """Rows that another kernel has written are kept."""
    writer, source = Writer(index), MemorySource()
    add(writer, source, metrics={"f1": 0.5})
    row = make_row(source.skim("m", 1), ModelState(), set())
    Writer(index).add("m", row)
    writer.finish()
    assert (count(index, "versions"), count(index, "facts")) == (1, 1)


def test_equal_sets_are_written_once(index: sqlite3.Connection) -> None:
    """A hundred versions with the same hyperparameters share one row per hyperparameter."""
    writer, source = Writer(index), MemorySource()
    for _ in range(100):
        add(writer, source, hyperparameters={"C": 1, "gamma": 2}, feature_columns=("x", "y", "z"))
    writer.finish()
    assert (count(index, "versions"), count(index, "facts")) == (100, 5)


def test_what_no_version_needs_any_more_is_dropped(index: sqlite3.Connection) -> None:
    """A shared set is removed with its last version and added again with a new one."""
    writer, source = Writer(index), MemorySource()
    add(writer, source, hyperparameters={"C": 1}, metrics={"f1": 0.5}, tags={"a": True})
    add(writer, source, hyperparameters={"C": 1})
    known = writer.known("m")
    writer.remove([known[1]])
    writer.finish()
    assert count(index, "facts") == 1
    writer.remove([known[2]])
    writer.finish()
    assert (count(index, "versions"), count(index, "facts")) == (0, 0)
    add(writer, source, hyperparameters={"C": 1})
    writer.finish()
    assert count(index, "facts") == 1


def test_a_row_is_never_used_again(index: sqlite3.Connection) -> None:
    """The row number of a removed version is not reused, so its facts cannot reappear."""
    writer, source = Writer(index), MemorySource()
    add(writer, source)
    first = writer.known("m")[1]
    writer.remove([first])
    add(writer, source)
    assert writer.known("m")[2] > first


def test_a_long_write_gives_other_kernels_a_turn(
    index: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions and their facts are committed in batches."""
    monkeypatch.setattr(index_writer, "_BATCH", 2)
    writer, source = Writer(index), MemorySource()
    for _ in range(3):
        add(writer, source, metrics={"f1": 0.5})
    index.execute("ROLLBACK")
    assert (count(index, "versions"), count(index, "facts")) == (2, 2)


def test_only_what_the_journal_changed_is_written(index: sqlite3.Connection) -> None:
    """An event of one version does not change the rows of other versions."""
    writer, source = Writer(index), MemorySource()
    for _ in range(3):
        add(writer, source, metrics={"f1": 0.5}, tags={"old": True})
    writer.finish()
    source.happen("m", "tag", version=2, tags={"new": True})
    before = index.total_changes
    writer.update_journal_fields("m", source.state("m"))
    writer.finish()
    # Two facts, the name of a field that is new, and the version's own row.
    assert index.total_changes - before == 4
    before = index.total_changes
    writer.update_journal_fields("m", source.state("m"))
    writer.finish()
    assert index.total_changes == before
    writer.update_journal_fields("m", ModelState())
    writer.finish()
    assert index.execute("SELECT journal FROM versions").fetchall() == [(None,)] * 3
