"""Metrics of the predictions on a test set, by scikit-learn's own functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Predictions of a model on a test set, with the truth.

    Attributes
    ----------
    y_true, y_pred : ndarray of shape (n_samples,)
        True and predicted labels; of a regressor numbers, also of shape (n_samples, n_outputs).
    classes : ndarray of shape (n_classes,) or None
        Labels that a classifier knows.
    score : ndarray of shape (n_samples, n_classes) or (n_samples,), or None
        Probabilities or decision function by class; of one dimension, that of the second class.
    pos_label : object
        The class whose metrics are computed; None for the mean over the classes.
    sample_weight : ndarray of shape (n_samples,) or None
        Weight of each row.
    """

    y_true: Array
    y_pred: Array
    classes: Array | None = None
    score: Array | None = None
    pos_label: Any = None
    sample_weight: Floats | None = None


def accuracy(outcome: Outcome) -> float:
    """Return the fraction of correct predictions."""
    from sklearn.metrics import accuracy_score

    weight = outcome.sample_weight
    return float(accuracy_score(outcome.y_true, outcome.y_pred, sample_weight=weight))


def _averaging(outcome: Outcome) -> dict[str, Any]:
    """Return scikit-learn's options: of one class, which may be undefined, or the mean of all."""
    options: dict[str, Any] = {"average": "macro", "sample_weight": outcome.sample_weight}
    if outcome.pos_label is None:
        return options | {"zero_division": 0.0}
    # The mean over one class accepts labels that the model does not know, unlike pos_label=.
    return options | {"labels": [outcome.pos_label], "zero_division": math.nan}


def precision(outcome: Outcome) -> float:
    """Return the fraction of true positives among the predicted ones."""
    from sklearn.metrics import precision_score

    return float(precision_score(outcome.y_true, outcome.y_pred, **_averaging(outcome)))


def recall(outcome: Outcome) -> float:
    """Return the fraction of the positives that were predicted."""
    from sklearn.metrics import recall_score

    return float(recall_score(outcome.y_true, outcome.y_pred, **_averaging(outcome)))


def f1_score(outcome: Outcome) -> float:
    """Return the harmonic mean of precision and recall."""
    from sklearn import metrics

    return float(metrics.f1_score(outcome.y_true, outcome.y_pred, **_averaging(outcome)))


def _ranking(
    outcome: Outcome, function: Callable[..., float], is_defined: Callable[[Array], Any]
) -> float:
    """Return a ranking metric of one class against the rest, or its mean over the classes."""
    import numpy as np

    if outcome.classes is None or outcome.score is None:
        raise ValueError("Ranking requires a score for each class.")
    score = outcome.score
    by_class = np.column_stack([-score, score]) if score.ndim == 1 else score
    values = []
    for column, label in enumerate(outcome.classes):
        truth = outcome.y_true == label
        if is_defined(truth) and (outcome.pos_label is None or label == outcome.pos_label):
            weight = outcome.sample_weight
            values.append(function(truth, by_class[:, column], sample_weight=weight))
    return float(np.mean(values)) if values else math.nan


def roc_auc(outcome: Outcome) -> float:
    """Return the area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    return _ranking(outcome, roc_auc_score, lambda truth: truth.any() and not truth.all())


def average_precision(outcome: Outcome) -> float:
    """Return the mean precision over the recalls."""
    from sklearn.metrics import average_precision_score

    return _ranking(outcome, average_precision_score, lambda truth: truth.any())


def log_loss(outcome: Outcome) -> float:
    """Return the mean negative logarithm of the probability of the true class."""
    from sklearn import metrics

    weight, classes = outcome.sample_weight, outcome.classes
    return float(
        metrics.log_loss(outcome.y_true, outcome.score, labels=classes, sample_weight=weight)
    )


def brier(outcome: Outcome) -> float:
    """Return the mean squared error of the probabilities; of two classes, one is counted.

    Source: Brier 1950, Monthly Weather Review 78, 1; scikit-learn's brier_score_loss.
    """
    import numpy as np

    truth = outcome.y_true[:, None] == outcome.classes
    errors = np.sum((outcome.score - truth) ** 2, axis=1)
    total = float(np.average(errors, weights=outcome.sample_weight))
    return total / 2 if truth.shape[1] == 2 else total


def r2(outcome: Outcome) -> float:
    """Return the coefficient of determination; of several outputs the mean."""
    from sklearn.metrics import r2_score

    weight = outcome.sample_weight
    return float(r2_score(outcome.y_true, outcome.y_pred, sample_weight=weight, force_finite=False))


def rmse(outcome: Outcome) -> float:
    """Return the root mean squared error; of several outputs the mean."""
    from sklearn.metrics import root_mean_squared_error

    weight = outcome.sample_weight
    return float(root_mean_squared_error(outcome.y_true, outcome.y_pred, sample_weight=weight))


def mae(outcome: Outcome) -> float:
    """Return the mean absolute error; of several outputs the mean."""
    from sklearn.metrics import mean_absolute_error

    weight = outcome.sample_weight
    return float(mean_absolute_error(outcome.y_true, outcome.y_pred, sample_weight=weight))
