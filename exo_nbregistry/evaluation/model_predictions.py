"""Predictions on a test set, measured under many weightings of its rows.

A bootstrap needs thousands of weightings. `weighted_metrics` computes the metrics of two classes
for all of them together; several classes are averaged over it, one class against the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions, measure

_OF_LABELS = ("accuracy", "precision", "recall", "f1_score")
_OF_RANKS = ("roc_auc", "average_precision")


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

    def measure(self, weights: Floats) -> dict[str, Floats]:
        """Return each metric for each weighting, of shape (n_weightings, n_samples)."""


@dataclass(frozen=True, slots=True, eq=False)
class BinaryPredictions:
    """Predictions of two classes; without probabilities, only some metrics are defined.

    Attributes
    ----------
    predictions : Predictions
        Labels and scores.
    metrics : tuple of str
        Names of the metrics that are defined; all if empty.
    """

    predictions: Predictions
    metrics: tuple[str, ...] = ()

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each row has the right label."""
        return np.asarray(self.predictions.predicted == self.predictions.truth)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.predictions.truth)

    def measure(self, weights: Floats) -> dict[str, Floats]:
        """Return each metric for each weighting of the rows."""
        values = measure(self.predictions, weights)
        return {name: values[name] for name in self.metrics or values}


@dataclass(frozen=True, slots=True, eq=False)
class MulticlassPredictions:
    """Predictions of more than two classes.

    Attributes
    ----------
    truth, predicted : ndarray of shape (n_samples,)
        Labels.
    classes : ndarray of shape (n_classes,)
        Classes of the model.
    scores : ndarray of shape (n_samples, n_classes) or None
        Probabilities or decisions.
    is_probability : bool
        Whether the scores are probabilities.
    """

    truth: NDArray[Any]
    predicted: NDArray[Any]
    classes: NDArray[Any]
    scores: Floats | None
    is_probability: bool

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each row has the right label."""
        return np.asarray(self.truth == self.predicted)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.truth)

    def measure(self, weights: Floats) -> dict[str, Floats]:
        """Return each metric for each weighting of the rows.

        Each class is measured against the rest, and the values are averaged with the weight of
        its rows, as `evaluate` does.
        """
        total = weights.sum(axis=1)
        averaged = _OF_LABELS[1:] + (_OF_RANKS if self.scores is not None else ())
        sums = {name: np.zeros(len(weights)) for name in averaged}
        for column, label in enumerate(self.classes):
            truth = self.truth == label
            support = weights @ truth
            for name, values in self._against_rest(column, truth, weights).items():
                if name in sums:
                    counted = values if name in _OF_RANKS else np.nan_to_num(values)
                    sums[name] += np.where(support > 0, support * counted, 0.0)
        found = {"accuracy": weights @ self.correct / total}
        found |= {name: values / total for name, values in sums.items()}
        return found | self._of_probabilities(weights / total[:, np.newaxis])

    def _against_rest(
        self, column: int, truth: NDArray[np.bool_], weights: Floats
    ) -> dict[str, Floats]:
        predicted = self.predicted == self.classes[column]
        score = predicted.astype(np.float64) if self.scores is None else self.scores[:, column]
        with np.errstate(invalid="ignore", divide="ignore"):
            return measure(Predictions(truth, predicted, score), weights)

    def _of_probabilities(self, shares: Floats) -> dict[str, Floats]:
        if self.scores is None or not self.is_probability:
            return {}
        truth = self.truth[:, np.newaxis] == self.classes
        # Source: scikit-learn's log_loss, which keeps probabilities this far from 0 and 1.
        tiny = np.finfo(np.float64).eps
        right = np.clip((self.scores * truth).sum(axis=1), tiny, 1 - tiny)
        squares = ((self.scores - truth) ** 2).sum(axis=1)
        return {"log_loss": shares @ -np.log(right), "brier": shares @ squares}


@dataclass(frozen=True, slots=True, eq=False)
class RegressionPredictions:
    """Predictions of numbers.

    Attributes
    ----------
    truth, predicted : ndarray of shape (n_samples,)
        Numbers.
    """

    truth: Floats
    predicted: Floats

    @property
    def correct(self) -> None:
        """None: numbers are rarely equal."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.truth)

    def measure(self, weights: Floats) -> dict[str, Floats]:
        """Return each metric of numbers for each weighting of the rows."""
        return measure(Predictions(self.truth, self.predicted), weights)


def read_predictions(arrays: Mapping[str, Any], name: str = "The model") -> ModelPredictions:
    """Return predictions from the arrays that ``evaluate`` or ``load_evaluation`` returned.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        ``y_true``, ``y_pred`` and, of a classifier, ``classes`` and either ``probabilities`` or
        ``y_score``.
    name : str
        Name of the model in the error.

    Returns
    -------
    ModelPredictions
        For two classes, several classes or numbers.

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
    if "y_true" not in arrays or "y_pred" not in arrays:
        raise RegistryError(
            f"{name} has no predictions on a test set; evaluate a classifier or regressor with "
            "X_test and y_test."
        )
    truth, predicted = (np.asarray(arrays[key]) for key in ("y_true", "y_pred"))
    if truth.ndim > 1 and truth.shape[1] > 1:
        raise RegistryError(
            f"{name} predicts {truth.shape[1]} outputs; evaluate one model per output."
        )
    truth, predicted = truth.ravel(), predicted.ravel()
    if "classes" not in arrays:
        return RegressionPredictions(truth.astype(np.float64), predicted.astype(np.float64))
    classes = np.asarray(arrays["classes"])
    is_probability = "probabilities" in arrays
    scores = arrays.get("probabilities", arrays.get("y_score"))
    if len(classes) != 2:
        return MulticlassPredictions(truth, predicted, classes, scores, is_probability)
    is_true, is_predicted = truth == classes[1], predicted == classes[1]
    if scores is None:
        return BinaryPredictions(
            Predictions(is_true, is_predicted, is_predicted.astype(np.float64)), _OF_LABELS
        )
    score = np.asarray(scores, dtype=np.float64)
    score = score if score.ndim == 1 else score[:, 1]
    defined = () if is_probability else _OF_LABELS + _OF_RANKS
    return BinaryPredictions(Predictions(is_true, is_predicted, score), defined)
