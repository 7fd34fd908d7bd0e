"""A metric that was measured after registration, over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from exo_nbregistry.plot.axis_values import is_number
from exo_nbregistry.plot.canvas import (
    FigureSize,
    finish,
    label,
    legend,
    new_figure,
    style_axes,
    styles,
)
from exo_nbregistry.plot.kinds import no_version_has
from exo_nbregistry.plot.metric import described
from exo_nbregistry.plot.test_scores import name
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.later_metrics import LaterMetrics
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import count, number
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.metric import ordered, usual_metric

_HEADERS = ("at (UTC)", "on")
_REGISTERED = "registration"


def monitoring(
    items: Sequence[ModelMetadata],
    *,
    notes: Sequence[str] = (),
    metric: str | None = None,
    figsize: FigureSize | None = None,
) -> Plot:
    """Plot a later metric over time, with the value of the registration as a dashed line.

    Raises
    ------
    RegistryError
        If no version has the metric among its later metrics.
    """
    every = [later for item in items for later in item.later_metrics]
    counts = Counter(key for later in every for key in later.metrics)
    chosen = metric or usual_metric(counts)
    series = {item.model_id: _values(item, chosen) for item in items}
    if chosen is None or not any(series.values()):
        raise no_version_has("later metric", str(chosen), ordered(counts))
    shown = [item for item in items if series[item.model_id]]
    all_notes = [*notes, *_omitted(len(items) - len(shown), chosen), *_others(counts, chosen)]
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    rows: list[list[Any]] = []
    for item, style in zip(shown, styles(len(shown)), strict=True):
        measured = series[item.model_id]
        _line(axes, item, measured, chosen, style)
        rows += _rows(item, measured, chosen)
    _date_axis(axes)
    axes.set(xlabel="time of measurement (UTC)", ylabel=described(chosen))
    legend(axes)
    what = name(shown[0]) if len(shown) == 1 else count(len(shown), "version")
    title = f"{label(chosen)} of {what} after registration"
    finish(figure, title, all_notes)
    headers = ("model", chosen, *_HEADERS)
    return Plot("monitoring", title, figure, headers, rows, tuple(all_notes))


def _values(item: ModelMetadata, metric: str | None) -> list[LaterMetrics]:
    return [later for later in item.later_metrics if is_number(later.metrics.get(metric or ""))]


def _line(
    axes: Axes,
    item: ModelMetadata,
    measured: Sequence[LaterMetrics],
    metric: str,
    style: dict[str, Any],
) -> None:
    times = [later.at for later in measured]
    values = [later.metrics[metric] for later in measured]
    axes.plot(times, values, label=name(item), markersize=5, **style | {"linestyle": "-"})  # type: ignore[arg-type]
    registered = item.metrics.get(metric)
    if is_number(registered):
        at_first = f"{name(item)} at registration: {number(registered)}"
        line = style | {"marker": None, "linestyle": "--"}
        axes.axhline(float(registered), label=at_first, linewidth=1, **line)  # type: ignore[arg-type]


def _rows(
    item: ModelMetadata, measured: Sequence[LaterMetrics], metric: str
) -> Iterator[list[Any]]:
    registered = item.metrics.get(metric)
    if is_number(registered):
        first = f"{item.created_at:%Y-%m-%d %H:%M}"
        yield [name(item), float(registered), first, _REGISTERED]  # type: ignore[arg-type]
    for later in measured:
        value = float(later.metrics[metric])
        yield [name(item), value, f"{later.at:%Y-%m-%d %H:%M}", label(later.on) or None]


def _date_axis(axes: Axes) -> None:
    """Set dates in UTC, independent of the user's time zone."""
    axes.xaxis.axis_date("UTC")
    locator = AutoDateLocator(tz="UTC")  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator, tz="UTC")  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(formatter)


def _omitted(missing: int, metric: str) -> Iterator[str]:
    if missing:
        yield f"Omitted: {count(missing, 'version')} without later {label(metric)}."


def _others(counts: Counter[str], metric: str) -> Iterator[str]:
    others = [label(other) for other in ordered(counts) if other != metric]
    if others:
        yield f"Other later metrics: {name_list(others)}; select one with metric=."
