"""Probabilities that are right as often as they say, by a sigmoid over the model's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions

# Nothing is surer than one in a million: a probability of exactly 1 has no log-odds.
_SUREST = 1e-6


def fit_platt_scaling(predictions: Predictions) -> Callable[[Floats], Floats]:
    """Return a function that turns a model's probabilities into calibrated ones.

    Parameters
    ----------
    predictions : Predictions
        Truth and probabilities of rows that the model has not learnt from.

    Returns
    -------
    callable
        Takes and returns probabilities; it keeps their order.

    Raises
    ------
    ValueError
        If the rows are all of one class.

    Notes
    -----
    A logistic regression on the log-odds of the model, lightly regularised.
    Source: Platt 1999, Advances in Large Margin Classifiers, 61.

    Examples
    --------
    >>> probability = np.linspace(0.01, 0.99, 200)
    >>> truth = probability > 0.3
    >>> calibrate = fit_platt_scaling(Predictions(truth, truth, probability))
    >>> bool(calibrate(np.array([0.5]))[0] > 0.9)
    True
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit(_log_odds(predictions.probability), predictions.truth)

    def calibrate(probability: Floats) -> Floats:
        found: Floats = fitted.predict_proba(_log_odds(probability))[:, 1]
        return found

    return calibrate


def _log_odds(probability: Floats) -> Floats:
    kept = np.clip(probability, _SUREST, 1 - _SUREST)
    return np.log(kept / (1 - kept))[:, np.newaxis]
