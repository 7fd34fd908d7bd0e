"""Checks of the content of an event."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.records.event_fields import event_issues
from tests.records.test_version_fields import ARTIFACT, AT

BASE = {"version": 1, "at": AT, "actor": "ada"}
EVENTS: list[dict[str, Any]] = [
    BASE | {"action": "alias", "alias": "champion", "target": "0" * 64, "protected": True},
    BASE | {"action": "rollback", "alias": "champion", "target": "0" * 64},
    {"action": "unalias", "alias": "champion", "at": AT, "actor": "ada"},
    BASE | {"action": "tag", "tags": {"team": "vetting", "n": {"$tuple": [1]}}},
    BASE | {"action": "untag", "names": ["team"]},
    BASE | {"action": "note", "text": "Good."},
    BASE | {"action": "attach", "name": "roc", "artifact": ARTIFACT, "packages": {"numpy": "2"}},
    BASE | {"action": "metrics", "metrics": {"f1": 0.5}, "measured_at": AT, "on": "production"},
    *(BASE | {"action": action} for action in ("delete", "restore", "purge")),
    {"action": "weigh"},
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["action"])
def test_a_usual_event_has_no_issue(event: dict[str, Any]) -> None:
    """The events that this release writes, and those of a newer one, are valid."""
    assert event_issues(event) == []


@pytest.mark.parametrize("event", EVENTS[:-1], ids=lambda event: event["action"])
def test_each_field_is_checked(event: dict[str, Any]) -> None:
    """A wrong type of any field is named; only optional fields can be missing."""
    for name in event:
        for bad in (0.5, {"$new": 1}, [None]):
            (issue,) = event_issues(event | {name: bad})
            assert issue.split()[0] in (name, "metrics")
        if name not in ("target", "protected", "packages", "on", "measured_at"):
            missing = event_issues({key: value for key, value in event.items() if key != name})
            assert len(missing) == 1


def test_every_issue_is_listed() -> None:
    """Each invalid field has its own issue."""
    event = {"action": "delete", "version": True, "at": None, "actor": 1}
    assert event_issues(event) == ["version is True", "at is None", "actor is 1"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "2026-01-01T00:00:00"])
def test_a_time_must_exist_in_every_time_zone(at: str) -> None:
    """A time without a time zone, and one at the end of the calendar, are invalid."""
    assert event_issues(BASE | {"action": "delete", "at": {"$datetime": at}})


@pytest.mark.parametrize("value", [1, "yes", None, False])
def test_a_protection_of_an_earlier_release_is_read(value: Any) -> None:
    """Earlier releases stored the value that a user passed for protected."""
    assert event_issues(EVENTS[0] | {"protected": value}) == []
