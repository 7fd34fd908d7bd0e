"""Timestamps as short text, and exactly."""

from __future__ import annotations

from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def exact_time(instant: datetime) -> str:
    """Return a UTC timestamp to the second.

    Examples
    --------
    >>> exact_time(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02 03:04:05 UTC'
    """
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def short_time(instant: datetime, now: datetime) -> str:
    """Return the time since an instant within a day, and its date and time in UTC otherwise.

    Parameters
    ----------
    instant, now : datetime
        The instant, and the current time.

    Examples
    --------
    >>> now = datetime(2026, 8, 6, tzinfo=UTC)
    >>> short_time(datetime(2026, 8, 5, 23, 57, tzinfo=UTC), now)
    '3 min ago'
    >>> short_time(datetime(2026, 8, 4, 12, 9, tzinfo=UTC), now)
    '4 Aug 12:09'
    >>> short_time(datetime(2025, 8, 4, 12, 9, tzinfo=UTC), now)
    '4 Aug 2025'
    """
    at = instant.astimezone(UTC)
    seconds = (now - at).total_seconds()
    # The clocks of two machines can differ by some seconds.
    if -_MINUTE_S < seconds < _MINUTE_S:
        return "just now"
    if _MINUTE_S <= seconds < _HOUR_S:
        return f"{int(seconds // _MINUTE_S)} min ago"
    if _HOUR_S <= seconds < _DAY_S:
        return f"{int(seconds // _HOUR_S)} h ago"
    # strftime would name the month in the language of the process.
    month = _MONTHS[at.month - 1]
    if at.year == now.astimezone(UTC).year:
        return f"{at.day} {month} {at:%H:%M}"
    return f"{at.day} {month} {at.year}"


def time_text(instant: datetime, now: datetime) -> dict[str, str]:
    """Return a time as ``text``, with the exact time as ``title``.

    Examples
    --------
    >>> time_text(datetime(2026, 8, 5, tzinfo=UTC), datetime(2026, 8, 5, 2, tzinfo=UTC))
    {'text': '2 h ago', 'title': '2026-08-05 00:00:00 UTC'}
    """
    return {"text": short_time(instant, now), "title": exact_time(instant)}
