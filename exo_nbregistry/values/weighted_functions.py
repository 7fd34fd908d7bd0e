"""Metrics for many weightings of the same rows at once, as a bootstrap needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]


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


def accuracy(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the fraction of correct predictions."""
    return _mean(rows.truth == rows.predicted, weights)


def precision(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the fraction of true positives among the predicted ones."""
    found: Floats = weights @ (rows.truth & rows.predicted) / (weights @ rows.predicted)
    return found


def recall(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the fraction of the positives that were predicted."""
    found: Floats = weights @ (rows.truth & rows.predicted) / (weights @ rows.truth)
    return found


def f1_score(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the harmonic mean of precision and recall."""
    both = weights @ rows.truth + weights @ rows.predicted
    found: Floats = 2 * (weights @ (rows.truth & rows.predicted)) / both
    return found


def roc_auc(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the probability that a positive row ranks above a negative one; ties count half."""
    import numpy as np

    positive, negative = _by_score(rows, weights)
    below = np.cumsum(negative, axis=1) - negative
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    found: Floats = np.sum(positive * (below + negative / 2), axis=1) / pairs
    return found


def average_precision(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the mean precision over the recalls."""
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


def log_loss(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the mean negative logarithm of the probability of the true class."""
    import numpy as np

    # Source: scikit-learn's log_loss, which keeps probabilities this far from 0 and 1.
    tiny = np.finfo(np.float64).eps
    right = np.where(rows.truth, rows.probability, 1 - rows.probability)
    return _mean(-np.log(np.clip(right, tiny, 1 - tiny)), weights)


def brier(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the mean squared error of the probabilities."""
    return _mean((rows.probability - rows.truth) ** 2, weights)


def r2(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the coefficient of determination."""
    import numpy as np

    error = weights @ (rows.truth - rows.predicted) ** 2
    centred = rows.truth - rows.truth.mean()
    square = weights @ centred**2
    total = square - (weights @ centred) ** 2 / weights.sum(axis=1)
    # Rounding leaves a little of a total that is 0, where R2 is undefined.
    return np.where(total > 1e-12 * square, 1 - error / total, np.nan)


def rmse(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the root mean squared error."""
    found: Floats = _mean((rows.truth - rows.predicted) ** 2, weights) ** 0.5
    return found


def mae(rows: WeightedRows, weights: Floats) -> Floats:
    """Return the mean absolute error."""
    return _mean(abs(rows.truth - rows.predicted), weights)


def _mean(values: Array, weights: Floats) -> Floats:
    mean: Floats = weights @ values / weights.sum(axis=1)
    return mean
