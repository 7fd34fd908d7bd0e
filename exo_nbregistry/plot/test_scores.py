"""Scores of test rows, read from untrusted arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.canvas import label
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.metric_series import Measurement
from exo_nbregistry.records.scoring import Scoring

Floats = NDArray[np.float64]
Arrays = Mapping[str, Any]
_Read = TypeVar("_Read")


class NotPlottable(Exception):  # noqa: N818 - not a failure: a version that a plot omits
    """Raised if the data of a version cannot be plotted; the message completes its name."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Truth and score of each row, for the positive class or for each class.

    Attributes
    ----------
    classes : tuple
        Labels of the columns.
    truth : ndarray of bool of shape (n_rows, n_columns)
        Whether a row belongs to the class.
    score : ndarray of shape (n_rows, n_columns)
        Probability of the class, or its decision function.
    is_probability : bool
        Whether the scores are probabilities.
    weights : ndarray of shape (n_columns,)
        Weights of means over the classes.
    row_weights : ndarray of shape (n_rows,) or None
        Weight of each row.
    """

    classes: tuple[Any, ...]
    truth: NDArray[np.bool_]
    score: Floats
    is_probability: bool
    weights: Floats
    row_weights: Floats | None = None

    @classmethod
    def of(cls, arrays: Arrays, scoring: Scoring | None = None) -> Scored:
        """Return the scores from the arrays of ``load_evaluation``.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            The arrays.
        scoring : Scoring or None
            How the metrics were measured. Without it, the second of two classes is positive, and
            a mean over more classes is weighted by their rows.

        Raises
        ------
        NotPlottable
            If a row or class has no score.
        """
        is_probability = "probabilities" in arrays
        if "classes" not in arrays or not (is_probability or "y_score" in arrays):
            raise NotPlottable("has no scores of classes")
        classes, y_true = np.asarray(arrays["classes"]), np.asarray(arrays["y_true"])
        score = np.asarray(arrays["probabilities" if is_probability else "y_score"])
        if score.ndim == 1 and len(classes) == 2:
            score = np.column_stack([-score, score])
        if y_true.ndim != 1 or not len(y_true) or score.shape != (len(y_true), len(classes)):
            raise NotPlottable("has scores that do not match its test rows")
        if not np.issubdtype(score.dtype, np.number) or not np.isfinite(score).all():
            raise NotPlottable("has scores that are not finite numbers")
        truth = y_true[:, np.newaxis] == classes
        shown = shown_classes(classes, scoring)
        truth, score = truth[:, shown], score[:, shown].astype(np.float64)
        # A class without rows, or with all rows, has no curve.
        both = truth.any(axis=0) & ~truth.all(axis=0)
        if not both.any():
            raise NotPlottable("has test rows of only one class")
        kept, rows = tuple(classes[shown][both].tolist()), truth[:, both].sum(axis=0)
        weights = rows / rows.sum() if scoring is None else np.full(len(kept), 1 / len(kept))
        given = row_weights(arrays, len(y_true)) if scoring and scoring.sample_weight else None
        return cls(kept, truth[:, both], score[:, both], is_probability, weights, given)


def row_weights(arrays: Arrays, rows: int) -> Floats | None:
    """Return the weight of each row, or None if the rows are not weighted.

    Raises
    ------
    NotPlottable
        If there is not one finite weight for each row.
    """
    if "sample_weight" not in arrays:
        return None
    found = np.asarray(arrays["sample_weight"])
    if found.shape != (rows,) or found.dtype.kind not in "fiu" or not 0 < found.sum() < np.inf:
        raise NotPlottable("has weights that do not match its test rows")
    return found.astype(np.float64)


def shown_classes(classes: NDArray[Any], scoring: Scoring | None) -> slice:
    """Return the place of the positive class, or of all classes if there is none."""
    if scoring is not None and scoring.pos_label is not None:
        found = [label == scoring.pos_label for label in classes.tolist()]
        if True in found:
            return slice(found.index(True), found.index(True) + 1)
    if scoring is None and len(classes) == 2:
        return slice(1, 2)
    return slice(None)


def with_scoring(
    items: Sequence[ModelMetadata], data: Sequence[Arrays]
) -> list[tuple[Arrays, Scoring | None]]:
    """Return the arrays of each version with how its metrics were measured."""
    return [(arrays, item.scoring) for item, arrays in zip(items, data, strict=True)]


def probabilities(arrays: Arrays) -> Scored:
    """Return the scores if they are probabilities.

    Raises
    ------
    NotPlottable
        If they are a decision function.
    """
    scored = Scored.of(arrays)
    if not scored.is_probability:
        raise NotPlottable("has no probabilities")
    return scored


def name(item: ModelMetadata | Measurement) -> str:
    """Return the label of a version: model ID and aliases."""
    aliases = f" ({', '.join(item.aliases)})" if item.aliases else ""
    return label(item.display_id + aliases)


def readable(
    items: Sequence[ModelMetadata], data: Sequence[Any], read: Callable[[Any], _Read]
) -> tuple[list[tuple[str, _Read]], list[str]]:
    """Read the data of each version, with notes on versions that cannot be plotted.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The versions.
    data : sequence
        Stored data of each version.
    read : callable
        Reads the data or raises `NotPlottable`.

    Returns
    -------
    drawn : list of tuple
        Label and data of each plottable version.
    notes : list of str
        A sentence for each omitted version.

    Raises
    ------
    RegistryError
        If no version can be plotted.
    """
    drawn, notes = [], []
    for item, stored in zip(items, data, strict=True):
        try:
            drawn.append((name(item), read(stored)))
        except NotPlottable as reason:
            notes.append(f"Omitted: {item.display_id:.80} {reason}.")
    if not drawn:
        reasons = " ".join(note.removeprefix("Omitted: ") for note in notes)
        raise RegistryError(f"Cannot plot these versions. {reasons}")
    return drawn, notes


def same_rows(data: Sequence[Arrays]) -> list[str]:
    """Return a warning if the versions have different test rows."""
    truths = [np.asarray(arrays["y_true"]) for arrays in data if "y_true" in arrays]
    if all(np.array_equal(truths[0], truth) for truth in truths):
        return []
    return ["The versions were evaluated on different test rows; their curves are not comparable."]
