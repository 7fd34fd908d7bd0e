"""What versions said of their test rows, read from arrays that anybody may have written."""

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

Floats = NDArray[np.float64]
Arrays = Mapping[str, Any]
_Read = TypeVar("_Read")


class NotPlottable(Exception):  # noqa: N818 - no failure: a version that a picture leaves out
    """A version's data cannot be drawn; the message says why, after its name."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Truth and score of each row for each class that is looked at.

    With two classes only the second one is; with more, each is held against the rest.

    Attributes
    ----------
    classes : tuple
        The labels of the columns.
    truth : ndarray of bool of shape (n_rows, n_columns)
        Whether a row is of the class.
    score : ndarray of shape (n_rows, n_columns)
        The probability of the class, or what the decision function says.
    is_probability : bool
        Which of the two.
    """

    classes: tuple[Any, ...]
    truth: NDArray[np.bool_]
    score: Floats
    is_probability: bool

    @property
    def weights(self) -> Floats:
        """Share of each column's rows among those of all columns, to take means with."""
        rows = self.truth.sum(axis=0)
        shares: Floats = rows / rows.sum()
        return shares

    @classmethod
    def of(cls, arrays: Arrays) -> Scored:
        """Read what ``load_evaluation`` returned.

        Raises
        ------
        NotPlottable
            If there are no scores of classes, or not for each row.
        """
        is_probability = "probabilities" in arrays
        if "classes" not in arrays or not (is_probability or "y_score" in arrays):
            raise NotPlottable("gives no scores of classes")
        classes, y_true = np.asarray(arrays["classes"]), np.asarray(arrays["y_true"])
        score = np.asarray(arrays["probabilities" if is_probability else "y_score"])
        if score.ndim == 1 and len(classes) == 2:
            score = np.column_stack([-score, score])
        if y_true.ndim != 1 or not len(y_true) or score.shape != (len(y_true), len(classes)):
            raise NotPlottable("has scores that do not fit its test rows")
        if not np.issubdtype(score.dtype, np.number) or not np.isfinite(score).all():
            raise NotPlottable("has scores that are not all numbers")
        truth = y_true[:, np.newaxis] == classes
        shown = slice(1, 2) if len(classes) == 2 else slice(None)
        truth, score = truth[:, shown], score[:, shown].astype(np.float64)
        # A class without rows, or with nothing but, has no curve.
        both = truth.any(axis=0) & ~truth.all(axis=0)
        if not both.any():
            raise NotPlottable("has test rows of only one class")
        kept = tuple(classes[shown][both].tolist())
        return cls(kept, truth[:, both], score[:, both], is_probability)


def probabilities(arrays: Arrays) -> Scored:
    """Read probabilities; what a decision function says is none."""
    scored = Scored.of(arrays)
    if not scored.is_probability:
        raise NotPlottable("gives no probabilities")
    return scored


def name(item: ModelMetadata | Measurement) -> str:
    """Return how a version is called in a picture: reference and aliases."""
    aliases = f" ({', '.join(item.aliases)})" if item.aliases else ""
    return label(item.model_id + aliases)


def readable(
    items: Sequence[ModelMetadata], data: Sequence[Any], read: Callable[[Any], _Read]
) -> tuple[list[tuple[str, _Read]], list[str]]:
    """Read the data of each version; tell which cannot be drawn.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The versions.
    data : sequence
        What was stored with each.
    read : callable
        Reads the data, or raises `NotPlottable`.

    Returns
    -------
    drawn : list of tuple
        Of each version that can be drawn its name and what was read.
    notes : list of str
        A sentence for each of the others.

    Raises
    ------
    RegistryError
        If none can be drawn.
    """
    drawn, notes = [], []
    for item, stored in zip(items, data, strict=True):
        try:
            drawn.append((name(item), read(stored)))
        except NotPlottable as reason:
            notes.append(f"Left out: {item.model_id:.80} {reason}.")
    if not drawn:
        reasons = " ".join(note.removeprefix("Left out: ") for note in notes)
        raise RegistryError(f"There is nothing to draw. {reasons}")
    return drawn, notes


def same_rows(data: Sequence[Arrays]) -> list[str]:
    """Warn where versions were measured on different rows, so that curves do not compare."""
    truths = [np.asarray(arrays["y_true"]) for arrays in data if "y_true" in arrays]
    if all(np.array_equal(truths[0], truth) for truth in truths):
        return []
    return ["The versions were not measured on the same test rows: compare with care."]
