"""ModelEvaluator: every figure on one test set."""

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

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.evaluation.weighted_metrics import METRICS
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.models.evaluator import ModelEvaluator
from exo_nbregistry.introspection.metrics import evaluate


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


def test_the_report_is_what_a_version_is_registered_with(
    evaluator: ModelEvaluator, models: dict[str, Any], split: StarSplit
) -> None:
    """Metrics, matrix and report by class are those of the evaluation, by name or by model."""
    found = evaluator.evaluate("forest")
    assert found == evaluator.evaluate(models["forest"])
    assert found.metrics == evaluate(models["forest"], split.X_test, split.y_test).metrics
    assert np.sum(found.confusion_matrix) == len(split.y_test)
    assert found.classes == (0, 1)
    assert found.to_frame().loc["1", "support"] == split.y_test.sum()


def test_intervals_hold_the_metric(evaluator: ModelEvaluator) -> None:
    """Each interval lies around the registered value of its metric, over the stars of the test."""
    found = evaluator.intervals("forest")
    metrics = evaluator.evaluate("forest").metrics
    assert found.metrics.keys() == METRICS.keys() == metrics.keys()
    for name, one in found.metrics.items():
        assert one.value == pytest.approx(metrics[name])
        assert one.low < one.value < one.high
    assert found.unit == "star"
    assert found.n_units == len(set(evaluator.test_set.stars)) < len(evaluator.y_test)


def test_intervals_are_seeded(split: StarSplit, models: dict[str, Any]) -> None:
    """One seed gives one interval, another gives another."""

    def low(seed: int) -> float:
        evaluator = ModelEvaluator(
            split.X_test, split.y_test, n_resamples=100, random_state=seed, progress=False
        )
        return evaluator.intervals(models["forest"])["roc_auc"].low

    assert low(1) == low(1) != low(2)


def test_without_stars_rows_are_drawn(split: StarSplit, models: dict[str, Any]) -> None:
    """An array tells no stars; those given by hand are drawn."""
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
    """What is flagged at a confidence is counted from the probabilities, its bound included."""
    probability = models["forest"].predict_proba(split.X_test)[:, 1]
    threshold = float(np.sort(probability)[-50])
    found = evaluator.at_confidence("forest", threshold)
    assert found.flagged == (probability >= threshold).sum() >= 50
    assert found.right == split.y_test[probability >= threshold].sum()
    assert found.precision > evaluator.at_confidence("forest", 0.5).precision


def test_a_model_of_the_prior_is_calibrated_and_knows_nothing(evaluator: ModelEvaluator) -> None:
    """It has one bin close to the diagonal, and a worse Brier score than a good model."""
    prior = evaluator.calibration("prior")
    assert len(prior.counts) == 1
    assert prior.expected_error < 0.05
    assert prior.brier > 2 * evaluator.calibration("forest", n_bins=5).brier


def test_a_better_model_is_shown_to_be_better(evaluator: ModelEvaluator) -> None:
    """Whichever comes first, the good classifier wins over the poor one, and by how much."""
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


def test_equal_models_are_not_told_apart(
    evaluator: ModelEvaluator, models: dict[str, Any], split: StarSplit
) -> None:
    """Two models that say the same differ by nothing, with a p of 1."""
    again = DecisionTreeClassifier(max_depth=1, random_state=0).fit(split.X_train, split.y_train)
    found = evaluator.compare(models["stump"], again)
    assert found.better is None
    assert (found.difference, found.p_value, found.p_accuracy) == (0.0, 1.0, 1.0)
    assert found.first != found.second


def test_what_cannot_be_judged_is_refused(evaluator: ModelEvaluator, split: StarSplit) -> None:
    """A name unknown, a model against itself, and one without probabilities are refused."""
    with pytest.raises(NotFoundError, match="Did you mean forest"):
        evaluator.evaluate("boostd")
    with pytest.raises(ValueError, match="with itself"):
        evaluator.compare("stump", "stump")
    X = split.X_train.fillna(0)
    ridge = make_pipeline(StandardScaler(), RidgeClassifier()).fit(X, split.y_train)
    filled = ModelEvaluator(split.X_test.fillna(0), split.y_test, progress=False)
    with pytest.raises(RegistryError, match="Pipeline gave no probabilities"):
        filled.intervals(ridge)
