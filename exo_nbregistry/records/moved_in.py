"""The author and the time of a change that was first made in another tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode

MOVED_IN = "moved_in"
"""The field of an event that has the change in the other tool."""


@immutable
@dataclass(frozen=True, slots=True)
class MovedIn:
    """A change in another tool, as the signer of the event states it.

    Attributes
    ----------
    by : str
        Its author, or an empty text if it is unknown.
    at : datetime or None
        Its time, in UTC.
    """

    by: str = ""
    at: datetime | None = None

    @property
    def text(self) -> str:
        """The author and the time, for people.

        Examples
        --------
        >>> from datetime import UTC
        >>> MovedIn("Grace", datetime(2024, 5, 1, 10, tzinfo=UTC)).text
        ' by Grace at 2024-05-01 10:00 (moved in)'
        """
        by = f" by {self.by}" if self.by else ""
        at = f" at {self.at:%Y-%m-%d %H:%M}" if self.at else ""
        return f"{by}{at} (moved in)"


def moved_in_of(content: Mapping[str, Any]) -> MovedIn | None:
    """Return the change in another tool that an event repeats, or None.

    Parameters
    ----------
    content : mapping
        Content of the event, encoded or decoded. Its signer can be unknown and its values invalid.

    Returns
    -------
    MovedIn or None
        The change.

    Examples
    --------
    >>> moved_in_of({"action": "alias", "moved_in": {"by": "Grace", "at": 5}})
    MovedIn(by='Grace', at=None)
    >>> moved_in_of({"action": "alias"}) is None
    True
    """
    origin = content.get(MOVED_IN)
    if not isinstance(origin, Mapping):
        return None
    by, at = origin.get("by"), origin.get("at")
    if not isinstance(at, datetime):
        try:
            at = decode(at)
        except (RecordError, ValueError, TypeError, AttributeError):
            at = None
    is_time = isinstance(at, datetime) and at.tzinfo is not None
    return MovedIn(by if isinstance(by, str) else "", at if is_time else None)
