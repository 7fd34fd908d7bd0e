"""The fast metrics are those of the evaluation, weighting by weighting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation.weighted_metrics import METRICS, Predictions, measure

N = 12
SCORES = arrays(np.float64, N, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]))
TRUTHS = arrays(np.bool_, N)
WEIGHTS = arrays(np.float64, (3, N), elements=st.integers(0, 3).map(float))


def expected(judged: Predictions, weight: Any) -> dict[str, float]:
    """Return what scikit-learn says of one weighting, where all is defined."""
    truth, probability = judged.truth, judged.probability
    w: Any = {"sample_weight": weight}
    return {
        "accuracy": metrics.accuracy_score(truth, judged.predicted, **w),
        "precision": metrics.precision_score(truth, judged.predicted, **w),
        "recall": metrics.recall_score(truth, judged.predicted, **w),
        "f1_score": metrics.f1_score(truth, judged.predicted, **w),
        "roc_auc": metrics.roc_auc_score(truth, probability, **w),
        "average_precision": metrics.average_precision_score(truth, probability, **w),
        "log_loss": metrics.log_loss(truth, np.c_[1 - probability, probability], **w),
        "brier": metrics.brier_score_loss(truth, probability, **w),
    }


@given(TRUTHS, SCORES, WEIGHTS)
def test_each_weighting_gives_what_sklearn_gives(truth: Any, score: Any, weights: Any) -> None:
    """Ties, certain scores and rows that do not count included, every metric is scikit-learn's."""
    judged = Predictions(truth, score >= 0.5, score)
    found = measure(judged, weights)
    for row, weight in enumerate(weights):
        counted = weight > 0
        if len(set(truth[counted])) < 2 or not judged.predicted[counted].any():
            continue
        for name, value in expected(judged, weight).items():
            assert found[name][row] == pytest.approx(value), name


def test_a_metric_without_meaning_is_nan() -> None:
    """One class has no AUC, nothing flagged no precision, and no warning is raised."""
    judged = Predictions(np.zeros(2, bool), np.zeros(2, bool), np.array([0.1, 0.2]))
    found = measure(judged, np.ones((1, 2)))
    assert {name for name, values in found.items() if np.isnan(values[0])} == {
        "precision",
        "recall",
        "f1_score",
        "roc_auc",
        "average_precision",
    }
    assert found.keys() == METRICS.keys()


def test_what_gives_no_probabilities_of_two_classes_is_refused() -> None:
    """A decision function, three classes or nothing at all are named with what it takes."""
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
