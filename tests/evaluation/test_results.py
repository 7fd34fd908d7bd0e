"""Results as text and as data frames."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from exo_nbregistry.evaluation.results import (
    EvaluationReport,
    Interval,
    Intervals,
    ThresholdResult,
    reliability_curve,
)
from exo_nbregistry.evaluation.weighted_metrics import Predictions


def test_the_curve_equals_scikit_learn() -> None:
    """Mean probabilities and shares by bin equal scikit-learn's, and the counts add up."""
    rng = np.random.default_rng(0)
    probability = rng.random(500) ** 2
    truth = rng.random(500) < probability
    found = reliability_curve(Predictions(truth, truth, probability), 8)
    observed, predicted = calibration_curve(truth, probability, n_bins=8)
    assert found.observed == pytest.approx(observed)
    assert found.predicted == pytest.approx(predicted)
    assert found.counts.sum() == 500
    assert found.brier == pytest.approx(np.mean((truth - probability) ** 2))
    assert found.expected_error == pytest.approx(
        np.average(np.abs(observed - predicted), weights=found.counts)
    )
    assert list(found.to_frame().columns) == ["predicted", "observed", "count"]
    assert f"Brier score {found.brier:.4f}" in repr(found)


def test_certain_probabilities_are_in_the_outer_bins() -> None:
    """A probability of exactly 1 is in the last bin, one of exactly 0 in the first."""
    truth = np.array([False, True, True])
    found = reliability_curve(Predictions(truth, truth, np.array([0.0, 0.9, 1.0])), 4)
    assert found.counts.tolist() == [1, 2]
    assert found.predicted.tolist() == [0.0, 0.95]


def test_shares_of_no_rows_are_nan() -> None:
    """Precision without flagged rows and recall without positive rows are NaN."""
    assert np.isnan(ThresholdResult(0.9, 0, 0, 4).precision)
    assert np.isnan(ThresholdResult(0.9, 3, 0, 0).recall)
    some = ThresholdResult(0.9, 4, 3, 6)
    assert (some.precision, some.recall) == (0.75, 0.5)
    assert some.to_frame().iloc[0].to_dict() == {
        "threshold": 0.9,
        "flagged": 4,
        "right": 3,
        "positives": 6,
        "precision": 0.75,
        "recall": 0.5,
    }
    assert "4 rows flagged, 3 right" in repr(some)


def test_intervals_name_their_method() -> None:
    """The text has values, limits, confidence and the unit of the resamples."""
    found = Intervals({"roc_auc": Interval(0.98, 0.97, 0.99)}, 0.95, 2000, 812, "star")
    assert "roc_auc  0.9800  0.9700  0.9900" in repr(found)
    assert repr(found).endswith("95% percentile intervals of 2,000 resamples of 812 stars.")
    assert found["roc_auc"].low == 0.97
    assert found.to_frame().loc["roc_auc"].tolist() == [0.98, 0.97, 0.99]


def test_a_report_shows_the_confusion_matrix() -> None:
    """Metrics and confusion matrix are text; the frame has a row per class and mean."""
    row = {"precision": 0.5, "recall": 1.0, "f1-score": 0.7, "support": 2}
    found = EvaluationReport(
        {"accuracy": 0.75}, (0, 1), ((1, 1), (0, 2)), {"0": row, "accuracy": 0.75}
    )
    assert "accuracy  0.7500" in repr(found)
    assert repr(found).endswith("0                 1  1\n1                 0  2")
    assert found.to_frame().loc["0", "recall"] == 1.0


def test_a_report_of_a_regressor_has_metrics_only() -> None:
    """Without classes there is no confusion matrix."""
    assert repr(EvaluationReport({"r2": 0.5}, (), (), {})).splitlines()[-1] == "r2      0.5000"
