"""Metrics of many weightings at once."""

from __future__ import annotations

import numpy as np
import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation.weighted_metrics import Predictions, measure
from exo_nbregistry.values.metric_table import METRICS


def test_numbers_have_the_metrics_of_regressors() -> None:
    """Predictions without probabilities have only the metrics of regressors."""
    numbers = Predictions(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 2.0]))
    found = measure(numbers, np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 2.0]]))
    assert found["mae"].tolist() == [0.0, 1.0]
    assert {METRICS[name].needs for name in found} == {"numbers"}


def test_a_metric_without_meaning_is_nan() -> None:
    """Undefined metrics, such as the ROC AUC of one class, are NaN without a warning."""
    judged = Predictions(np.zeros(2, bool), np.zeros(2, bool), np.array([0.1, 0.2]))
    found = measure(judged, np.ones((1, 2)))
    undefined = {name for name, values in found.items() if np.isnan(values[0])}
    assert undefined >= {"precision", "recall", "f1_score", "roc_auc", "average_precision"}
    assert undefined.isdisjoint({"accuracy", "log_loss", "brier"})


def test_other_predictions_are_rejected() -> None:
    """Decision functions and other numbers of classes than two raise an error with the name."""
    y = np.array([0, 1])
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])
    good = {"y_true": y, "y_pred": y, "classes": y, "probabilities": probabilities}
    assert Predictions.of_arrays(good).probability.tolist() == [0.1, 0.8]
    three = np.array([0, 1, 2])
    for change in ({"classes": three}, {"probabilities": None}):
        bad = {name: value for name, value in (good | change).items() if value is not None}
        with pytest.raises(RegistryError, match=r"^kepler:1 gave no probabilities"):
            Predictions.of_arrays(bad, "kepler:1")
    with pytest.raises(RegistryError, match="no probabilities"):
        Predictions.of_arrays({})
