"""Events in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.records.model_state import ACTIONS
from exo_nbregistry.views.event_sentences import event_sentence, with_previous

SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"action": "register"}, "Version 3 was registered"),
    ({"action": "alias", "alias": "a", "previous": None}, "@a was set to 3"),
    ({"action": "alias", "alias": "a", "previous": 2}, "@a was moved from 2 to 3"),
    ({"action": "alias", "alias": "a", "previous": 3, "protected": True}, "@a on 3 is protected"),
    ({"action": "alias", "alias": "a", "previous": 3}, "@a on 3 is no longer protected"),
    ({"action": "rollback", "alias": "a", "previous": 4}, "@a was rolled back from 4 to 3"),
    ({"action": "unalias", "alias": "a", "previous": 3, "version": None}, "@a was removed from 3"),
    ({"action": "tag", "tags": {"ok": True, "n": 2}}, "Version 3 was tagged with ok, n=2"),
    ({"action": "untag", "names": ["ok"]}, "The tag ok was removed from version 3"),
    ({"action": "untag", "names": ["a", "b"]}, "The tags a, b were removed from version 3"),
    ({"action": "note", "text": "So\nso."}, "Note on version 3: So so."),
    (
        {"action": "attach", "name": "roc", "artifact": {"kind": "figure"}},
        "roc (figure) was attached to version 3",
    ),
    (
        {"action": "metrics", "metrics": {"f1_score": 0.5}, "on": "May"},
        "Version 3 was measured on May: f1_score 0.5000",
    ),
    ({"action": "delete"}, "Version 3 was deleted"),
    ({"action": "restore"}, "Version 3 was restored"),
    ({"action": "purge"}, "Version 3 was deleted permanently"),
]


@pytest.mark.parametrize(("event", "sentence"), SENTENCES)
def test_each_event_is_a_sentence(event: dict[str, Any], sentence: str) -> None:
    """Each action of the journal has its words."""
    assert event_sentence({"version": 3, **event}) == sentence


def test_all_actions_have_words() -> None:
    """No action of the journal is shown by its name."""
    assert set(ACTIONS) <= {event["action"] for event, _ in SENTENCES}


def test_an_event_without_effect_is_not_a_previous_version() -> None:
    """The previous version of an alias comes from events that are followed."""
    moves = [
        {"action": "alias", "alias": "a", "version": 1},
        {"action": "alias", "alias": "a", "version": 9, "not_followed": "is not signed"},
        {"action": "unalias", "alias": "a"},
        {"action": "alias", "alias": "a", "version": 2},
    ]
    found = list(with_previous(moves))
    assert [event.get("previous", "absent") for event in found] == [None, "absent", 1, None]


def test_invisible_characters_are_escapes() -> None:
    """A name of another user cannot change the line."""
    event = {"action": "tag", "version": 1, "tags": {"a\x1b\u202e": True}}
    assert event_sentence(event) == "Version 1 was tagged with a\\x1b\\u202e"
