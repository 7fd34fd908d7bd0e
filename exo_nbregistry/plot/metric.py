"""A metric over the versions of a model, with its aliases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.axis_values import is_number
from exo_nbregistry.plot.canvas import (
    finish,
    label,
    legend,
    new_figure,
    style_axes,
    styles,
)
from exo_nbregistry.plot.test_scores import name
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metric_series import Measurement, Measurements
from exo_nbregistry.text.markup import count, number
from exo_nbregistry.values.metric import higher_is_better, ordered

_MAX_LINES = 8
_MAX_MARKED = 60  # so many versions have a mark each; more of them are dots
_MAX_ALIASES = 12
_LONGEST_ALIAS = 22
_ROWS = 4
_LETTER = 5.6  # points that a letter takes


def metric_over_versions(
    measured: Measurements, *, figsize: tuple[float, float] | None = None
) -> Plot:
    """Draw a metric over versions, a line for each model.

    Parameters
    ----------
    measured : Measurements
        The metric of each version.
    figsize : tuple of float, optional
        In inches.

    Returns
    -------
    Plot
        Versions with aliases first in its table, then the newest.

    Raises
    ------
    RegistryError
        If no version has the metric.
    """
    items = [item for item in measured.items if is_number(item.value)]
    if not items or measured.metric is None:
        raise RegistryError(f"There is nothing to draw: {_missing(measured)}")
    metric = measured.metric
    models = {model: list(part) for model, part in groupby(items, key=lambda item: item.model)}
    told = [*_left_out(measured.total - len(items), metric), *_uncounted(len(models))]
    shown = dict(list(models.items())[:_MAX_LINES])
    drawn = [item for versions in shown.values() for item in versions]
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    for (model, versions), style in zip(shown.items(), styles(len(shown)), strict=True):
        _line(axes, label(model), versions, metric, style)
    _mark_best(axes, drawn, metric)
    told += _mark_aliases(axes, drawn)
    axes.set(xlabel="version", ylabel=described(metric))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(drawn) > 1:
        crowded = "lower right" if higher_is_better(metric) else "upper right"
        legend(axes, loc="best" if len(drawn) <= _MAX_MARKED else crowded)
    what = label(next(iter(shown))) if len(shown) == 1 else count(len(shown), "model")
    title = f"{label(metric)} of {what}"
    finish(figure, title, told)
    newest = sorted(drawn, key=lambda item: (not item.aliases, -item.version))
    rows = [[name(item), float(item.value), f"{item.created_at:%Y-%m-%d}"] for item in newest]
    return Plot("metric", title, figure, ("model", metric, "created"), rows, tuple(told))


def _missing(measured: Measurements) -> str:
    if not measured.total:
        return "no version fits. Loosen the filter, or register one."
    if measured.metric and measured.known:
        known = ", ".join(ordered(measured.known)[:10])
        return f"no version has the metric {measured.metric!r:.80}; they have {known}."
    return "no version has a metric. Register with X_test and y_test, or with evaluation_results."


def described(metric: str) -> str:
    """Return a metric's name and which way is better, for an axis."""
    better = {True: " (higher is better)", False: " (lower is better)", None: ""}
    return label(metric) + better[higher_is_better(metric)]


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
        label=f"best: {label(best.model_id)}, {number(float(value))}",
    )


def _mark_aliases(axes: Axes, versions: Sequence[Measurement]) -> list[str]:
    """Write aliases above the axes, in rows so as not to overlap; tell of those without room."""
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
    # From the top row down, so that a text covers the lines that pass it.
    for row, text, item in sorted(placed, key=lambda one: -one[0]):
        _write_alias(axes, row, text, (item.version, item.value))
    left = len(marked) - len(placed)
    return [f"{count(left, 'more version')} with aliases: see the table."] if left else []


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


def _left_out(missing: int, metric: str) -> Iterator[str]:
    if missing:
        yield f"Left out: {count(missing, 'version')} without {label(metric)}."


def _uncounted(models: int) -> Iterator[str]:
    if models > _MAX_LINES:
        rest = count(models - _MAX_LINES, "more model")
        yield f"Left out: {rest}; name those to see, by refs or where."
