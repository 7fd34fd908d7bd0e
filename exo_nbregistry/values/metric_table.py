"""The table of the metrics that the package computes.

Functions import numpy and scikit-learn when they are called, so that the names, directions and
order of metrics can be read without either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]

Needs = Literal["labels", "scores", "probabilities", "numbers"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Predictions of a model on a test set, with the truth.

    Attributes
    ----------
    y_true, y_pred : ndarray of shape (n_samples,)
        True and predicted labels; of a regressor numbers, also of shape (n_samples, n_outputs).
    classes : ndarray of shape (n_classes,) or None
        Labels that a classifier knows; of two, the second is positive.
    score : ndarray of shape (n_samples, n_classes) or (n_samples,), or None
        Probabilities or decision function by class.
    """

    y_true: Array
    y_pred: Array
    classes: Array | None = None
    score: Array | None = None


class WeightedRows(Protocol):
    """Interface of predictions whose rows can be weighted: two classes, or numbers."""

    @property
    def truth(self) -> Array:
        """Whether each row is positive; of a regressor the true number."""

    @property
    def predicted(self) -> Array:
        """Whether each row is predicted positive; of a regressor the predicted number."""

    @property
    def probability(self) -> Any:
        """Probability that each row is positive; None for a regressor."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is computed.

    Attributes
    ----------
    name : str
        Name in records.
    higher_is_better : bool
        Direction.
    needs : {'labels', 'scores', 'probabilities', 'numbers'}
        Input: predicted labels, scores that rank rows, probabilities, or numbers of a regressor.
    function : callable
        Takes an `Outcome` and returns a float. A value that is undefined is NaN or a ValueError.
    weighted : callable
        Takes `WeightedRows` and weights of shape (n_weightings, n_samples), and returns an array
        of shape (n_weightings,) with NaN where the metric is undefined. With weights of 1 it
        equals `function`.
    order : int or None
        Place in reading order; metrics without one follow by name.
    """

    name: str
    higher_is_better: bool
    needs: Needs
    function: Callable[[Outcome], float]
    weighted: Callable[[WeightedRows, Floats], Floats]
    order: int | None = None


def _accuracy(outcome: Outcome) -> float:
    from sklearn.metrics import accuracy_score

    return float(accuracy_score(outcome.y_true, outcome.y_pred))


def _weighted_accuracy(rows: WeightedRows, weights: Floats) -> Floats:
    return _mean(rows.truth == rows.predicted, weights)


def _of_classes(outcome: Outcome) -> dict[str, Any]:
    """Return scikit-learn's options: the second of two classes, or the mean of more."""
    import numpy as np

    classes = outcome.classes
    if classes is not None and len(classes) == 2 and np.isin(outcome.y_true, classes).all():
        return {"labels": classes, "pos_label": classes[1], "zero_division": np.nan}
    return {"average": "weighted", "zero_division": 0.0}


def _precision(outcome: Outcome) -> float:
    from sklearn.metrics import precision_score

    return float(precision_score(outcome.y_true, outcome.y_pred, **_of_classes(outcome)))


def _weighted_precision(rows: WeightedRows, weights: Floats) -> Floats:
    found: Floats = weights @ (rows.truth & rows.predicted) / (weights @ rows.predicted)
    return found


def _recall(outcome: Outcome) -> float:
    from sklearn.metrics import recall_score

    return float(recall_score(outcome.y_true, outcome.y_pred, **_of_classes(outcome)))


def _weighted_recall(rows: WeightedRows, weights: Floats) -> Floats:
    found: Floats = weights @ (rows.truth & rows.predicted) / (weights @ rows.truth)
    return found


def _f1_score(outcome: Outcome) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(outcome.y_true, outcome.y_pred, **_of_classes(outcome)))


def _weighted_f1_score(rows: WeightedRows, weights: Floats) -> Floats:
    both = weights @ rows.truth + weights @ rows.predicted
    found: Floats = 2 * (weights @ (rows.truth & rows.predicted)) / both
    return found


def _ranking(outcome: Outcome) -> tuple[Array, Array]:
    """Return truth and score for ranking: of the second of two classes, or of each class."""
    if outcome.classes is None or outcome.score is None:
        raise ValueError("Ranking requires a score for each class.")
    truth, score = outcome.y_true[:, None] == outcome.classes, outcome.score
    if len(outcome.classes) != 2:
        return truth, score
    return truth[:, 1], score if score.ndim == 1 else score[:, 1]


def _roc_auc(outcome: Outcome) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(*_ranking(outcome), average="weighted"))


