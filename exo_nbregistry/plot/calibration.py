"""Reliability curves, and distributions of probabilities by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.plot.canvas import (
    FigureSize,
    finish,
    grid_of,
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
    NotPlottable,
    readable,
    same_rows,
    shown_classes,
    with_scoring,
)
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.text.markup import number

_BINS = 10
_BARS = 20
_MAX_CLASSES = 6
_HATCHES = ("", "///")  # more hatches would hide each other
_TOP = "With more than two classes, the curve shows how often the most probable class is correct."
_OWN = "With more than two classes, the probability of the true class of each row is shown."


@dataclass(frozen=True, eq=False)
class Probable:
    """Predicted probabilities of a test set.

    Attributes
    ----------
    classes : tuple
        Labels.
    truth : ndarray of int of shape (n_rows,)
        Column of the true class of each row; -1 if the model does not know it.
    given : ndarray of shape (n_rows, n_classes)
        Probabilities.
    positive : int
        Column of the positive one of two classes.
    """

    classes: tuple[Any, ...]
    truth: NDArray[np.int64]
    given: Floats
    positive: int = 1

    @classmethod
    def of(cls, arrays: Arrays, scoring: Scoring | None = None) -> Probable:
        """Return the probabilities from the arrays of ``load_evaluation``.

        Raises
        ------
        NotPlottable
            If a row or class has no probability.
        """
        if not {"probabilities", "classes", "y_true"} <= arrays.keys():
            raise NotPlottable("has no probabilities")
        classes, y_true = np.asarray(arrays["classes"]), np.asarray(arrays["y_true"])
        given = np.asarray(arrays["probabilities"])
        if y_true.ndim != 1 or not len(y_true) or given.shape != (len(y_true), len(classes)):
            raise NotPlottable("has probabilities that do not match its test rows")
        if given.dtype.kind not in "fiu" or len(classes) < 2:
            raise NotPlottable("has no probabilities")
        given = given.astype(np.float64)
        if not ((given >= 0) & (given <= 1 + 1e-9)).all():
            raise NotPlottable("has probabilities outside the range from 0 to 1")
        same = y_true[:, np.newaxis] == classes
        truth = np.where(same.any(axis=1), same.argmax(axis=1), -1)
        shown = shown_classes(classes, scoring)
        positive = 1 if shown.start is None else shown.start
        return cls(tuple(classes.tolist()), truth, given.clip(0, 1), positive)

    def claims(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Return a predicted probability for each row, and whether the prediction is correct."""
        if len(self.classes) == 2:
            return self.given[:, self.positive], self.truth == self.positive
        top = self.given.argmax(axis=1)
        return self.given.max(axis=1), self.truth == top


