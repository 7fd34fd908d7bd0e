"""Metrics that were measured after the registration, shown as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.records.later_metrics import LaterMetrics
from exo_nbregistry.text.markup import html_table, number, paragraph, stack, text_table
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import cut, line_width
from exo_nbregistry.values.metric import ordered
from exo_nbregistry.views.columns import format_minute

if TYPE_CHECKING:
    import pandas as pd

TITLE = "metrics measured later"
MAX_ROWS = 50
MAX_COLUMNS = 6
_TEXT_WIDTH = 140
_CELL_WIDTH = 60
_FIELDS = ("at", "on", "author")


class MetricSeries(tuple[LaterMetrics, ...]):
    """Tuple of the later metrics of a version, by time of measurement.

    Parameters
    ----------
    items : iterable of LaterMetrics
        ``metadata.later_metrics``.
    model_id : str
        The version, for the hint of an empty series.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 30, tzinfo=UTC)
    >>> MetricSeries([LaterMetrics({"f1_score": 0.87}, at, "production", "ada")])
    at (UTC)          on          f1_score
    ----------------  ----------  --------
    2026-11-30 00:00  production    0.8700
    """

    model_id: str

    def __new__(
        cls, items: Iterable[LaterMetrics] = (), *, model_id: str = "my_model:1"
    ) -> MetricSeries:
        """Store the items, and the version."""
        series = super().__new__(cls, items)
        series.model_id = model_id
        return series

    def __repr__(self) -> str:
        """Return a text table of the last rows."""
        if not self:
            return self._hint()
        headers, rows, align = series_table(self)
        table = text_table(headers, rows, align=align, width=line_width(_TEXT_WIDTH))
        return "\n".join([*series_notes(self), *(line.rstrip() for line in table.splitlines())])

    def to_html(self) -> str:
        """Return the series as HTML without scripts or style sheets."""
        if not self:
            return paragraph(self._hint())
        headers, rows, align = series_table(self)
        return stack([*map(paragraph, series_notes(self)), html_table(headers, rows, align=align)])

    _repr_html_ = html_unless_text(to_html)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per measurement as a DataFrame.

        Returns
        -------
        pandas.DataFrame of shape (n_measurements, n_metrics + 3)
            ``at``, ``on``, ``author``, and a column for each metric. Missing values are NaN.
        """
        import pandas as pd

        columns: dict[str, Any] = {
            name: pd.Series([getattr(item, name) for item in self], dtype=object)
            for name in _FIELDS
        }
        columns["at"] = pd.to_datetime(columns["at"], utc=True).dt.as_unit("us")
        frame = pd.DataFrame(columns)
        for name in _metrics(self):
            values = [float(item.metrics.get(name, math.nan)) for item in self]
            frame.insert(len(frame.columns), name, values, allow_duplicates=True)
        return frame

    def _hint(self) -> str:
        return (
            f"No later metrics. registry.add_metrics({self.model_id!r}, {{'f1_score': 0.87}}, "
            "on='2026-11 production') adds them."
        )


def series_table(
    items: Sequence[LaterMetrics],
) -> tuple[tuple[str, ...], list[list[Any]], str]:
    """Return headers, cells and alignment of the table of a series."""
    metrics = _metrics(items)[:MAX_COLUMNS]
    rows: list[list[Any]] = [
        [
            format_minute(item.at),
            cut(" ".join(item.on.split()), _CELL_WIDTH) or None,
            *(item.metrics.get(name) for name in metrics),
        ]
        for item in items[-MAX_ROWS:]
    ]
    headers = ("at (UTC)", "on", *(cut(name, _CELL_WIDTH) for name in metrics))
    return headers, rows, "ll" + "r" * len(metrics)


def series_notes(items: Sequence[LaterMetrics]) -> list[str]:
    """Return sentences on rows and columns that the table omits."""
    earlier, others = len(items) - MAX_ROWS, len(_metrics(items)) - MAX_COLUMNS
    rows = [f"… {earlier} earlier"] if earlier > 0 else []
    columns = [f"… and {others} more metrics; to_frame() has all."] if others > 0 else []
    return [*rows, *columns]


def series_rows(items: Sequence[LaterMetrics]) -> list[list[str]]:
    """Return name and value of each measurement, for lists of facts; the newest come first."""
    return [
        [
            f"{format_minute(item.at)} UTC",
            _with_source(
                name_list(f"{name} {number(item.metrics[name])}" for name in ordered(item.metrics)),
                " ".join(item.on.split()),
            ),
        ]
        for item in reversed(items)
    ]


def _with_source(values: str, source: str) -> str:
    return f"{values} on {source}" if source else values


def _metrics(items: Iterable[LaterMetrics]) -> list[str]:
    return ordered({name: None for item in items for name in item.metrics})
