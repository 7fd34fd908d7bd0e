"""Validation of records when they are read."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records import validation
from exo_nbregistry.records.record import Record
from exo_nbregistry.records.validation import require_valid


def _record(check: str, **changes: Any) -> Record:
    at = {"$datetime": "2026-01-01T00:00:00+00:00"}
    event = {"action": "note", "version": 1, "at": at, "actor": "ada", "text": "Good."}
    fields = {"kind": "event", "model": "m", "number": 1, "check": check}
    return Record("models/m/events/e000001.json", fields | {"content": event | changes})


def test_a_record_is_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check identifies all that is validated; a bad record is never known as valid."""
    monkeypatch.setattr(validation, "_known", set())
    monkeypatch.setattr(validation, "_MAX_KNOWN", 2)
    records = [_record(check) for check in "abc"]
    for record in records:
        assert require_valid(record) is record
    assert validation._known == {"c"}
    bad = _record("d", action=3)
    for _ in range(2):
        with pytest.raises(RecordError, match="action is 3"):
            require_valid(bad)
    monkeypatch.setattr(validation, "event_issues", lambda _: ["not known"])
    assert require_valid(records[2]) is records[2]
    with pytest.raises(RecordError, match="not known"):
        require_valid(records[0])
