"""Events of a model, shown as a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, overload

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.records.model_state import AliasMove
from exo_nbregistry.records.moved_in import moved_in_of
from exo_nbregistry.text.markup import html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import cut, line_width
from exo_nbregistry.views.columns import format_minute
from exo_nbregistry.views.event_sentences import event_sentence, with_previous

if TYPE_CHECKING:
    import pandas as pd

HEADERS = ("at (UTC)", "event", "who")
MAX_ROWS = 50
_TEXT_WIDTH = 140
_CELL_WIDTH = 200
_ALIGN = "lll"
_EMPTY = (
    "No events. registry.set_alias('my_model', 'champion', 1) sets an alias, "
    "registry.tag_model('my_model:1', 'reviewed') a tag."
)
Item = TypeVar("Item")


class History(tuple[Item, ...]):
    """Tuple of the events of a model or of the moves of an alias, oldest first.

    Parameters
    ----------
    items : iterable of dict or AliasMove
        Items of ``registry.history`` or ``registry.alias_history``.

    Examples
    --------
    >>> registry.set_alias("kepler_rf", "champion", 1).aliases
    ('champion',)
    >>> moves = registry.alias_history("kepler_rf", "champion")
    >>> moves[0].version
    1
    >>> moves
    at (UTC)          event                   who
    ----------------  ----------------------  ...
    2026-01-01 00:00  @champion was set to 1  ...
    """

    __slots__ = ()

    @overload
    def __getitem__(self, index: SupportsIndex) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> History[Item]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Item | History[Item]:
        """Return one item, or a shorter history."""
        if isinstance(index, slice):
            return History(super().__getitem__(index))
        return super().__getitem__(index)

    def __repr__(self) -> str:
        """Return a text table of the last rows."""
        if not self:
            return _EMPTY
        table = text_table(HEADERS, self._rows(), align=_ALIGN, width=line_width(_TEXT_WIDTH))
        return "\n".join([*self._earlier(), table])

    def to_html(self, *, compact: bool = False) -> str:
        """Return the history as HTML without scripts or style sheets; short if `compact`."""
        if not self:
            return paragraph(_EMPTY)
        table = html_table(HEADERS, self._rows(), align=_ALIGN, compact=compact)
        return stack([*map(paragraph, self._earlier()), table])

    _repr_html_ = html_unless_text(to_html)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per event as a DataFrame.

        Returns
        -------
        pandas.DataFrame of shape (n_events, n_columns)
            ``at``, ``action``, ``version``, ``actor`` and the other fields of the events. Values
            that an event does not have are missing. If a change was made in another tool,
            ``actor`` and ``at`` are of the move-in, and ``original_actor`` and ``original_at`` of
            the change.
        """
        import pandas as pd

        events = [event_of(item) for item in self]
        events = [event | _original(event) for event in events]
        first = dict.fromkeys(("at", "action", "version", "actor"))
        names = list(first | {name: None for event in events for name in event})
        columns = {name: [event.get(name) for event in events] for name in names}
        frame = pd.DataFrame(columns, dtype=object)
        frame["at"] = pd.to_datetime(frame["at"], utc=True).dt.as_unit("us")
        if "original_at" in frame:
            frame["original_at"] = pd.to_datetime(frame["original_at"], utc=True).dt.as_unit("us")
        frame["version"] = frame["version"].astype("Int64")
        return frame

    def _rows(self) -> list[list[object]]:
        events = [event_of(item) for item in self]
        if any(isinstance(item, AliasMove) for item in self):
            events = list(with_previous(events))
        rows = [event_row(event) for event in events[-MAX_ROWS:]]
        return [
            [cut(cell, _CELL_WIDTH) if isinstance(cell, str) else cell for cell in row]
            for row in rows
        ]

    def _earlier(self) -> list[str]:
        rest = len(self) - MAX_ROWS
        return [f"… {rest} earlier"] if rest > 0 else []


def event_of(item: Any) -> dict[str, Any]:
    """Return an item, a dict or an AliasMove, as an event."""
    if not isinstance(item, AliasMove):
        return dict(item)
    origin = item.moved_in
    moved_in = {"moved_in": {"by": origin.by, "at": origin.at}} if origin else {}
    return moved_in | {
        "action": item.record.content["action"],
        "version": item.version,
        "at": item.at,
        "actor": item.actor,
        "alias": item.alias,
        "protected": item.protected,
        "number": item.number,
    }


def _original(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the author and the time in another tool, of a change that was moved in."""
    origin = moved_in_of(event)
    return {"original_actor": origin.by, "original_at": origin.at} if origin else {}


def event_row(event: Mapping[str, Any]) -> tuple[object, ...]:
    """Return the cells of an event, in the order of `HEADERS`.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> event_row({"action": "tag", "version": 1, "at": at, "actor": "a", "tags": {"ok": True}})
    ('2026-01-01 00:00', 'Version 1 was tagged with ok', 'a')
    """
    at = event.get("at")
    instant = format_minute(at) if isinstance(at, datetime) else at
    return instant, event_sentence(event), event.get("actor")
