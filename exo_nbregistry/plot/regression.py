"""Residuals, predictions against the truth, and the distribution of errors of regressors.

Source: residuals are true minus predicted, as in scikit-learn's PredictionErrorDisplay.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from exo_nbregistry.plot.canvas import (
    FigureSize,
    finish,
    first_colour,
    grid_of,
    guide_colour,
    legend,
    new_figure,
    style_axes,
    styles,
)
from exo_nbregistry.plot.test_scores import (
    Arrays,
    Floats,
    NotPlottable,
    readable,
    row_weights,
    same_rows,
)
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import number

_MAX_DRAWN = 5_000  # points of a panel; more would hide each other and take seconds
_MAX_BINS = 10
_ROWS_OF_BIN = 10
_BARS = (10, 30)
_TAILS = (0.005, 0.995)
_RESIDUAL = "residual (true - predicted)"
_RESIDUALS = ("residuals", "Residuals")
_AGAINST_TRUE = ("predicted_vs_true", "Predicted against true")
_ERRORS = ("error_distribution", "Distribution of errors")


@dataclass(frozen=True, eq=False)
class Regressed:
    """Predictions of a regressor on a test set.

    Attributes
    ----------
    true, predicted : ndarray of shape (n_rows,)
        True and predicted numbers.
    weight : ndarray of shape (n_rows,) or None
        Weight of each row in the metrics, as in the registered ones.
    """

    true: Floats
    predicted: Floats
    weight: Floats | None = None

    @classmethod
    def of(cls, arrays: Arrays) -> Regressed:
        """Return the predictions from the arrays of ``load_evaluation``.

        Raises
        ------
        NotPlottable
            If the predictions are not one finite number for each row.
        """
        if "classes" in arrays or not {"y_true", "y_pred"} <= arrays.keys():
            raise NotPlottable("has no predictions of numbers")
        true, predicted = (np.squeeze(np.asarray(arrays[key])) for key in ("y_true", "y_pred"))
        true, predicted = np.atleast_1d(true), np.atleast_1d(predicted)
        if true.ndim > 1:
            raise NotPlottable("has several outputs")
        if true.shape != predicted.shape or not len(true):
            raise NotPlottable("has predictions that do not match its test rows")
        if not all(part.dtype.kind in "fiu" for part in (true, predicted)):
            raise NotPlottable("has no predictions of numbers")
        true, predicted = true.astype(np.float64), predicted.astype(np.float64)
        if not (np.isfinite(true).all() and np.isfinite(predicted).all()):
            raise NotPlottable("has predictions that are not finite")
        return cls(true, predicted, row_weights(arrays, len(true)))

    @property
    def residuals(self) -> Floats:
        """True minus predicted numbers."""
        return self.true - self.predicted

    @property
    def rmse(self) -> float:
        """Root mean squared error."""
        return math.sqrt(np.average(self.residuals**2, weights=self.weight))

    @property
    def mae(self) -> float:
        """Mean absolute error."""
        return float(np.average(abs(self.residuals), weights=self.weight))

    @property
    def r2(self) -> float:
        """Coefficient of determination; NaN if all true numbers are equal."""
        mean = np.average(self.true, weights=self.weight)
        total = float(np.average((self.true - mean) ** 2, weights=self.weight))
        return 1 - self.rmse**2 / total if total else math.nan


def residuals(
    items: Sequence[ModelMetadata],
    data: Sequence[Arrays],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the residual of each test row against its prediction, a panel for each version."""
    drawn, left = readable(items, data, Regressed.of)
    figure, places = _panels(len(drawn), figsize)
    for i, (axes, (who, found)) in enumerate(zip(places, drawn, strict=True)):
        _scatter(axes, found.predicted, found.residuals)
        axes.axhline(0, color=guide_colour(), linestyle=":", label="no error")
        centers, means = binned_means(found.predicted, found.residuals)
        axes.plot(centers, means, color=_ink(axes), marker=".", label="mean of similar predictions")
        axes.set_title(who, fontsize="medium")
        axes.set(xlabel="predicted", ylabel=_RESIDUAL)
        if not i:
            legend(axes, loc="best")
    rows = [
        [who, float(f.residuals.mean()), f.rmse, float(abs(f.residuals).max()), len(f.true)]
        for who, f in drawn
    ]
    headers = ("model", "mean residual", "rmse", "largest error", "rows")
    all_notes = (*notes, *left, *_thinned(drawn), *same_rows(data))
    return _finished(_RESIDUALS, figure, headers, rows, all_notes, drawn)


