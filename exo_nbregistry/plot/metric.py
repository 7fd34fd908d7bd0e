"""A metric over the versions of a model, with its aliases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.listing import main_metrics
from exo_nbregistry.markup import count, number
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.metric import higher_is_better
from exo_nbregistry.plot.canvas import (
    dress,
    finish,
    label,
    legend,
    new_figure,
    styles,
)
from exo_nbregistry.plot.score import name
from exo_nbregistry.plot.value import is_number
from exo_nbregistry.plot.view import Plot

_MOST_LINES = 8
_MOST_MARKED = 60  # so many versions have a mark each; more of them are dots
_MOST_ALIASES = 12
_LONGEST_ALIAS = 22
_ROWS = 4
_LETTER = 5.6  # points that a letter takes


def metric_over_versions(
    items: Sequence[ModelMetadata],
    *,
    metric: str | None = None,
    figsize: tuple[float, float] | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Draw a metric over versions, a line for each model.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The versions, in any order.
    metric : str, optional
        By default the one that most versions have.
    figsize : tuple of float, optional
        In inches.
    notes : sequence of str
        Sentences for the caption.

    Returns
    -------
    Plot
        Newest versions first in its table.

    Raises
    ------
    RegistryError
        If no version has the metric.
    """
    metric = metric or main_metric(items)
    measured = sorted(with_metric(items, metric), key=lambda item: (item.model_name, item.version))
    models: dict[str, list[ModelMetadata]] = {}
    for item in measured:
        models.setdefault(item.model_name.lower(), []).append(item)
    told = [*notes, *_left_out(len(items) - len(measured), metric), *_uncounted(models)]
    shown = dict(list(models.items())[:_MOST_LINES])
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    dress(axes)
    for (model, versions), style in zip(shown.items(), styles(len(shown)), strict=True):
        _line(axes, label(model), versions, metric, style)
    drawn = [item for versions in shown.values() for item in versions]
    _mark_best(axes, drawn, metric)
    told += _mark_aliases(axes, drawn, metric)
    axes.set(xlabel="version", ylabel=described(metric))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(drawn) > 1:
        crowded = "lower right" if higher_is_better(metric) else "upper right"
        legend(axes, loc="best" if len(drawn) <= _MOST_MARKED else crowded)
    what = label(next(iter(shown))) if len(shown) == 1 else count(len(shown), "model")
    title = f"{label(metric)} of {what}"
    finish(figure, title, told)
    newest = sorted(drawn, key=lambda item: (not item.aliases, -item.version, item.model_name))
    rows = [
        [name(item), float(item.metrics[metric]), f"{item.created_at:%Y-%m-%d}"] for item in newest
    ]
    return Plot("metric", title, figure, ("model", metric, "created"), rows, tuple(told))


def main_metric(items: Sequence[ModelMetadata]) -> str:
    """Return the metric that most of the versions have, the first in reading order.

    Raises
    ------
    RegistryError
        If they have none.
    """
    found = main_metrics(items)
    if not found:
        raise RegistryError(
            "There is nothing to draw: no version has a metric. Register with X_test and y_test, "
            "or with evaluation_results."
        )
    return found[0]


def with_metric(items: Sequence[ModelMetadata], metric: str) -> list[ModelMetadata]:
    """Return the versions that have a metric which can be drawn.

    Raises
    ------
    RegistryError
        If none has.
    """
    measured = [item for item in items if is_number(item.metrics.get(metric))]
    if not measured:
        known = ", ".join(main_metrics(items)) or "no metric"
        raise RegistryError(
            f"There is nothing to draw: no version has the metric {metric!r:.80}; they have "
            f"{known}."
        )
    return measured


def described(metric: str) -> str:
    """Return a metric's name and which way is better, for an axis."""
    better = {True: " (higher is better)", False: " (lower is better)", None: ""}
    return label(metric) + better[higher_is_better(metric)]


def _line(
    axes: Axes, model: str, versions: Sequence[ModelMetadata], metric: str, style: dict[str, Any]
) -> None:
    numbers = [item.version for item in versions]
    values = [item.metrics[metric] for item in versions]
    if len(versions) <= _MOST_MARKED:
        axes.plot(numbers, values, label=model, markersize=5, **style)
        return
    dots = style | {"linestyle": "none", "marker": "."}
    axes.plot(numbers, values, label=model, markersize=2, alpha=0.5, zorder=1.5, **dots)
    better = higher_is_better(metric)
    if better is not None:
        best = (np.maximum if better else np.minimum).accumulate(values)
        so_far = style | {"marker": None}
        axes.plot(numbers, best, drawstyle="steps-post", label=f"{model}, best so far", **so_far)


def _mark_best(axes: Axes, versions: Sequence[ModelMetadata], metric: str) -> None:
    better = higher_is_better(metric)
    if better is None or len(versions) < 2:
        return
    best = (max if better else min)(versions, key=lambda item: item.metrics[metric])
    value = best.metrics[metric]
    axes.plot(
        best.version,
        value,
        linestyle="none",
        marker="*",
        markersize=13,
        markerfacecolor="none",
        markeredgecolor=axes.xaxis.label.get_color(),
        label=f"best: {label(best.model_id)}, {number(float(value))}",
    )


def _mark_aliases(axes: Axes, versions: Sequence[ModelMetadata], metric: str) -> list[str]:
    """Write aliases above the axes, in rows so as not to overlap; tell of those without room."""
    marked = sorted((item for item in versions if item.aliases), key=lambda item: item.version)
    low, high = min(i.version for i in versions), max(i.version for i in versions)
    room = axes.get_window_extent().width * 72 / axes.figure.dpi
    ends = [-math.inf] * _ROWS
    placed = []
    for item in marked[-_MOST_ALIASES:]:
        text = label(", ".join(item.aliases), _LONGEST_ALIAS)
        middle = room * (item.version - low + 0.5) / (high - low + 1)
        half = len(text) * _LETTER / 2 + _LETTER
        row = next((i for i, end in enumerate(ends) if end < middle - half), None)
        if row is not None:
            ends[row] = middle + half
            placed.append((row, text, item))
    # From the top row down, so that a text covers the lines that pass it.
    for row, text, item in sorted(placed, key=lambda one: -one[0]):
        _write_alias(axes, row, text, (item.version, item.metrics[metric]))
    left = len(marked) - len(placed)
    return [f"{count(left, 'more version')} with aliases: see the table."] if left else []


def _write_alias(axes: Axes, row: int, text: str, point: tuple[float, float]) -> None:
    ink = axes.xaxis.label.get_color()
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
        arrowprops={"arrowstyle": "-", "alpha": 0.5, "color": ink, "shrinkA": 0, "shrinkB": 0},
    )


def _left_out(missing: int, metric: str) -> Iterator[str]:
    if missing:
        yield f"Left out: {count(missing, 'version')} without {label(metric)}."


def _uncounted(models: dict[str, Any]) -> Iterator[str]:
    if len(models) > _MOST_LINES:
        rest = count(len(models) - _MOST_LINES, "more model")
        yield f"Left out: {rest}; name those to see, by refs or where."
