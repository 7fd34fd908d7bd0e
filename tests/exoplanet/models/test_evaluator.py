"""ModelEvaluator over stars."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.models.evaluator import ModelEvaluator
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.values.metric_table import METRICS


@pytest.fixture(scope="module")
def split() -> StarSplit:
    """Split every fourth row of the table."""
    koi = load_koi("core12")
    return split_by_star(koi.data[::4], koi.target[::4], koi.groups[::4])


@pytest.fixture(scope="module")
def models(split: StarSplit) -> dict[str, Any]:
    """Fit a good classifier and two poor ones."""
    X, y = split.X_train, split.y_train
    return {
        "forest": RandomForestClassifier(n_estimators=30, random_state=0).fit(X, y),
        "stump": DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y),
        "prior": DummyClassifier().fit(X, y),
    }


@pytest.fixture(scope="module")
def evaluator(split: StarSplit, models: dict[str, Any]) -> ModelEvaluator:
    """Return an evaluator of the three."""
    return ModelEvaluator(
        split.X_test, split.y_test, models=models, n_resamples=400, progress=False
    )


def test_the_report_equals_the_registered_metrics(
    evaluator: ModelEvaluator, models: dict[str, Any], split: StarSplit
) -> None:
    """The report of a model, or of its name, equals its evaluation."""
    found = evaluator.evaluate("forest")
    assert found == evaluator.evaluate(models["forest"])
    assert found.metrics == evaluate(models["forest"], split.X_test, split.y_test).metrics
    assert np.sum(found.confusion_matrix) == len(split.y_test)
    assert found.classes == (0, 1)
    assert found.to_frame().loc["1", "support"] == split.y_test.sum()


def test_intervals_hold_the_metric(evaluator: ModelEvaluator) -> None:
    """Each interval contains the metric and is over the stars of the test set."""
    found = evaluator.intervals("forest")
    metrics = evaluator.evaluate("forest").metrics
    assert found.metrics.keys() == METRICS.keys() & metrics
    for name, one in found.metrics.items():
        assert one.value == pytest.approx(metrics[name])
        assert one.low < one.value < one.high
    assert found.unit == "star"
    assert found.n_units == len(set(evaluator.test_set.groups)) < len(evaluator.y_test)


def test_intervals_are_seeded(split: StarSplit, models: dict[str, Any]) -> None:
    """One seed gives one interval, and another seed another."""

    def low(seed: int) -> float:
        evaluator = ModelEvaluator(
            split.X_test, split.y_test, n_resamples=100, random_state=seed, progress=False
        )
        return evaluator.intervals(models["forest"])["roc_auc"].low

    assert low(1) == low(1) != low(2)


def test_without_stars_rows_are_drawn(split: StarSplit, models: dict[str, Any]) -> None:
    """An array has no names, so rows are drawn unless stars are passed."""
    X, y = split.X_test.to_numpy(), split.y_test
    model = DecisionTreeClassifier(max_depth=2).fit(X, y)
    plain = ModelEvaluator(X, y, n_resamples=20, progress=False).intervals(model)
    assert (plain.unit, plain.n_units) == ("row", len(y))
    halves = np.arange(len(y)) % 2
    by_star = ModelEvaluator(X, y, groups=halves, n_resamples=20, progress=False).intervals(model)
    assert (by_star.unit, by_star.n_units) == ("star", 2)


def test_precision_and_recall_at_a_confidence(
    evaluator: ModelEvaluator, models: dict[str, Any], split: StarSplit
) -> None:
    """Rows are flagged if their probability reaches the threshold."""
    probability = models["forest"].predict_proba(split.X_test)[:, 1]
    threshold = float(np.sort(probability)[-50])
    found = evaluator.at_confidence("forest", threshold)
    assert found.flagged == (probability >= threshold).sum() >= 50
    assert found.right == split.y_test[probability >= threshold].sum()
    assert found.precision > evaluator.at_confidence("forest", 0.5).precision


def test_a_constant_model_is_calibrated(evaluator: ModelEvaluator) -> None:
    """A constant model has one bin near the diagonal and a poor Brier score."""
    prior = evaluator.calibration("prior")
    assert len(prior.counts) == 1
    assert prior.expected_error < 0.05
    assert prior.brier > 2 * evaluator.calibration("forest", n_bins=5).brier


def test_a_better_model_is_shown_to_be_better(evaluator: ModelEvaluator) -> None:
    """The good classifier is better in either order, by the same difference."""
    found = evaluator.compare("stump", "forest")
    assert found.better == "forest"
    assert found.low > 0
    assert found.p_value < 0.01
    assert found.p_accuracy < 0.01
    turned = evaluator.compare("forest", "stump")
    assert turned.better == "forest"
    assert turned.difference == pytest.approx(-found.difference)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    assert turned.only_first_right == found.only_second_right


def test_equal_models_do_not_differ(
    evaluator: ModelEvaluator, models: dict[str, Any], split: StarSplit
) -> None:
    """Two equal models have a difference of 0 and a p-value of 1."""
    again = DecisionTreeClassifier(max_depth=1, random_state=0).fit(split.X_train, split.y_train)
    found = evaluator.compare(models["stump"], again)
    assert found.better is None
    assert (found.difference, found.p_value, found.p_accuracy) == (0.0, 1.0, 1.0)
    assert found.first != found.second


def test_decisions_are_enough_for_intervals(split: StarSplit) -> None:
    """A classifier without probabilities has the intervals of its labels and ranks."""
    X = split.X_train.fillna(0)
    ridge = make_pipeline(StandardScaler(), RidgeClassifier()).fit(X, split.y_train)
    filled = ModelEvaluator(split.X_test.fillna(0), split.y_test, n_resamples=20, progress=False)
    found = filled.intervals(ridge)
    assert found.metrics.keys() == METRICS.keys() & filled.evaluate(ridge).metrics
    with pytest.raises(RegistryError, match="Pipeline gave no probabilities"):
        filled.calibration(ridge)
