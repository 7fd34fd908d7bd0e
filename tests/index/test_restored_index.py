"""An index from a checkpoint is compared with the names in the registry."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from exo_nbregistry.index.index import Index
from exo_nbregistry.index.packed_index import copy_index, fill_index
from exo_nbregistry.index.restored_index import confirm_stamps
from tests.index_source import MemorySource

AT = 10**18


@pytest.fixture
def source() -> MemorySource:
    """Return a registry with two models."""
    source = MemorySource()
    for model in ("first", "second"):
        source.add(model)
        source.add(model)
    source.happen("second", "alias", alias="champion", version=1, target="")
    return source


@pytest.fixture
def restored(source: MemorySource, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return an index that was filled from a copy of the index of another machine."""
    for name, records in (("other.sqlite", source), ("own.sqlite", MemorySource())):
        index = Index(records, tmp_path / name, progress=False)
        index.refresh()
        index.close()
    other = sqlite3.connect(tmp_path / "other.sqlite", isolation_level=None)
    copy_index(other, tmp_path / "copy.sqlite")
    other.close()
    own = sqlite3.connect(tmp_path / "own.sqlite", isolation_level=None)
    fill_index(own, tmp_path / "copy.sqlite", "")
    yield own
    own.close()


def confirmed(index: sqlite3.Connection) -> list[str]:
    """Return the models whose stamps apply."""
    query = "SELECT model FROM folders WHERE versions_ns > 0 ORDER BY model"
    return [row[0] for row in index.execute(query)]


def test_equal_names_are_not_read_again(source: MemorySource, restored: sqlite3.Connection) -> None:
    """The stamps of the writer apply to the reader."""
    confirm_stamps(restored, source)
    rows = restored.execute("SELECT * FROM folders ORDER BY model").fetchall()
    assert rows == [("first", AT, 0), ("second", AT, AT)]


def test_a_new_version_in_a_folder_of_the_same_time_is_found(
    source: MemorySource, restored: sqlite3.Connection
) -> None:
    """Only its model is read again."""
    source.add("first")
    confirm_stamps(restored, source)
    assert confirmed(restored) == ["second"]


def test_a_lost_version_in_a_folder_of_the_same_time_is_found(
    source: MemorySource, restored: sqlite3.Connection
) -> None:
    """Also if it is not the newest one."""
    source.remove("second", 1)
    confirm_stamps(restored, source)
    assert confirmed(restored) == ["first"]


def test_a_new_event_in_a_folder_of_the_same_time_is_found(
    source: MemorySource, restored: sqlite3.Connection
) -> None:
    """Only its model is read again."""
    source.happen("second", "alias", alias="champion", version=2, target="")
    confirm_stamps(restored, source)
    assert confirmed(restored) == ["first"]


def test_a_killed_reader_leaves_no_index_that_hides_a_version(
    source: MemorySource, restored: sqlite3.Connection, tmp_path: Path
) -> None:
    """Without the comparison, all models are read again."""
    source.add("first")
    assert confirmed(restored) == []
    index = Index(source, tmp_path / "own.sqlite", progress=False)
    assert index.search().total == 5
    index.close()


def test_digests_of_names_need_no_comparison(
    source: MemorySource, restored: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a bucket no folder is listed."""
    monkeypatch.setattr(MemorySource, "settles", False)
    monkeypatch.setattr(MemorySource, "numbers", None)
    confirm_stamps(restored, source)
    assert confirmed(restored) == ["first", "second"]
