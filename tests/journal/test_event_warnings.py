"""Log messages about events that are not followed."""

from __future__ import annotations

import pytest

from exo_nbregistry.journal.event_warnings import is_new, warn_of_problems
from exo_nbregistry.records.event_signer import EventProblem


def test_each_event_is_named_once_in_a_process(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    """A second call logs only the new event; another registry has its own messages."""
    first, second = (EventProblem(f"e{n}", "signature", "is not signed") for n in (1, 2))
    place = str(tmp_path)
    warn_of_problems(place, "m", [first])
    warn_of_problems(place, "m", [first])
    warn_of_problems(place, "m", [first, second])
    warn_of_problems(f"{place}/copy", "m", [first, second])
    heads = [record.getMessage().partition(". ")[0] for record in caplog.records]
    assert heads == [
        "m: 1 event is not followed: e1 is not signed",
        "m: 1 event is not followed: e2 is not signed",
        "m: 2 events are not followed: e1 is not signed; e2 is not signed",
    ]


def test_a_new_reason_is_new(tmp_path: object) -> None:
    """An event is named again if another problem is found."""
    assert is_new(str(tmp_path), "e1", "is missing")
    assert not is_new(str(tmp_path), "e1", "is missing")
    assert is_new(str(tmp_path), "e1", "is not signed")
