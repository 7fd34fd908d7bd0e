"""Timestamps as text."""

from __future__ import annotations

from datetime import UTC, datetime

from exo_nbregistry.text.markup import count

_UNITS = (
    (365 * 86400, "year"),
    (30 * 86400, "month"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
)


def format_utc(instant: datetime) -> str:
    """Return a UTC timestamp to the second.

    Examples
    --------
    >>> format_utc(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02 03:04:05 UTC'
    """
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def relative_time(instant: datetime, now: datetime) -> str:
    """Return the time since an instant as text; a future instant is shown as a date.

    Examples
    --------
    >>> relative_time(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 4, 5, tzinfo=UTC))
    '3 days ago'
    >>> relative_time(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 9, tzinfo=UTC))
    'just now'
    """
    seconds = (now - instant).total_seconds()
    # The clocks of two machines can differ.
    if seconds < -60:
        return f"{instant.astimezone(UTC):%Y-%m-%d}"
    for length, unit in _UNITS:
        if seconds >= length:
            return f"{count(int(seconds // length), unit)} ago"
    return "just now"
