"""Predictions on a test set, measured under many weightings of its rows.

A bootstrap needs thousands of weightings. The weighted functions of `METRICS` compute the metrics
of one class against the rest, or of numbers, for all of them together. Without a positive class,
they are averaged over the classes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation.class_predictions import ClassPredictions
from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions, measure
from exo_nbregistry.introspection.scoring import choose_scoring
from exo_nbregistry.records.scoring import Scoring


class ModelPredictions(Protocol):
    """Interface of the predictions of one model.

    Attributes
    ----------
    correct : ndarray of bool of shape (n_samples,) or None
        Whether each row has the right label; None for a regressor.
    n_rows : int
        Number of rows.
    """

    @property
    def correct(self) -> NDArray[np.bool_] | None:
        """Whether each row has the right label; None for a regressor."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""

    def measure(self, weights: Floats, names: Collection[str] = ()) -> dict[str, Floats]:
        """Return each metric for each weighting, of shape (n_weightings, n_samples).

        Parameters
        ----------
        weights : ndarray of shape (n_weightings, n_samples)
            Weight of each row.
        names : collection of str
            Further metrics of classes, such as ``f1_macro`` and ``recall.planet``; metrics that
            are unknown are omitted.
        """


@dataclass(frozen=True, slots=True, eq=False)
class RegressionPredictions:
    """Predictions of numbers.

    Attributes
    ----------
    truth, predicted : ndarray of shape (n_samples,)
        Numbers.
    row_weight : ndarray of shape (n_samples,) or None
        Weight of each row, by which each weighting is multiplied.
    """

    truth: Floats
    predicted: Floats
    row_weight: Floats | None = None

    @property
    def correct(self) -> None:
        """None: numbers are rarely equal."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.truth)

    def measure(self, weights: Floats, names: Collection[str] = ()) -> dict[str, Floats]:  # noqa: ARG002
        """Return each metric for each weighting of the rows; numbers have no other metrics."""
        rows = weights if self.row_weight is None else weights * self.row_weight
        return measure(Predictions(self.truth, self.predicted), rows)


def require_predictions(arrays: Mapping[str, Any], name: str) -> None:
    """Raise RegistryError if a model has no stored predictions."""
    if "y_true" not in arrays or "y_pred" not in arrays:
        raise RegistryError(
            f"{name} has no predictions on a test set; evaluate a classifier or regressor with "
            "X_test and y_test."
        )


def read_predictions(
    arrays: Mapping[str, Any], name: str = "The model", scoring: Scoring | None = None
) -> ModelPredictions:
    """Return predictions from the arrays that ``evaluate`` or ``load_evaluation`` returned.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        ``y_true``, ``y_pred`` and, of a classifier, ``classes`` and either ``probabilities`` or
        ``y_score``; optionally ``sample_weight``.
    name : str
        Name of the model in the error.
    scoring : Scoring, optional
        Positive class of a classifier; by default that of `choose_scoring`.

    Returns
    -------
    ModelPredictions
        Of classes or numbers.

    Raises
    ------
    RegistryError
        If there are no predictions, or several per row.

    Examples
    --------
    >>> arrays = {"y_true": np.array([1.0, 2.0, 3.0]), "y_pred": np.array([1.0, 2.0, 4.0])}
    >>> read_predictions(arrays).measure(np.ones((1, 3)))["mae"].round(3).tolist()
    [0.333]
    """
    require_predictions(arrays, name)
    truth, predicted = (np.asarray(arrays[key]) for key in ("y_true", "y_pred"))
    if truth.ndim > 1 and truth.shape[1] > 1:
        raise RegistryError(
            f"{name} predicts {truth.shape[1]} outputs; evaluate one model per output."
        )
    truth, predicted = truth.ravel(), predicted.ravel()
    weight = arrays.get("sample_weight")
    if "classes" not in arrays:
        return RegressionPredictions(truth.astype(np.float64), predicted.astype(np.float64), weight)
    classes = np.asarray(arrays["classes"])
    scoring = scoring or choose_scoring(classes.tolist())
    is_probability = "probabilities" in arrays
    scores = arrays.get("probabilities", arrays.get("y_score"))
    if scores is not None:
        scores = np.asarray(scores, dtype=np.float64)
        scores = np.column_stack([-scores, scores]) if scores.ndim == 1 else scores
    return ClassPredictions(
        truth, predicted, classes, scores, is_probability, scoring.pos_label, weight
    )
