"""Predictions on a test set, measured under many weightings of its rows.

A bootstrap needs thousands of weightings. The weighted functions of `METRICS` compute the metrics
of two classes, or of numbers, for all of them together. Several classes are averaged over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions
from exo_nbregistry.values.metric_table import METRICS, Metric, Outcome

_Values = dict[str, Floats]
_NUMBERS = frozenset({"numbers"})
_LABELS = frozenset({"labels"})
_SCORES = _LABELS | {"scores"}
_PROBABILITIES = _SCORES | {"probabilities"}
# Of several classes, these metrics are the mean over each class against the rest.
_AVERAGED = ("precision", "recall", "f1_score", "roc_auc", "average_precision")


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
    available : frozenset of str
        What the predictions have of ``"labels"``, ``"scores"`` and ``"probabilities"``.
    """

    predictions: Predictions
    available: frozenset[str] = _PROBABILITIES

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each row has the right label."""
        correct: NDArray[np.bool_] = self.predictions.predicted == self.predictions.truth
        return correct

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.predictions.truth)

    def measure(self, weights: Floats) -> dict[str, Floats]:
        """Return each metric for each weighting of the rows."""
        return _measure(self.predictions, self.available, weights)


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
        """Return each metric for each weighting of the rows, as `evaluate` defines it."""
        available = _LABELS if self.scores is None else _SCORES
        if self.is_probability:
            available = _PROBABILITIES
        shares = weights / weights.sum(axis=1, keepdims=True)
        known = {"accuracy": shares @ self.correct}
        known |= self._averages(weights, available) | self._of_probabilities(shares)
        return {
            name: known[name] if name in known else self._repeated(metric, weights)
            for name, metric in METRICS.items()
            if metric.needs in available
        }

    def _averages(self, weights: Floats, available: frozenset[str]) -> dict[str, Floats]:
        """Measure each class against the rest, and average with the weight of its rows."""
        names = [name for name in _AVERAGED if METRICS[name].needs in available]
        sums = {name: np.zeros(len(weights)) for name in names}
        for column, label in enumerate(self.classes):
            truth, predicted = self.truth == label, self.predicted == label
            support = weights @ truth
            score = None if self.scores is None else self.scores[:, column]
            rows = Predictions(truth, predicted, score)
            for name in names:
                with np.errstate(invalid="ignore", divide="ignore"):
                    values = METRICS[name].weighted(rows, weights)
                # A class that is never predicted has a precision of 0.
                values = np.nan_to_num(values) if METRICS[name].needs == "labels" else values
                sums[name] += np.where(support > 0, support * values, 0.0)
        return {name: values / weights.sum(axis=1) for name, values in sums.items()}

    def _of_probabilities(self, shares: Floats) -> dict[str, Floats]:
        if self.scores is None or not self.is_probability:
            return {}
        truth = self.truth[:, np.newaxis] == self.classes
        # Source: scikit-learn's log_loss, which keeps probabilities this far from 0 and 1.
        tiny = np.finfo(np.float64).eps
        right = np.clip((self.scores * truth).sum(axis=1), tiny, 1 - tiny)
        squares = ((self.scores - truth) ** 2).sum(axis=1)
        return {"log_loss": shares @ -np.log(right), "brier": shares @ squares}

    def _repeated(self, metric: Metric, weights: Floats) -> Floats:
        """Measure rows that are repeated as often as they count: slow, for any metric."""
        values = []
        for counts in weights.astype(np.int64):
            rows = np.repeat(np.arange(self.n_rows), counts)
            score = None if self.scores is None else self.scores[rows]
            outcome = Outcome(self.truth[rows], self.predicted[rows], self.classes, score)
            try:
                values.append(metric.function(outcome))
            except ValueError:
                values.append(np.nan)
        return np.array(values)


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
        """Return each metric for each weighting of the rows."""
        return _measure(Predictions(self.truth, self.predicted), _NUMBERS, weights)


def _measure(predictions: Predictions, available: frozenset[str], weights: Floats) -> _Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            name: metric.weighted(predictions, weights)
            for name, metric in METRICS.items()
            if metric.needs in available
        }


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
            Predictions(is_true, is_predicted, is_predicted.astype(np.float64)), _LABELS
        )
    score = np.asarray(scores, dtype=np.float64)
    score = score if score.ndim == 1 else score[:, 1]
    available = _PROBABILITIES if is_probability else _SCORES
    return BinaryPredictions(Predictions(is_true, is_predicted, score), available)
