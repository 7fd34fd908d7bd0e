"""Calibrated probabilities, by a sigmoid over the probabilities of a model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exo_nbregistry.evaluation.weighted_metrics import Floats, Predictions
from exo_nbregistry.inference.platt_scaling import fit_sigmoid
from exo_nbregistry.inference.row_answers import calibrated


def fit_platt_scaling(predictions: Predictions) -> Callable[[Floats], Floats]:
    """Return a function that calibrates the probabilities of a two-class classifier.

    Parameters
    ----------
    predictions : Predictions
        Labels and probabilities of rows that the model was not trained on.

    Returns
    -------
    callable
        Takes and returns probabilities of the positive class; it keeps their order.

    Raises
    ------
    ValueError
        If the rows have only one class.

    Notes
    -----
    A logistic regression on the log-odds of the model, lightly regularized.
    Source: Platt 1999, Advances in Large Margin Classifiers, 61.

    Examples
    --------
    >>> probability = np.linspace(0.01, 0.99, 200)
    >>> truth = probability > 0.3
    >>> calibrate = fit_platt_scaling(Predictions(truth, truth, probability))
    >>> bool(calibrate(np.array([0.5]))[0] > 0.9)
    True
    """
    slope, intercept = fit_sigmoid(predictions.probability, predictions.truth)

    def calibrate(probability: Floats) -> Floats:
        shares = np.column_stack([1 - probability, probability])
        found: Floats = calibrated(shares, slope, intercept)[:, 1]
        return found

    return calibrate
