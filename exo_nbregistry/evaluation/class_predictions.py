"""Predictions of classes, measured under many weightings of their rows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions
from exo_nbregistry.values.metric_table import METRICS, Metric, Outcome

_LABELS = frozenset({"labels"})
_SCORES = _LABELS | {"scores"}
_PROBABILITIES = _SCORES | {"probabilities"}
# Metrics of the positive class, or the mean over each class against the rest.
_AVERAGED = ("precision", "recall", "f1_score", "roc_auc", "average_precision")
_OF_LABELS = ("precision", "recall", "f1_score")
_MEANS = {
    "precision_macro": "precision",
    "recall_macro": "recall",
    "f1_macro": "f1_score",
    "f1_weighted": "f1_score",
}


@dataclass(frozen=True, slots=True, eq=False)
class ClassPredictions:
    """Predictions of two or more classes.

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
    pos_label : object
        The class whose metrics are computed; None for the unweighted mean over the classes.
    row_weight : ndarray of shape (n_samples,) or None
        Weight of each row, by which each weighting is multiplied.
    """

    truth: NDArray[Any]
    predicted: NDArray[Any]
    classes: NDArray[Any]
    scores: Floats | None
    is_probability: bool
    pos_label: Any = None
    row_weight: Floats | None = None

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each row has the right label."""
        return np.asarray(self.truth == self.predicted)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.truth)

    @property
    def labels(self) -> NDArray[Any]:
        """Classes of the model, and further labels of the test set."""
        labels: NDArray[Any] = np.union1d(self.classes, self.truth)
        return labels

    @property
    def available(self) -> frozenset[str]:
        """Inputs of metrics: labels, scores and probabilities."""
        # The score of a label that the model does not know is missing.
        if self.scores is None or len(self.labels) > len(self.classes):
            return _LABELS
        return _PROBABILITIES if self.is_probability else _SCORES

    def measure(self, weights: Floats, names: Collection[str] = ()) -> dict[str, Floats]:
        """Return each metric for each weighting of the rows, as `evaluate` defines it."""
        rows = weights if self.row_weight is None else weights * self.row_weight
        available = self.available
        shares = rows / rows.sum(axis=1, keepdims=True)
        known = {"accuracy": rows @ self.correct / rows.sum(axis=1)}
        known |= {
            name: self._averaged(METRICS[name], rows)
            for name in _AVERAGED
            if METRICS[name].needs in available
        }
        known |= self._of_probabilities(shares) if available == _PROBABILITIES else {}
        found = {
            name: known[name] if name in known else self._repeated(metric, weights)
            for name, metric in METRICS.items()
            if metric.needs in available
        }
        return found | {name: self._named(name, rows) for name in names if self._has(name)}

    def _of_label(self, metric: Metric, label: Any, weights: Floats) -> Floats:
        """Measure one class against the rest."""
        column = np.flatnonzero(self.classes == label)
        score = self.scores[:, column[0]] if self.scores is not None and len(column) else None
        rows = Predictions(self.truth == label, self.predicted == label, score)
        with np.errstate(invalid="ignore", divide="ignore"):
            return metric.weighted(rows, weights)

    def _averaged(self, metric: Metric, weights: Floats) -> Floats:
        """Measure the positive class, or the mean over the classes with a row."""
        if self.pos_label is not None:
            return self._of_label(metric, self.pos_label, weights)
        return self._mean(metric, weights, np.ones_like)

    def _mean(
        self, metric: Metric, weights: Floats, importance: Callable[[Floats], Floats]
    ) -> Floats:
        """Average over the classes; a class without true and predicted rows does not count."""
        total, count = np.zeros(len(weights)), np.zeros(len(weights))
        for label in self.labels:
            support = weights @ (self.truth == label)
            values = self._of_label(metric, label, weights)
            if metric.needs == "labels":
                counts = support + weights @ (self.predicted == label) > 0
                # A class that is never predicted has a precision of 0.
                values = np.nan_to_num(values)
            else:
                counts = (support > 0) & ~np.isnan(values)
            weight = np.where(counts, importance(support), 0.0)
            total += np.where(counts, weight * np.nan_to_num(values), 0.0)
            count += weight
        with np.errstate(invalid="ignore"):
            return total / count

    def _has(self, name: str) -> bool:
        metric, _, label = name.partition(".")
        of_label = metric in _OF_LABELS and label in map(str, self.labels)
        return name in _MEANS or (of_label and name not in METRICS)

    def _named(self, name: str, weights: Floats) -> Floats:
        """Measure a mean over the classes, or the metric of one class such as ``recall.planet``."""
        if name in _MEANS:
            importance = (lambda support: support) if name == "f1_weighted" else np.ones_like
            return self._mean(METRICS[_MEANS[name]], weights, importance)
        metric, _, text = name.partition(".")
        label = next(label for label in self.labels if str(label) == text)
        return self._of_label(METRICS[metric], label, weights)

    def _of_probabilities(self, shares: Floats) -> dict[str, Floats]:
        if self.scores is None:
            return {}
        truth = self.truth[:, np.newaxis] == self.classes
        # Source: scikit-learn's log_loss, which keeps probabilities this far from 0 and 1.
        tiny = np.finfo(np.float64).eps
        right = np.clip((self.scores * truth).sum(axis=1), tiny, 1 - tiny)
        squares = ((self.scores - truth) ** 2).sum(axis=1)
        brier = shares @ squares / (2 if len(self.classes) == 2 else 1)
        return {"log_loss": shares @ -np.log(right), "brier": brier}

    def _repeated(self, metric: Metric, weights: Floats) -> Floats:
        """Measure rows that are repeated as often as they count: slow, for any metric."""
        values = []
        for counts in weights.astype(np.int64):
            rows = np.repeat(np.arange(self.n_rows), counts)
            score = None if self.scores is None else self.scores[rows]
            outcome = Outcome(
                self.truth[rows],
                self.predicted[rows],
                self.classes,
                score,
                self.pos_label,
                None if self.row_weight is None else self.row_weight[rows],
            )
            try:
                values.append(metric.function(outcome))
            except ValueError:
                values.append(np.nan)
        return np.array(values)
