"""Confusion matrices that were recorded at registration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from numpy.typing import NDArray

from exo_nbregistry.plot.canvas import (
    FigureSize,
    contrasting_colour,
    finish,
    grid_of,
    label,
    new_figure,
    shades,
    style_axes,
)
from exo_nbregistry.plot.test_scores import NotPlottable, readable
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata

_MAX_WRITTEN = 8  # classes; more numbers would not fit their cells
_MAX_NAMED = 30
_LONGEST = 14
_TITLE = "Confusion matrix"


@dataclass(frozen=True, eq=False)
class Matrix:
    """Confusion matrix of a version.

    Attributes
    ----------
    classes : tuple of str
        Labels.
    counts : ndarray of int of shape (n_classes, n_classes)
        Rows are true classes, columns are predicted classes.
    """

    classes: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def shares(self) -> NDArray[np.float64]:
        """Counts as shares of their row."""
        shares: NDArray[np.float64] = self.counts / self.counts.sum(axis=1, keepdims=True).clip(1)
        return shares

    @classmethod
    def of(cls, item: ModelMetadata) -> Matrix:
        """Return the matrix of a version from its untrusted metadata.

        Raises
        ------
        NotPlottable
            If the metadata have no confusion matrix.
        """
        rows: Any = item.additional_metrics.get("confusion_matrix")
        if not is_matrix(rows):
            raise NotPlottable("has no confusion matrix; register it with X_test and y_test")
        counts = np.array(rows, dtype=np.int64)
        recorded = item.additional_metrics.get("classes")
        signed = item.signature.classes if item.signature else None
        fitting = (
            names
            for names in (recorded, signed)
            if isinstance(names, list | tuple) and len(names) == len(rows)
        )
        classes = next(fitting, range(len(rows)))
        return cls(tuple(label(one, _LONGEST) for one in classes), counts)


def is_matrix(rows: Any) -> bool:
    """Return whether a value is a square matrix of counts.

    Examples
    --------
    >>> is_matrix([[3, 1], [0, 2]]), is_matrix([[3], [1]]), is_matrix("no")
    (True, False, False)
    """
    return (
        isinstance(rows, list | tuple)
        and 2 <= len(rows) <= 1000
        and all(isinstance(row, list | tuple) and len(row) == len(rows) for row in rows)
        and all(type(cell) is int and 0 <= cell < 2**53 for row in rows for cell in row)
    )


def confusion_matrix(
    items: Sequence[ModelMetadata],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the confusion matrix of each version: counts, and shares of the true class."""
    drawn, left = readable(items, items, Matrix.of)
    across, down = grid_of(len(drawn), figsize)
    figure = new_figure(
        figsize, widths=max(1, 0.62 * across), heights=max(1, 0.75 * down), layout="compressed"
    )
    places = figure.subplots(down, across, squeeze=False).ravel()
    colours = shades()
    for axes, (who, matrix) in zip(places, drawn, strict=False):
        _draw(axes, matrix, colours, 9 if len(matrix.classes) <= 4 else 7)
        axes.set_title(who, fontsize="medium")
    for axes in places[len(drawn) :]:
        axes.remove()
    all_notes = [*notes, *left]
    if any(len(matrix.classes) > _MAX_WRITTEN for _, matrix in drawn):
        figure.colorbar(
            places[0].images[0], ax=list(places[: len(drawn)]), label="share of the true class"
        )
        all_notes.append("to_frame() returns the numbers.")
    finish(figure, _TITLE, all_notes)
    headers, rows = _table(drawn)
    return Plot("confusion_matrix", _TITLE, figure, headers, rows, tuple(all_notes), _points(drawn))


def _draw(axes: Axes, matrix: Matrix, colours: Colormap, size: float) -> None:
    style_axes(axes, grid=False)
    shares, places = matrix.shares, range(len(matrix.classes))
    axes.imshow(shares, cmap=colours, vmin=0, vmax=1)
    if len(matrix.classes) <= _MAX_WRITTEN:
        for (row, column), share in np.ndenumerate(shares):
            text = f"{matrix.counts[row, column]:,}\n{share:.1%}"
            colour = contrasting_colour(colours(share))
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
    step = -(-len(matrix.classes) // _MAX_NAMED)
    named, words = places[::step], matrix.classes[::step]
    wide = sum(map(len, words)) > 24
    axes.set_xticks(named, words, rotation=90 if wide else 0)
    axes.set_yticks(named, words)
    axes.set(xlabel="predicted", ylabel="true")


def _table(drawn: Sequence[tuple[str, Matrix]]) -> tuple[tuple[str, ...], list[list[Any]]]:
    classes = list(dict.fromkeys(one for _, matrix in drawn for one in matrix.classes))
    few = len(classes) <= _MAX_WRITTEN
    heads = [f"as {one}" for one in classes] if few else ["most frequent error", "rows"]
    rows: list[list[Any]] = []
    for who, matrix in drawn:
        for i, one in enumerate(matrix.classes):
            counts = dict(zip(matrix.classes, matrix.counts[i].tolist(), strict=True))
            wrong = max(
                (name for name in counts if name != one), key=counts.__getitem__, default=""
            )
            cells = [counts.get(name) for name in classes] if few else [wrong, sum(counts.values())]
            rows.append([f"{who}, {one}", float(matrix.shares[i, i]), *cells])
    return ("model, true class", "found", *heads), rows


def _points(drawn: Sequence[tuple[str, Matrix]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        name: [] for name in ("model", "true", "predicted", "count", "share")
    }
    for who, matrix in drawn:
        for (row, column), share in np.ndenumerate(matrix.shares):
            values = who, matrix.classes[row], matrix.classes[column], matrix.counts[row, column]
            for name, value in zip(columns, (*values, share), strict=True):
                columns[name].append(value)
    return columns