def _weighted_roc_auc(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the probability that a positive row ranks above a negative one; ties count half."""
    import numpy as np

    positive, negative = _by_score(rows, weights)
    below = np.cumsum(negative, axis=1) - negative
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    found: Floats = np.sum(positive * (below + negative / 2), axis=1) / pairs
    return found


def _average_precision(outcome: Outcome) -> float:
    from sklearn.metrics import average_precision_score

    truth, score = _ranking(outcome)
    return (
        float(average_precision_score(truth, score, average="weighted"))
        if truth.any()
        else math.nan
    )


def _weighted_average_precision(rows: WeightedRows, weights: Floats) -> Floats:
    import numpy as np

    positive, negative = (part[:, ::-1] for part in _by_score(rows, weights))
    found, flagged = np.cumsum(positive, axis=1), np.cumsum(positive + negative, axis=1)
    # Above the first row with a weight, the precision is 0 / 0.
    precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
    mean: Floats = np.sum(positive * precision, axis=1) / positive.sum(axis=1)
    return mean


def _by_score(rows: WeightedRows, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weight of positive and of negative rows at each distinct score, lowest first."""
    import numpy as np

    order = np.argsort(rows.probability, kind="stable")
    score, truth = rows.probability[order], rows.truth[order]
    first = np.flatnonzero(np.r_[True, np.diff(score) > 0])
    ordered = weights[:, order]
    return (
        np.add.reduceat(ordered * truth, first, axis=1),
        np.add.reduceat(ordered * ~truth, first, axis=1),
    )


def _log_loss(outcome: Outcome) -> float:
    from sklearn.metrics import log_loss

    return float(log_loss(outcome.y_true, outcome.score, labels=outcome.classes))


def _weighted_log_loss(rows: WeightedRows, weights: Floats) -> Floats:
    import numpy as np

    # Source: scikit-learn's log_loss, which keeps probabilities this far from 0 and 1.
    tiny = np.finfo(np.float64).eps
    right = np.where(rows.truth, rows.probability, 1 - rows.probability)
    return _mean(-np.log(np.clip(right, tiny, 1 - tiny)), weights)


def _brier(outcome: Outcome) -> float:
    """Return the mean squared error of the probabilities; of two classes, one is counted.

    Source: Brier 1950, Monthly Weather Review 78, 1; scikit-learn's brier_score_loss.
    """
    import numpy as np

    truth = outcome.y_true[:, None] == outcome.classes
    total = float(np.mean(np.sum((outcome.score - truth) ** 2, axis=1)))
    return total / 2 if truth.shape[1] == 2 else total


def _weighted_brier(rows: WeightedRows, weights: Floats) -> Floats:
    return _mean((rows.probability - rows.truth) ** 2, weights)


def _r2(outcome: Outcome) -> float:
    from sklearn.metrics import r2_score

    return float(r2_score(outcome.y_true, outcome.y_pred, force_finite=False))


def _weighted_r2(rows: WeightedRows, weights: Floats) -> Floats:
    import numpy as np

    error = weights @ (rows.truth - rows.predicted) ** 2
    centred = rows.truth - rows.truth.mean()
    square = weights @ centred**2
    total = square - (weights @ centred) ** 2 / weights.sum(axis=1)
    # Rounding leaves a little of a total that is 0, where R2 is undefined.
    return np.where(total > 1e-12 * square, 1 - error / total, np.nan)


def _rmse(outcome: Outcome) -> float:
    from sklearn.metrics import root_mean_squared_error

    return float(root_mean_squared_error(outcome.y_true, outcome.y_pred))


def _weighted_rmse(rows: WeightedRows, weights: Floats) -> Floats:
    found: Floats = _mean((rows.truth - rows.predicted) ** 2, weights) ** 0.5
    return found


def _mae(outcome: Outcome) -> float:
    from sklearn.metrics import mean_absolute_error

    return float(mean_absolute_error(outcome.y_true, outcome.y_pred))


def _weighted_mae(rows: WeightedRows, weights: Floats) -> Floats:
    return _mean(abs(rows.truth - rows.predicted), weights)


def _mean(values: Array, weights: Floats) -> Floats:
    mean: Floats = weights @ values / weights.sum(axis=1)
    return mean


_TABLE = (
    Metric("accuracy", True, "labels", _accuracy, _weighted_accuracy, 4),
    Metric("precision", True, "labels", _precision, _weighted_precision, 2),
    Metric("recall", True, "labels", _recall, _weighted_recall, 3),
    Metric("f1_score", True, "labels", _f1_score, _weighted_f1_score, 1),
    Metric("roc_auc", True, "scores", _roc_auc, _weighted_roc_auc, 6),
    Metric("average_precision", True, "scores", _average_precision, _weighted_average_precision, 7),
    Metric("log_loss", False, "probabilities", _log_loss, _weighted_log_loss, 8),
    Metric("brier", False, "probabilities", _brier, _weighted_brier),
    Metric("r2", True, "numbers", _r2, _weighted_r2, 9),
    Metric("rmse", False, "numbers", _rmse, _weighted_rmse, 10),
    Metric("mae", False, "numbers", _mae, _weighted_mae, 11),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _TABLE})