def predicted_against_true(
    items: Sequence[ModelMetadata],
    data: Sequence[Arrays],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the prediction of each test row against the truth, a panel for each version."""
    drawn, left = readable(items, data, Regressed.of)
    figure, places = _panels(len(drawn), figsize)
    every = np.concatenate([part for _, found in drawn for part in (found.true, found.predicted)])
    low, high = float(every.min()), float(every.max())
    margin = 0.04 * (high - low) or 1.0
    for i, (axes, (who, found)) in enumerate(zip(places, drawn, strict=True)):
        _scatter(axes, found.true, found.predicted)
        axes.plot(
            [low, high],
            [low, high],
            color=guide_colour(),
            linestyle=":",
            label="perfect prediction",
        )
        axes.set_title(f"{who}, r2 {number(found.r2)}", fontsize="medium")
        axes.set(
            xlabel="true",
            ylabel="predicted",
            xlim=(low - margin, high + margin),
            ylim=(low - margin, high + margin),
            aspect="equal",
        )
        if not i:
            legend(axes, loc="best")
    rows = [[who, f.r2, f.rmse, f.mae, len(f.true)] for who, f in drawn]
    headers = ("model", "r2", "rmse", "mae", "rows")
    all_notes = (*notes, *left, *_thinned(drawn), *same_rows(data))
    return _finished(_AGAINST_TRUE, figure, headers, rows, all_notes, drawn)


def error_distribution(
    items: Sequence[ModelMetadata],
    data: Sequence[Arrays],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the distribution of the residuals of each version."""
    drawn, left = readable(items, data, Regressed.of)
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    pooled = np.concatenate([found.residuals for _, found in drawn])
    low, high = _range(pooled)
    bars = int(np.clip(math.sqrt(min(len(f.true) for _, f in drawn)), *_BARS))
    edges = np.linspace(low, high, bars + 1)
    outside = int(np.sum((pooled < low) | (pooled > high)))
    for (who, found), style in zip(drawn, styles(len(drawn)), strict=True):
        shares = np.histogram(found.residuals, edges)[0] / len(found.residuals)
        colour = style.get("color")
        axes.stairs(
            shares,
            edges,
            label=who,
            fill=len(drawn) == 1,
            facecolor=(colour, 0.25),
            edgecolor=colour,
            linestyle=style["linestyle"],
            linewidth=1.5,
        )
    axes.axvline(0, color=guide_colour(), linestyle=":", label="no error")
    axes.set(xlabel=_RESIDUAL, ylabel="fraction of the rows", xlim=(low, high))
    legend(axes, loc="best")
    rows = [
        [who, *np.quantile(f.residuals, (0.5, 0.25, 0.75)).tolist(), f.rmse, len(f.true)]
        for who, f in drawn
    ]
    headers = ("model", "median residual", "first quartile", "third quartile", "rmse", "rows")
    beyond = [f"{outside:,} larger errors are beyond the axis."] if outside else []
    all_notes = (*notes, *left, *beyond, *same_rows(data))
    return _finished(_ERRORS, figure, headers, rows, all_notes, drawn)


def binned_means(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the means of x and y in bins of equally many rows, sorted by x.

    Examples
    --------
    >>> binned_means(np.array([1.0, 2.0]), np.array([0.5, -0.5]))
    (array([1.5]), array([0.]))
    """
    bins = min(max(len(x) // _ROWS_OF_BIN, 1), len(np.unique(x)), _MAX_BINS)
    parts = np.array_split(np.argsort(x, kind="stable"), bins)
    return np.array([x[i].mean() for i in parts]), np.array([y[i].mean() for i in parts])


def _panels(n: int, figsize: FigureSize | None) -> tuple[Any, list[Axes]]:
    across, down = grid_of(n, figsize, 3.2)  # room for the legend
    figure = new_figure(figsize, widths=max(1, 0.75 * across), heights=max(1, 0.85 * down))
    places = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True).ravel()
    for axes in places[n:]:
        axes.remove()
    for axes in places[:n]:
        style_axes(axes)
        axes.locator_params("x", nbins=4)
        axes.tick_params(labelbottom=True, labelleft=True)  # also of inner panels
    return figure, list(places[:n])


def _scatter(axes: Axes, x: Floats, y: Floats) -> None:
    step = -(-len(x) // _MAX_DRAWN)
    few = len(x) <= 500
    axes.plot(
        x[::step],
        y[::step],
        linestyle="none",
        marker="o" if few else ".",
        markersize=4 if few else 3,
        markeredgewidth=0,
        alpha=0.6 if few else 0.35,
        color=first_colour(),
    )


def _thinned(drawn: Sequence[tuple[str, Regressed]]) -> list[str]:
    largest = max(len(found.true) for _, found in drawn)
    if largest <= _MAX_DRAWN:
        return []
    return [f"At most {_MAX_DRAWN:,} rows are drawn, at even steps; the numbers are of all rows."]


def _range(values: Floats) -> tuple[float, float]:
    """Return the limits of an axis that a few far values do not stretch."""
    low, high = float(values.min()), float(values.max())
    inner_low, inner_high = np.quantile(values, _TAILS).tolist()
    if high - low > 3 * (inner_high - inner_low) > 0:
        low, high = inner_low, inner_high
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _ink(axes: Axes) -> Any:
    return axes.xaxis.label.get_color()


def _finished(
    name: tuple[str, str],
    figure: Any,
    headers: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    notes: tuple[str, ...],
    drawn: Sequence[tuple[str, Regressed]],
) -> Plot:
    """Return the plot with its title, notes and the numbers of each row."""
    kind, title = name
    finish(figure, title, notes)
    points = {
        "model": [who for who, found in drawn for _ in found.true],
        "true": np.concatenate([found.true for _, found in drawn]),
        "predicted": np.concatenate([found.predicted for _, found in drawn]),
        "residual": np.concatenate([found.residuals for _, found in drawn]),
    }
    return Plot(kind, title, figure, headers, rows, notes, points)
