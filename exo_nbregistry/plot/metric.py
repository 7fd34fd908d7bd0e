"""A metric over the versions of a model, with aliases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.axis_values import is_number
from exo_nbregistry.plot.canvas import (
    LONGEST,
    FigureSize,
    finish,
    label,
    legend,
    new_figure,
    style_axes,
    styles,
)
from exo_nbregistry.plot.kinds import NO_VERSIONS, no_version_has
from exo_nbregistry.plot.test_scores import name
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.measurement import describe_difference, series_title
from exo_nbregistry.records.metric_series import Measurement, Measurements
from exo_nbregistry.text.markup import count, number
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.metric import higher_is_better, ordered

_MAX_LINES = 8
_MAX_MARKED = 60  # versions with markers; more are drawn as dots
_MAX_ALIASES = 12
_LONGEST_ALIAS = 22
_ROWS = 4
_LETTER = 5.6  # width of a letter in points


def metric_over_versions(measured: Measurements, *, figsize: FigureSize | None = None) -> Plot:
    """Plot a metric over versions, one line for each model.

    In the table, versions with aliases come first, then the newest.

    Raises
    ------
    RegistryError
        If no version has the metric.
    """
    items = [item for item in measured.items if is_number(item.value)]
    if not items or measured.metric is None:
        raise _missing(measured)
    metric = measured.metric
    models = {model: list(part) for model, part in groupby(items, key=lambda item: item.model)}
    endless = [item for item in measured.items if _is_infinite(item.value)]
    missing = measured.total - len(items) - len(endless)
    unlike = describe_difference(metric, measured.scorings)
    all_notes = [
        *_covered(models),
        *_left_out(missing, metric),
        *_beyond(endless),
        *_uncounted(len(models)),
        *([unlike] if unlike else []),
    ]
    shown = dict(list(models.items())[:_MAX_LINES])
    drawn = [item for versions in shown.values() for item in versions]
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    for versions, style in zip(shown.values(), styles(len(shown)), strict=True):
        _line(axes, label(versions[-1].display_name), versions, metric, style)
    if not unlike:
        _mark_best(axes, drawn, metric)
    all_notes += _mark_aliases(axes, drawn)
    axes.set(xlabel="version", ylabel=described(metric, series_title(measured)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(drawn) > 1:
        crowded = "lower right" if higher_is_better(metric) else "upper right"
        legend(axes, loc="best" if len(drawn) <= _MAX_MARKED else crowded)
    what = label(drawn[-1].display_name) if len(shown) == 1 else count(len(shown), "model")
    title = f"{label(series_title(measured))} of {what}"
    finish(figure, title, all_notes)
    listed = [*drawn, *(item for item in endless if item.model in shown)]
    newest = sorted(listed, key=lambda item: (not item.aliases, -item.version))
    rows = [[name(item), item.value, f"{item.created_at:%Y-%m-%d}"] for item in newest]
    return Plot("metric", title, figure, ("model", metric, "created"), rows, tuple(all_notes))


def _missing(measured: Measurements) -> RegistryError:
    if not measured.total:
        return RegistryError(NO_VERSIONS)
    if measured.metric and measured.items:
        return RegistryError(
            f"Cannot plot metric {measured.metric!r:.80}: all its values are NaN, infinite or too "
            "large. Choose another metric with metric=."
        )
    if measured.metric and measured.known:
        return no_version_has("metric", measured.metric, ordered(measured.known))
    return RegistryError(
        "Cannot plot: no version has a metric. Register with X_test and y_test, or with "
        "evaluation_results."
    )


def described(metric: str, title: str = "") -> str:
    """Return the axis label of a metric, with its direction."""
    better = {True: " (higher is better)", False: " (lower is better)", None: ""}
    return label(title or metric, LONGEST + 20) + better[higher_is_better(metric)]


def _line(
    axes: Axes, model: str, versions: Sequence[Measurement], metric: str, style: dict[str, Any]
) -> None:
    numbers = [item.version for item in versions]
    values = [item.value for item in versions]
    if len(versions) <= _MAX_MARKED:
        axes.plot(numbers, values, label=model, markersize=5, **style)
        return
    dots = style | {"linestyle": "none", "marker": "."}
    axes.plot(numbers, values, label=model, markersize=2, alpha=0.5, zorder=1.5, **dots)
    better = higher_is_better(metric)
    if better is not None:
        best = (np.maximum if better else np.minimum).accumulate(values)
        so_far = style | {"marker": None}
        axes.plot(numbers, best, drawstyle="steps-post", label=f"{model}, best so far", **so_far)


def _mark_best(axes: Axes, versions: Sequence[Measurement], metric: str) -> None:
    better = higher_is_better(metric)
    if better is None or len(versions) < 2:
        return
    best = (max if better else min)(versions, key=lambda item: item.value)
    value = best.value
    axes.plot(
        best.version,
        value,
        linestyle="none",
        marker="*",
        markersize=13,
        markerfacecolor="none",
        markeredgecolor=_text_colour(axes),
        label=f"best: {label(best.display_id)}, {number(value)}",
    )


def _mark_aliases(axes: Axes, versions: Sequence[Measurement]) -> list[str]:
    """Write aliases above the axes in rows; return a note on aliases without space."""
    marked = sorted((item for item in versions if item.aliases), key=lambda item: item.version)
    if not marked:
        return []
    low, high = min(i.version for i in versions), max(i.version for i in versions)
    room = axes.get_window_extent().width * 72 / axes.figure.dpi
    ends = [-math.inf] * _ROWS
    placed = []
    for item in marked[-_MAX_ALIASES:]:
        text = label(", ".join(item.aliases), _LONGEST_ALIAS)
        middle = room * (item.version - low + 0.5) / (high - low + 1)
        half = len(text) * _LETTER / 2 + _LETTER
        row = next((i for i, end in enumerate(ends) if end < middle - half), None)
        if row is not None:
            ends[row] = middle + half
            placed.append((row, text, item))
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": 9,
        "markerfacecolor": "none",
        "linestyle": "none",
    }
    points = [(item.version, item.value) for item in marked]
    axes.plot(*zip(*points, strict=True), markeredgecolor=_text_colour(axes), **ring)
    # From the top row down, so that a text covers the lines behind it.
    for row, text, item in sorted(placed, key=lambda one: -one[0]):
        _write_alias(axes, row, text, (item.version, item.value))
    left = len(marked) - len(placed)
    return [f"{count(left, 'more version')} with aliases in the table."] if left else []


def _write_alias(axes: Axes, row: int, text: str, point: tuple[float, float]) -> None:
    axes.annotate(
        text,
        xy=point,
        xytext=(point[0], 1.02 + 0.06 * row),
        textcoords=axes.get_xaxis_transform(),
        ha="center",
        va="bottom",
        fontsize="small",
        annotation_clip=False,
        bbox={"facecolor": axes.figure.get_facecolor(), "pad": 1, "linewidth": 0},
        arrowprops={
            "arrowstyle": "-",
            "alpha": 0.5,
            "color": _text_colour(axes),
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def _text_colour(axes: Axes) -> Any:
    return axes.xaxis.label.get_color()


def _is_infinite(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _beyond(items: Sequence[Measurement]) -> Iterator[str]:
    if items:
        listed = name_list(map(name, items))
        yield f"Not drawn, because the value is infinite: {listed}."


def _covered(models: Mapping[str, Sequence[Measurement]]) -> Iterator[str]:
    """Name the versions of a plot that does not begin with the first one."""
    if len(models) == 1:
        [versions] = models.values()
        if versions[0].version > 1 and len(versions) > 1:
            yield f"Covers versions {versions[0].version} to {versions[-1].version}."


def _left_out(missing: int, metric: str) -> Iterator[str]:
    if missing:
        yield f"Omitted: {count(missing, 'version')} without {label(metric)}."


def _uncounted(models: int) -> Iterator[str]:
    if models > _MAX_LINES:
        rest = count(models - _MAX_LINES, "more model")
        yield f"Omitted: {rest}; select models with refs= or where=."
