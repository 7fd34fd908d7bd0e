"""The events of a model as JSON."""

from __future__ import annotations

import pytest

from exo_nbregistry.api import history_route
from exo_nbregistry.api.history_route import history
from exo_nbregistry.registry.facade import ModelRegistry
from tests.api.route_caller import RouteCaller


def test_a_note_in_the_history_keeps_its_markdown(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """The event of a note has its text as a tree, beside a sentence without it."""
    registry.annotate("kepler:1", "Seen:\n- no planet\n- **three**")
    event = caller.get(history, {"name": "kepler"})["events"][-1]
    assert event["text"] == "Note on version 1"
    assert event["note"] == "Seen:\n- no planet\n- **three**"
    assert event["body"] == [
        ["p", {}, "Seen:"],
        ["ul", {}, ["li", {}, "no planet"], ["li", {}, ["strong", {}, "three"]]],
    ]


def test_many_notes_of_the_history_are_preformatted(
    caller: RouteCaller, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the newest notes are read as Markdown."""
    monkeypatch.setattr(history_route, "MAX_MARKDOWN", 10)
    registry.annotate("kepler:1", "**older**")
    registry.annotate("kepler:1", "**newer**")
    events = caller.get(history, {"name": "kepler"})["events"]
    older, newer = (event["body"] for event in events[-2:])
    assert older == [["pre", {}, ["code", {}, "**older**"]]]
    assert newer == [["p", {}, ["strong", {}, "newer"]]]
