"""The metrics of a two-class classifier, for many weightings of the same rows at once.

`exo_nbregistry.introspection.metrics` defines each metric; this computes the same numbers
thousands of times faster than one call after the other, which a bootstrap needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a classifier says of the rows of a test set, beside the truth.

    Attributes
    ----------
    truth : ndarray of bool of shape (n_samples,)
        Whether a row is of the second class.
    predicted : ndarray of bool of shape (n_samples,)
        Whether the classifier says so.
    probability : ndarray of shape (n_samples,)
        How probable it says that is.
    """

    truth: NDArray[np.bool_]
    predicted: NDArray[np.bool_]
    probability: Floats

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any], name: str = "This model") -> Predictions:
        """Read what ``evaluate`` measured, or ``load_evaluation`` read back.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            ``y_true``, ``y_pred``, ``classes`` and ``probabilities``.
        name : str
            Who judged, for the message.

        Returns
        -------
        Predictions
            Of the second class.

        Raises
        ------
        RegistryError
            If these are not the probabilities of two classes.
        """
        classes = arrays.get("classes", ())
        if len(classes) != 2 or "probabilities" not in arrays:
            raise RegistryError(
                f"{name} gave no probabilities of two classes on a test set: it takes a classifier "
                "with predict_proba that was evaluated on X_test and y_test."
            )
        return cls(
            arrays["y_true"] == classes[1],
            arrays["y_pred"] == classes[1],
            np.asarray(arrays["probabilities"][:, 1], dtype=np.float64),
        )


def measure(predictions: Predictions, weights: Floats) -> dict[str, Floats]:
    """Return each metric for each weighting of the rows.

    Parameters
    ----------
    predictions : Predictions
        Truth, decisions and probabilities.
    weights : ndarray of shape (n_weightings, n_samples)
        How often each row counts.

    Returns
    -------
    dict of str to ndarray of shape (n_weightings,)
        The metrics of `METRICS`; NaN where one is not defined, as an AUC of one class.

    Examples
    --------
    >>> truth = np.array([False, True, True])
    >>> one = Predictions(truth, np.array([False, True, False]), np.array([0.1, 0.9, 0.4]))
    >>> found = measure(one, np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]]))
    >>> found["recall"].tolist(), found["roc_auc"].tolist()
    ([0.5, 1.0], [1.0, 1.0])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: function(predictions, weights) for name, function in METRICS.items()}


def _accuracy(predictions: Predictions, weights: Floats) -> Floats:
    return _mean(predictions.truth == predictions.predicted, weights)


def _precision(predictions: Predictions, weights: Floats) -> Floats:
    return weights @ (predictions.truth & predictions.predicted) / (weights @ predictions.predicted)


def _recall(predictions: Predictions, weights: Floats) -> Floats:
    return weights @ (predictions.truth & predictions.predicted) / (weights @ predictions.truth)


def _f1_score(predictions: Predictions, weights: Floats) -> Floats:
    both = weights @ predictions.truth + weights @ predictions.predicted
    found: Floats = 2 * (weights @ (predictions.truth & predictions.predicted)) / both
    return found


def _roc_auc(predictions: Predictions, weights: Floats) -> Floats:
    """Return the chance that a positive is above a negative; a tie is half of one."""
    positive, negative = _by_score(predictions, weights)
    below = np.cumsum(negative, axis=1) - negative
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    found: Floats = np.sum(positive * (below + negative / 2), axis=1) / pairs
    return found


def _average_precision(predictions: Predictions, weights: Floats) -> Floats:
    positive, negative = (part[:, ::-1] for part in _by_score(predictions, weights))
    found, flagged = np.cumsum(positive, axis=1), np.cumsum(positive + negative, axis=1)
    # Before the first row that counts there is nothing to be precise about.
    precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
    mean: Floats = np.sum(positive * precision, axis=1) / positive.sum(axis=1)
    return mean


def _log_loss(predictions: Predictions, weights: Floats) -> Floats:
    # Source: scikit-learn's log_loss, which keeps probabilities this far from 0 and 1.
    tiny = np.finfo(np.float64).eps
    right = np.where(predictions.truth, predictions.probability, 1 - predictions.probability)
    return _mean(-np.log(np.clip(right, tiny, 1 - tiny)), weights)


def _brier(predictions: Predictions, weights: Floats) -> Floats:
    return _mean((predictions.probability - predictions.truth) ** 2, weights)


METRICS: Mapping[str, Callable[[Predictions, Floats], Floats]] = MappingProxyType(
    {
        "accuracy": _accuracy,
        "precision": _precision,
        "recall": _recall,
        "f1_score": _f1_score,
        "roc_auc": _roc_auc,
        "average_precision": _average_precision,
        "log_loss": _log_loss,
        "brier": _brier,
    }
)


def _mean(values: NDArray[Any], weights: Floats) -> Floats:
    mean: Floats = weights @ values / weights.sum(axis=1)
    return mean


def _by_score(predictions: Predictions, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weight of positives and of negatives at each distinct score, lowest first."""
    order = np.argsort(predictions.probability, kind="stable")
    score, truth = predictions.probability[order], predictions.truth[order]
    first = np.flatnonzero(np.r_[True, np.diff(score) > 0])
    ordered = weights[:, order]
    return (
        np.add.reduceat(ordered * truth, first, axis=1),
        np.add.reduceat(ordered * ~truth, first, axis=1),
    )
