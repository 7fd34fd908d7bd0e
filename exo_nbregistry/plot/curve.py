"""ROC and precision-recall curves of several versions.

A curve shows the positive class, or the mean over the classes, each against the rest, so that
its area equals the registered ``roc_auc`` or ``average_precision``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import auc, precision_recall_curve, roc_curve

from exo_nbregistry.plot.canvas import (
    FigureSize,
    finish,
    guide_colour,
    label,
    legend,
    new_figure,
    style_axes,
    styles,
)
from exo_nbregistry.plot.test_scores import (
    Arrays,
    Floats,
    Scored,
    readable,
    same_rows,
    with_scoring,
)
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import number

_FALSE_POSITIVES = (0.01, 0.05, 0.1, 0.2)
_RECALLS = (0.5, 0.8, 0.9, 0.95)
_MEAN = "Without a positive class, a curve is the mean over the classes."


def roc(
    items: Sequence[ModelMetadata],
    data: Sequence[Arrays],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the ROC curve of each version, with the area under the curve."""
    drawn, left = readable(items, with_scoring(items, data), lambda found: Scored.of(*found))
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    rows, points = [], _Points("false_positive_rate", "true_positive_rate")
    for (who, scored), style in zip(drawn, styles(len(drawn)), strict=True):
        x, y = mean_roc(scored)
        area = float(auc(x, y))
        whose = _whose(scored, drawn)
        axes.plot(x, y, label=f"{who}{whose}, area {number(area)}", **_thin(style, len(drawn)))
        points.add(who, x, y)
        at = np.interp(_FALSE_POSITIVES, x, y).tolist()
        rows.append([who, area, len(scored.truth), *at])
    axes.plot([0, 1], [0, 1], color=guide_colour(), linestyle=":", label="chance, area 0.5")
    common = _common(drawn)
    axes.set(xlabel="false positive rate", ylabel=f"true positive rate (recall){common}")
    all_notes = (*notes, *left, *_averaged(drawn), *same_rows(data))
    _close(figure, axes, "ROC curve", all_notes, "lower right")
    headers = ("model", "area", "rows", *(f"recall at FPR {x:g}" for x in _FALSE_POSITIVES))
    return Plot("roc", "ROC curve", figure, headers, rows, all_notes, points.columns)


def precision_recall(
    items: Sequence[ModelMetadata],
    data: Sequence[Arrays],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the precision-recall curve of each version, with its average precision.

    The average precision is the area under the steps of the curve.
    """
    drawn, left = readable(items, with_scoring(items, data), lambda found: Scored.of(*found))
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    rows, points, chances = [], _Points("recall", "precision"), []
    for (who, scored), style in zip(drawn, styles(len(drawn)), strict=True):
        x, y = mean_precision_recall(scored)
        area = float(np.diff(x) @ y[1:])
        shares = np.average(scored.truth, axis=0, weights=scored.row_weights)
        chances.append(float(shares @ scored.weights))
        axes.plot(
            x,
            y,
            drawstyle="steps-pre",
            label=f"{who}{_whose(scored, drawn)}, area {number(area)}",
            **_thin(style, len(drawn)),
        )
        points.add(who, x, y)
        at = y[np.searchsorted(x, _RECALLS)].tolist()
        rows.append([who, area, len(scored.truth), *at])
    if len(set(chances)) == 1:
        share = f"chance, area {number(chances[0])}"
        axes.axhline(chances[0], color=guide_colour(), linestyle=":", label=share)
    common = _common(drawn)
    axes.set(xlabel=f"recall{common}", ylabel=f"precision{common}")
    all_notes = (*notes, *left, *_averaged(drawn), *same_rows(data))
    title = "Precision-recall curve"
    _close(figure, axes, title, all_notes, "lower left")
    headers = ("model", "area", "rows", *(f"precision at recall {x:g}" for x in _RECALLS))
    return Plot("precision_recall", title, figure, headers, rows, all_notes, points.columns)


def mean_roc(scored: Scored) -> tuple[Floats, Floats]:
    """Return the mean of the ROC curves of the classes.

    Both ends of each jump are kept, so that the area of the mean is the mean of the areas.
    """
    curves: list[tuple[Floats, Floats]] = [
        roc_curve(truth, score, sample_weight=scored.row_weights)[:2]
        for truth, score in zip(scored.truth.T, scored.score.T, strict=True)
    ]
    if len(curves) == 1:
        return curves[0]
    grid = np.unique(np.concatenate([x for x, _ in curves]))
    low, high = np.zeros_like(grid), np.zeros_like(grid)
    for (x, y), weight in zip(curves, scored.weights, strict=True):
        between = np.interp(grid, x, y)
        first, last = np.searchsorted(x, grid), np.searchsorted(x, grid, side="right") - 1
        low += weight * np.where(x[first] == grid, y[first], between)
        high += weight * np.where(x[last] == grid, y[last], between)
    return np.repeat(grid, 2), np.column_stack([low, high]).ravel()


def mean_precision_recall(scored: Scored) -> tuple[Floats, Floats]:
    """Return ascending recall, and the mean precision of the classes at each value."""
    curves = []
    for truth, score in zip(scored.truth.T, scored.score.T, strict=True):
        precision, recall, _ = precision_recall_curve(
            truth, score, drop_intermediate=True, sample_weight=scored.row_weights
        )
        curves.append((recall[::-1], precision[::-1]))
    if len(curves) == 1:
        return curves[0]
    grid = np.unique(np.concatenate([x for x, _ in curves]))
    total = np.zeros_like(grid)
    for (x, y), weight in zip(curves, scored.weights, strict=True):
        total += weight * y[np.searchsorted(x, grid)]
    return grid, total


class _Points:
    """Points of curves, by column."""

    def __init__(self, x: str, y: str) -> None:
        self.columns: dict[str, list[Any]] = {"model": [], x: [], y: []}

    def add(self, who: str, *values: Floats) -> None:
        model, *rest = self.columns.values()
        model.extend([who] * len(values[0]))
        for column, part in zip(rest, values, strict=True):
            column.extend(part.tolist())


def _thin(style: dict[str, Any], count: int) -> dict[str, Any]:
    # Four dash patterns distinguish four curves; more curves also need markers.
    return style | ({"marker": None} if count <= 4 else {"markevery": 0.12, "markersize": 5})


def _common(drawn: Sequence[tuple[str, Scored]]) -> str:
    """Return the positive class for the labels of the axes, if all curves have the same one."""
    (first, *others) = (scored.classes for _, scored in drawn)
    alike = len(first) == 1 and all(classes == first for classes in others)
    return f" of {label(first[0], 20)}" if alike else ""


def _whose(scored: Scored, drawn: Sequence[tuple[str, Scored]]) -> str:
    """Return the positive class of a curve for the legend, if other curves have another one."""
    if _common(drawn) or len(scored.classes) > 1:
        return ""
    return f", of {label(scored.classes[0], 20)}"


def _averaged(drawn: Sequence[tuple[str, Scored]]) -> list[str]:
    return [_MEAN] if any(len(scored.classes) > 1 for _, scored in drawn) else []


def _close(figure: Any, axes: Any, title: str, notes: Sequence[str], corner: str) -> None:
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    legend(axes, loc=corner)
    finish(figure, title, notes)
