"""Times and trust as texts, for the JSON of all routes."""

from __future__ import annotations

from datetime import UTC, datetime

from exo_nbregistry.signing.keyring import SignerStatus

_DAY_S, _HOUR_S, _MINUTE_S = 86400, 3600, 60
# Trust values of the REST API by signer status; an invalid signature counts as unsigned.
TRUST = {
    "own": "yours",
    "trusted": "trusted",
    "unknown": "stranger",  # prose: ok, value on the wire
    "unsigned": "unsigned",
    "invalid": "unsigned",
}


def time_text(instant: datetime, now: datetime | None = None) -> dict[str, str]:
    """Return a time as text, with the exact time as its title.

    Examples
    --------
    >>> now = datetime(2026, 8, 6, tzinfo=UTC)
    >>> time_text(datetime(2026, 8, 5, 12, 9, tzinfo=UTC), now)
    {'text': '11 h ago', 'title': '2026-08-05 12:09:00 UTC'}
    >>> time_text(datetime(2026, 7, 5, 12, 9, tzinfo=UTC), now)["text"]
    '5 Jul 12:09'
    """
    at = instant.astimezone(UTC)
    now = now or datetime.now(UTC)
    seconds = (now - at).total_seconds()
    title = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    if -_MINUTE_S < seconds < _MINUTE_S:
        return {"text": "just now", "title": title}
    if _MINUTE_S <= seconds < _HOUR_S:
        return {"text": f"{int(seconds // _MINUTE_S)} min ago", "title": title}
    if _HOUR_S <= seconds < _DAY_S:
        return {"text": f"{int(seconds // _HOUR_S)} h ago", "title": title}
    if at.year == now.year:
        return {"text": f"{at.day} {at:%b %H:%M}", "title": title}
    return {"text": f"{at.day} {at:%b %Y}", "title": title}


def trust_text(signed: SignerStatus) -> dict[str, str]:
    """Return the signer of a version: the value of the API, a text, and the key as title."""
    texts = {
        "own": "signed by you",
        "trusted": f"signed by {signed.name}",
        "unknown": "signed by an unknown signer",
        "unsigned": "not signed",
        "invalid": "changed after it was signed",
    }
    title = signed.signer or "The record has no valid signature."
    return {"status": TRUST[signed.status], "text": texts[signed.status], "title": title}
