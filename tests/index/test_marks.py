"""A registry is called replaced only when a second look confirms it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.index.index import Index
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import EVENT, VERSION
from tests.index_source import MemorySource


class ChangingSource(MemorySource):
    """A source that another thread or machine changes while it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[Any] = []
        self.lists: list[list[int]] = []

    def state(self, model: str) -> Any:
        """Return the prepared states first."""
        return self.states.pop(0) if self.states else super().state(model)

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the prepared lists of versions first."""
        prepared = kind == VERSION and self.lists
        return self.lists.pop(0) if prepared else super().numbers(model, kind)


class _Growing:
    """A state that gets another event at each access."""

    def __init__(self, states: list[ModelState]) -> None:
        self._states = states

    def __getattr__(self, name: str) -> Any:
        state = self._states[0]
        if name == "highest" and len(self._states) > 1:
            self._states.pop(0)
        return getattr(state, name)


@pytest.fixture
def source() -> ChangingSource:
    """Return a registry with two versions and two events."""
    source = ChangingSource()
    for number in (1, 2):
        source.add("m")
        source.happen("m", "tag", version=1, tags={f"t{number}": True})
    return source


def made(source: MemorySource, path: Path) -> Index:
    """Return an index in a file, for whose clock every folder has just changed."""
    return Index(source, path, clock_ns=lambda: source.now_ns, progress=False)


def marks(path: Path) -> list[tuple[str, int, int, int]]:
    """Return kind, number, found and replaced of each mark in the file."""
    connection = sqlite3.connect(path)
    try:
        query = "SELECT kind, number, found, replaced FROM marks ORDER BY kind"
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_state_that_changes_while_it_is_read_leaves_no_mark(
    source: ChangingSource, tmp_path: Path
) -> None:
    """Number and check of the last event come from one observation."""
    index = made(source, tmp_path / "index")
    states = [source.state("m")]
    source.happen("m", "tag", version=1, tags={"t3": True})
    source.states = [_Growing([*states, *states, source.state("m")])]
    for _ in range(3):
        assert index.went_backwards() == []
        source.touch("m", EVENT)
    assert marks(tmp_path / "index") == [("event", 3, 3, 0), ("version", 2, 2, 0)]


def test_an_old_state_is_looked_at_again(source: ChangingSource, tmp_path: Path) -> None:
    """A state from before the newest event does not mark the model, not even for one call."""
    old = source.state("m")
    source.happen("m", "tag", version=1, tags={"t3": True})
    index = made(source, tmp_path / "index")
    index.refresh()
    source.states = [old]
    source.touch("m", EVENT)
    index.refresh("m")
    assert marks(tmp_path / "index") == [("event", 3, 3, 0), ("version", 2, 2, 0)]


def test_an_incomplete_list_is_looked_at_again(source: ChangingSource, tmp_path: Path) -> None:
    """A list that lacks the newest version does not mark the model or remove its rows."""
    index = made(source, tmp_path / "index")
    index.refresh()
    source.lists = [[1]]
    source.touch("m")
    assert len(index.search().items) == 2
    assert marks(tmp_path / "index") == [("event", 2, 2, 0), ("version", 2, 2, 0)]


def test_a_wrong_mark_is_cleared(source: ChangingSource, tmp_path: Path) -> None:
    """If the registry proves whole, a mark in the file is forgotten."""
    index = made(source, tmp_path / "index")
    index.refresh()
    connection = sqlite3.connect(tmp_path / "index")
    with connection:
        connection.execute("UPDATE marks SET replaced = 1")
    connection.close()
    assert index.went_backwards() == []
    assert marks(tmp_path / "index") == [("event", 2, 2, 0), ("version", 2, 2, 0)]


def test_a_replaced_version_is_remembered_while_the_registry_grows(
    source: ChangingSource, tmp_path: Path
) -> None:
    """New versions do not hide that a known one was replaced; its return does."""
    index = made(source, tmp_path / "index")
    index.refresh()
    known = source.records["m"][VERSION][2]
    source.add("m", 2, description="another")
    for _ in range(2):
        assert [(mark.number, mark.replaced) for mark in index.went_backwards()] == [(2, 1)]
        source.add("m")
    source.records["m"][VERSION][2] = known
    assert index.went_backwards() == []
