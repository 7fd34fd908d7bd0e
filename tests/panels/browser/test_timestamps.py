"""Timestamps as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from exo_nbregistry.panels.browser.timestamps import format_utc, relative_time

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "1 month ago"),
        (timedelta(days=364), "12 months ago"),
        (timedelta(days=365), "1 year ago"),
        (timedelta(days=4000), "10 years ago"),
        (timedelta(seconds=-30), "just now"),
        (timedelta(days=-1), "2026-06-16"),
    ],
)
def test_a_relative_time_has_its_largest_unit(before: timedelta, text: str) -> None:
    """A relative time has the largest unit, and a future time is a date."""
    assert relative_time(NOW - before, NOW) == text


def test_a_timestamp_is_in_utc() -> None:
    """A timestamp of another time zone is converted to UTC."""
    east = timezone(timedelta(hours=9))
    assert format_utc(datetime(2026, 1, 1, 3, tzinfo=east)) == "2025-12-31 18:00:00 UTC"
