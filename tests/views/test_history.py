"""Histories of models and aliases."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from exo_nbregistry.records.model_state import AliasMove
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.text.terminal import display_width
from exo_nbregistry.views.history import MAX_ROWS, History, event_row
from tests.html_page import PAYLOADS, Page

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACTIONS = ["register", "register", "alias", "alias", "tag", "untag", "note", "unalias", "rollback"]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with many events of toy."""
    registry = ModelRegistry(tmp_path / "registry", durable=False, now=lambda: NOW)
    for value in (1, 2):
        registry.register_model({"value": value}, "toy")
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2, protected=True)
    registry.tag_model("toy:2", "reviewed", team="vetting")
    registry.untag_model("toy:2", "reviewed")
    registry.annotate("toy:2", "No\ngood.")
    registry.remove_alias("toy", "champion", force=True)
    registry.rollback_alias("toy", "champion")
    return registry


def event(number: int = 1, **facts: Any) -> dict[str, Any]:
    """Return an event of a note."""
    defaults = {"action": "note", "version": number, "at": NOW, "actor": "eve", "text": "so"}
    return defaults | facts


def lines(history: History[Any]) -> list[list[str]]:
    """Return the words of each row of the text table."""
    return [line.split() for line in repr(history).split("\n")[2:]]


def test_a_history_is_the_tuple_of_its_items() -> None:
    """A history equals the tuple of its items, and a slice is a history."""
    items = [event(1), event(2), event(3)]
    history = History(items)
    assert history == tuple(items)
    assert history[-1] is items[-1]
    assert (type(history[1:]), history[1:]) == (History, tuple(items[1:]))
    with pytest.raises(TypeError):
        history[0] = event()  # type: ignore[index]


def test_a_history_can_be_copied_and_sent(registry: ModelRegistry) -> None:
    """A copy, also a pickled one, is equal and has the same text."""
    history = registry.alias_history("toy", "champion")
    for again in (copy.deepcopy(history), pickle.loads(pickle.dumps(history))):
        assert (again, repr(again)) == (history, repr(history))


def test_every_event_has_its_details(registry: ModelRegistry) -> None:
    """Alias, tags and the text of a note are shown with the version, on one line each."""
    history = registry.history("toy")
    rows = lines(history)
    assert [" ".join(row[2:-1]) for row in rows[1:]] == [
        "Version 2 was registered",
        "@champion was set to 1",
        "@champion was moved from 1 to 2 (protected)",
        "Version 2 was tagged with reviewed, team=vetting",
        "The tag reviewed was removed from version 2",
        "Note on version 2: No good.",
        "@champion was removed from 2",
        "@champion was rolled back to 2 (protected)",
    ]
    assert len({display_width(line) for line in repr(history).split("\n")}) == 1


def test_the_moves_of_an_alias_are_shown_as_the_events_that_they_are(
    registry: ModelRegistry,
) -> None:
    """A removal and a rollback differ from a manual move."""
    moves = registry.alias_history("toy", "champion")
    assert all(isinstance(move, AliasMove) for move in moves)
    assert [" ".join(row[2:-1]) for row in lines(moves)] == [
        "@champion was set to 1",
        "@champion was moved from 1 to 2 (protected)",
        "@champion was removed from 2",
        "@champion was rolled back to 2 (protected)",
    ]


def test_a_page_has_what_the_text_has(registry: ModelRegistry) -> None:
    """A notebook shows the same rows."""
    page = registry.history("toy")._repr_html_()
    assert Page(page).elements.count("tr") == 1 + len(ACTIONS)
    assert "@champion was moved from 1 to 2 (protected)" in page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_was_noted_reaches_the_page_as_markup(payload: str) -> None:
    """Untrusted text in an event is escaped."""
    keys = ("text", "actor", "action")
    hostile = [event(**{key: payload}) for key in keys]
    hostile += [event(action="tag", tags={payload: payload}), event(action="alias", alias=payload)]
    assert Page(History(hostile)._repr_html_()).elements == Page(harmless()).elements


def harmless() -> str:
    """Return HTML with as many rows as the untrusted one."""
    return History([event()] * 5)._repr_html_()


def test_a_long_history_shows_its_end() -> None:
    """The last events are shown, with the number of omitted ones."""
    history = History(event(number) for number in range(1, MAX_ROWS + 3))
    for shown in (repr(history), history._repr_html_()):
        assert "… 2 earlier" in shown
    assert [int(row[5][:-1]) for row in lines(history)[1:]] == list(range(3, MAX_ROWS + 3))
    assert "earlier" not in repr(history[2:])


def test_a_long_text_is_cut() -> None:
    """A long note is cut."""
    history = History([event(text="word " * 10_000)])
    assert display_width(repr(history).split("\n")[0]) <= 140
    assert len(history._repr_html_()) < 5000


def test_an_empty_history_names_the_next_call(registry: ModelRegistry) -> None:
    """An empty history names the call that sets an alias."""
    never = registry.alias_history("toy", "never")
    assert never == ()
    assert "set_alias" in repr(never)
    assert "set_alias" in never._repr_html_()


def test_instants_are_shown_in_utc() -> None:
    """A timestamp of another time zone is converted to UTC."""
    at = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=3)))
    assert lines(History([event(at=at)]))[0][:2] == ["2025-12-31", "23:00"]


def test_an_event_of_a_newer_release_is_shown() -> None:
    """An unknown action is shown by name, without details."""
    (row,) = lines(History([{"action": "seal", "actor": "eve"}]))
    assert row == ["-", "seal", "eve"]


def test_a_frame_has_what_any_event_has(registry: ModelRegistry) -> None:
    """Each event is a row with a timestamp; missing fields are missing values."""
    frame = registry.history("toy").to_frame()
    assert list(frame["action"]) == ACTIONS
    assert list(frame.columns[:4]) == ["at", "action", "version", "actor"]
    assert (frame["at"] == pd.Timestamp(NOW)).all()
    assert frame["tags"].dropna().tolist() == [{"reviewed": True, "team": "vetting"}]
    moves = registry.alias_history("toy", "champion").to_frame()
    assert moves["version"].tolist() == [1, 2, pd.NA, 2]
    assert moves["protected"].tolist() == [False, True, False, True]


def test_an_empty_frame_has_the_same_columns_and_types() -> None:
    """A frame without events has the same columns and types."""
    empty, full = (History(items).to_frame() for items in ([], [event()]))
    assert list(empty.columns) == ["at", "action", "version", "actor"]
    assert all(empty[name].dtype == full[name].dtype for name in empty)


def test_an_event_without_effect_shows_its_reason() -> None:
    """An event that is not followed has its reason instead of its fields, which can be invalid."""
    event = {"action": "tag", "version": None, "at": None, "actor": "ada", "tags": 3}
    row = event_row(event | {"not_followed": "is not signed"})
    assert row == (None, "Not followed: the tag event is not signed", "ada")