def calibration(
    items: Sequence[ModelMetadata],
    data: Sequence[Arrays],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the reliability curve of each version, with its expected calibration error.

    The error is the mean distance between the curve and the diagonal.
    """
    drawn, left = readable(items, with_scoring(items, data), lambda found: Probable.of(*found))
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    rows, points = [], []
    for (who, probable), style in zip(drawn, styles(len(drawn)), strict=True):
        predicted, observed, counts = reliability(*probable.claims())
        error = float(np.abs(predicted - observed) @ counts / counts.sum())
        brier = float(np.mean(np.subtract(*probable.claims()) ** 2))
        axes.plot(predicted, observed, label=f"{who}, error {number(error)}", markersize=5, **style)
        rows.append([who, error, brier, int(counts.sum())])
        points += [
            (who, *triple)
            for triple in zip(predicted.tolist(), observed.tolist(), counts.tolist(), strict=True)
        ]
    axes.plot([0, 1], [0, 1], color=guide_colour(), linestyle=":", label="perfectly calibrated")
    two = all(len(probable.classes) == 2 for _, probable in drawn)
    named = {label(probable.classes[probable.positive], 20) for _, probable in drawn}
    axes.set(
        xlabel="mean predicted probability",
        ylabel=f"fraction of {named.pop()}" if two and len(named) == 1 else "fraction of positives",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    legend(axes, loc="best")
    all_notes = (*notes, *left, *([] if two else [_TOP]), *same_rows(data))
    title = "Reliability curve"
    finish(figure, title, all_notes)
    headers = ("model", "calibration error", "mean squared error", "rows")
    columns = ("model", "predicted", "observed", "count")
    every = dict(zip(columns, zip(*points, strict=True), strict=True))
    return Plot("calibration", title, figure, headers, rows, all_notes, every)


def reliability(given: Floats, correct: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Return mean probability, observed fraction and number of rows of each non-empty bin.

    Examples
    --------
    >>> reliability(np.array([0.1, 0.3, 0.98]), np.array([False, True, True]))[2]
    array([1., 1., 1.])
    """
    bins = np.minimum((given * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS).astype(np.float64)
    used = counts > 0
    predicted = np.bincount(bins, given, _BINS)[used] / counts[used]
    observed = np.bincount(bins, correct, _BINS)[used] / counts[used]
    return predicted, observed, counts[used]


def probabilities(
    items: Sequence[ModelMetadata],
    data: Sequence[Arrays],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the distribution of the probabilities by true class, a panel for each version."""
    drawn, left = readable(items, with_scoring(items, data), lambda found: Probable.of(*found))
    across, down = grid_of(len(drawn), figsize)
    figure = new_figure(figsize, widths=max(1, 0.75 * across), heights=max(1, 0.7 * down))
    places = figure.subplots(down, across, squeeze=False, sharex=True).ravel()
    rows: list[list[Any]] = []
    all_notes = [*notes, *left]
    for axes, (who, probable) in zip(places, drawn, strict=False):
        style_axes(axes)
        rows += _spread(axes, who, probable)
        axes.set_title(who, fontsize="medium")
        axes.set(xlim=(0, 1), ylabel="fraction of the class")
        two = len(probable.classes) == 2
        positive = label(probable.classes[probable.positive], 20) if two else "its true class"
        axes.set_xlabel(f"probability of {positive}")
        legend(axes, loc="upper center", title="true class", title_fontsize="small")
    for axes in places[len(drawn) :]:
        axes.remove()
    if any(len(probable.classes) > 2 for _, probable in drawn):
        all_notes.append(_OWN)
    if any(len(probable.classes) > _MAX_CLASSES for _, probable in drawn):
        all_notes.append(f"Only the {_MAX_CLASSES} largest classes are shown.")
    title = "Probabilities by class"
    finish(figure, title, all_notes)
    headers = ("model, true class", "mean", "first quartile", "median", "third quartile", "rows")
    return Plot("probabilities", title, figure, headers, rows, tuple(all_notes))


def _spread(axes: Any, who: str, probable: Probable) -> list[list[Any]]:
    values = _by_class(probable)
    largest = sorted(values, key=lambda name: -len(values[name]))[:_MAX_CLASSES]
    drawn = [name for name in values if name in largest]
    edges = np.linspace(0, 1, _BARS + 1)
    for i, (name, style) in enumerate(zip(drawn, styles(len(drawn)), strict=True)):
        shares = np.histogram(values[name], edges)[0] / len(values[name])
        colour = style.get("color")
        axes.stairs(
            shares,
            edges,
            label=name,
            fill=len(drawn) <= len(_HATCHES),
            facecolor=(colour, 0.25),
            edgecolor=colour,
            hatch=_HATCHES[i] if len(drawn) <= len(_HATCHES) else "",
            linestyle=style["linestyle"],
            linewidth=1.5,
        )
    quartiles = (0.25, 0.5, 0.75)
    return [
        [f"{who}, {name}", float(part.mean()), *np.quantile(part, quartiles).tolist(), len(part)]
        for name, part in values.items()
    ]


def _by_class(probable: Probable) -> Mapping[str, Floats]:
    """Return the probabilities by true class: of the second of two classes, or of its own."""
    own = probable.given[np.arange(len(probable.truth)), probable.truth]
    given = probable.given[:, probable.positive] if len(probable.classes) == 2 else own
    parts = {label(one, 20): given[probable.truth == i] for i, one in enumerate(probable.classes)}
    return {name: part for name, part in parts.items() if len(part)}
