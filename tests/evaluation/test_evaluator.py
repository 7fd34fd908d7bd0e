"""ModelEvaluator with classifiers of two and three classes and with regressors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from exo_nbregistry.errors import InvalidInputError, NotFoundError, RegistryError
from exo_nbregistry.evaluation import ModelEvaluator
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.metric_table import METRICS

FAST: Any = {"n_resamples": 50, "progress": False}
CASES: dict[str, Any] = {
    "two classes": (load_breast_cancer, GaussianNB(), DummyClassifier()),
    "two classes by decisions": (load_breast_cancer, RidgeClassifier(), DummyClassifier()),
    "three classes": (load_wine, GaussianNB(), DummyClassifier()),
    "three classes by decisions": (load_wine, SVC(), DummyClassifier()),
    "numbers": (load_diabetes, LinearRegression(), DummyRegressor()),
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Any, ...]:
    """Return a good and a poor model that were fitted on even rows, and the odd rows."""
    load, good, poor = CASES[request.param]
    X, y = load(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    train, test = order[::2], order[1::2]
    return good.fit(X[train], y[train]), poor.fit(X[train], y[train]), X[test], y[test]


def test_intervals_contain_the_metrics(case: tuple[Any, ...]) -> None:
    """The values equal those of `evaluate`, each inside its interval."""
    good, _, X, y = case
    found = ModelEvaluator(X, y, **FAST).intervals(good)
    metrics = evaluate(good, X, y).metrics
    assert found.metrics.keys() == METRICS.keys() & metrics
    for name, each in found.metrics.items():
        assert each.value == pytest.approx(metrics[name], rel=1e-4), name
        assert each.low <= each.value <= each.high
    assert (found.unit, found.n_units) == ("row", len(y))


def test_the_good_model_is_better(case: tuple[Any, ...]) -> None:
    """The comparison finds the good model by the default metric, in either order."""
    good, poor, X, y = case
    evaluator = ModelEvaluator(X, y, models={"good": good, "poor": poor}, **FAST)
    found = evaluator.compare("good", "poor")
    assert found.better == evaluator.compare("poor", "good").better == "good"
    assert found.metric == ("r2" if isinstance(good, LinearRegression) else "roc_auc")
    assert found.scores[found.metric][0] == pytest.approx(
        evaluate(good, X, y).metrics[found.metric]
    )


def test_a_report_has_the_metrics(case: tuple[Any, ...]) -> None:
    """The report has the metrics of `evaluate`, and a confusion matrix of a classifier."""
    good, _, X, y = case
    report = ModelEvaluator(X, y, **FAST).evaluate(good)
    assert report.metrics == evaluate(good, X, y).metrics
    assert np.sum(report.confusion_matrix) == (0 if isinstance(good, LinearRegression) else len(y))


def test_groups_are_drawn() -> None:
    """With groups, the interval is over groups, and an error names a wrong length."""
    X, y = load_diabetes(return_X_y=True)
    model = LinearRegression().fit(X, y)
    groups = np.arange(len(y)) // 3
    found = ModelEvaluator(X, y, groups=groups, **FAST).intervals(model)
    assert (found.unit, found.n_units) == ("group", len(set(groups)))
    with pytest.raises(InvalidInputError, match="same number of rows"):
        ModelEvaluator(X, y, groups=groups[1:])


def test_a_loss_is_better_if_smaller() -> None:
    """By a loss, the model with the smaller value is better."""
    X, y = load_breast_cancer(return_X_y=True)
    models = {"good": GaussianNB().fit(X, y), "poor": DummyClassifier(strategy="uniform").fit(X, y)}
    found = ModelEvaluator(X, y, models=models, **FAST).compare("poor", "good", metric="brier")
    assert found.better == "good"
    assert found.difference < 0


def test_probabilities_are_required_for_calibration() -> None:
    """Calibration and thresholds require two classes with probabilities."""
    X, y = load_wine(return_X_y=True)
    evaluator = ModelEvaluator(X, y, models={"bayes": GaussianNB().fit(X, y)}, **FAST)
    for method in (evaluator.calibration, evaluator.at_confidence):
        with pytest.raises(RegistryError, match="two classes"):
            method("bayes")


def test_invalid_models_are_rejected() -> None:
    """An unknown name, one model twice, and several outputs raise an error."""
    X, y = load_diabetes(return_X_y=True)
    line = LinearRegression().fit(X, y)
    evaluator = ModelEvaluator(X, y, models={"line": line}, **FAST)
    with pytest.raises(NotFoundError, match="Did you mean line"):
        evaluator.evaluate("lines")
    with pytest.raises(ValueError, match="with itself"):
        evaluator.compare("line", "line")
    both = np.column_stack([y, y])
    with pytest.raises(RegistryError, match="predicts 2 outputs"):
        ModelEvaluator(X, both, **FAST).intervals(LinearRegression().fit(X, both))


WORDS = np.array(["malignant", "benign"])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"pos_label": "malignant"},
        {"pos_label": "benign", "threshold": 0.9},
        {"pos_label": "malignant", "sample_weight": np.linspace(1, 3, 569)},
    ],
    ids=["averaged", "positive class", "threshold", "weights"],
)
def test_text_labels_agree_with_register_model(
    options: dict[str, Any], registry: ModelRegistry
) -> None:
    """Report and intervals have the metrics that register_model records for the same options."""
    X, y = load_breast_cancer(return_X_y=True)
    model = GaussianNB().fit(X[:, :3], WORDS[y])
    name = registry.register_model(model, "m", X_test=X[:, :3], y_test=WORDS[y], **options)
    stored = registry.get_metadata(name)
    evaluator = ModelEvaluator(X[:, :3], WORDS[y], **options, **FAST)
    assert evaluator.evaluate(model).metrics == stored.metrics
    intervals = evaluator.intervals(model)
    for metric, each in intervals.metrics.items():
        assert each.value == pytest.approx(stored.metrics[metric], rel=1e-4), metric
        assert each.low <= each.value <= each.high
    assert intervals.scoring == stored.scoring
    assert stored.scoring is not None
    assert stored.scoring.label in repr(intervals)
    assert stored.scoring.label in repr(evaluator.evaluate(model))


def test_a_threshold_is_counted_for_the_positive_class() -> None:
    """Counts at a threshold, and the reliability curve, refer to the positive class."""
    X, y = load_breast_cancer(return_X_y=True)
    model = GaussianNB().fit(X, WORDS[y])
    evaluator = ModelEvaluator(X, WORDS[y], pos_label="malignant", **FAST)
    share = model.predict_proba(X)[:, list(model.classes_).index("malignant")]
    assert evaluator.at_confidence(model, 0.9).flagged == (share >= 0.9).sum()
    assert evaluator.calibration(model).brier == pytest.approx(np.mean((share - (y == 0)) ** 2))
    with pytest.raises(RegistryError, match="no positive class; pass pos_label='benign' or"):
        ModelEvaluator(X, WORDS[y], **FAST).at_confidence(model)
