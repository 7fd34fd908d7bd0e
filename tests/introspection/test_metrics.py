"""The metrics of a fitted model."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.base import ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification, make_regression
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from exo_nbregistry.introspection.metrics import MAX_REPORTED_CLASSES, evaluate
from exo_nbregistry.values.json_codec import canonical_json, decode, encode
from exo_nbregistry.values.metric_table import METRICS

LINE = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
HALVES = np.array([0, 0, 0, 1, 1, 1])
WORDS = np.array(["FALSE POSITIVE", "PLANET"])
BLOBS, THREE = make_classification(
    120, 5, n_informative=4, n_redundant=0, n_classes=3, weights=[0.6, 0.3], random_state=0
)


def needing(needs: str) -> set[str]:
    """Return the names of the metrics that need this input."""
    return {name for name, metric in METRICS.items() if metric.needs == needs}


LABEL_METRICS = needing("labels")
RANK_METRICS = needing("scores")
PROBABILITY_METRICS = needing("probabilities")


@pytest.fixture(scope="module")
def line() -> LogisticRegression:
    """Return a model that predicts the upper half of the line as positive."""
    return LogisticRegression().fit(LINE, HALVES)


def test_metrics_by_hand(line: LogisticRegression) -> None:
    """One false positive and one false negative among six rows give the expected values."""
    found = evaluate(line, LINE, [0, 0, 1, 0, 1, 1])
    assert found.metrics["accuracy"] == pytest.approx(4 / 6)
    for name in ("precision", "recall", "f1_score"):
        assert found.metrics[name] == pytest.approx(2 / 3)
    assert found.metrics["roc_auc"] == pytest.approx(8 / 9)
    assert found.additional["confusion_matrix"] == [[2, 1], [1, 2]]
    assert found.additional["classes"] == [0, 1]


def test_more_classes_agree_with_scikit_learn() -> None:
    """With more classes, each metric is scikit-learn's own, weighted by the rows of a class."""
    model = LogisticRegression().fit(BLOBS, THREE)
    answer, shares = model.predict(BLOBS), model.predict_proba(BLOBS)
    weighted: dict[str, Any] = {"average": "weighted"}
    expected = {
        "accuracy": metrics.accuracy_score(THREE, answer),
        "precision": metrics.precision_score(THREE, answer, **weighted),
        "recall": metrics.recall_score(THREE, answer, **weighted),
        "f1_score": metrics.f1_score(THREE, answer, **weighted),
        "roc_auc": metrics.roc_auc_score(THREE, shares, multi_class="ovr", **weighted),
        "average_precision": metrics.average_precision_score(THREE, shares, **weighted),
        "log_loss": metrics.log_loss(THREE, shares),
        "brier": np.mean(np.sum((shares - np.eye(3)[THREE]) ** 2, axis=1)),
    }
    found = evaluate(model, BLOBS, THREE).metrics
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_the_second_class_is_positive() -> None:
    """Text labels give the same metrics as their positions, in any container."""
    y = np.array([0, 1, 0, 1, 1, 1])
    expected = evaluate(LogisticRegression().fit(LINE, y), LINE, y).metrics
    words = LogisticRegression().fit(LINE, WORDS[y])
    for same in (WORDS[y], WORDS[y].astype(object), list(WORDS[y]), pd.Series(WORDS[y])):
        assert evaluate(words, LINE, same).metrics == pytest.approx(expected)
    truths = LogisticRegression().fit(LINE, y.astype(bool))
    assert evaluate(truths, LINE, y.astype(bool)).metrics == pytest.approx(expected)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (LogisticRegression(), LABEL_METRICS | RANK_METRICS | PROBABILITY_METRICS),
        (LinearSVC(), LABEL_METRICS | RANK_METRICS),
        (make_pipeline(LinearSVC()), LABEL_METRICS | RANK_METRICS),
        (GridSearchCV(Perceptron(), {}, cv=2), LABEL_METRICS | RANK_METRICS),
    ],
)
def test_decision_functions_only_rank(model: Any, expected: set[str]) -> None:
    """Without probabilities, metrics of probabilities are omitted."""
    for X, y in ((LINE, HALVES), (BLOBS, THREE)):
        found = evaluate(model.fit(X, y), X, y)
        assert set(found.metrics) == expected
        assert ("probabilities" in found.arrays) == (expected >= PROBABILITY_METRICS)
        assert ("y_score" in found.arrays) != ("probabilities" in found.arrays)


def test_decisions_by_pair_rank_no_class() -> None:
    """A decision for each pair of classes is not used as a score of a class."""
    model = make_pipeline(SVC(decision_function_shape="ovo")).fit(BLOBS, THREE)
    assert set(evaluate(model, BLOBS, THREE).metrics) == LABEL_METRICS


def test_undefined_metrics_are_left_out(line: LogisticRegression) -> None:
    """An undefined metric is omitted without a warning; it is never zero."""
    never = DummyClassifier(strategy="constant", constant=0).fit(LINE, HALVES)
    found = evaluate(never, LINE, HALVES).metrics
    assert "precision" not in found
    assert (found["recall"], found["f1_score"], found["accuracy"]) == (0.0, 0.0, 0.5)
    all_negative = evaluate(line, LINE[:3], HALVES[:3]).metrics
    assert all_negative.keys().isdisjoint({"precision", "recall", "f1_score", *RANK_METRICS})
    assert all_negative.keys() >= {"accuracy", "log_loss", "brier"}
    one_row = evaluate(DummyRegressor().fit(LINE, HALVES), LINE[:1], [2.0]).metrics
    assert "r2" not in one_row
    assert one_row.keys() >= {"mae", "rmse"}
    flat = evaluate(LinearRegression().fit(LINE, LINE[:, 0]), LINE, [1.0] * 6).metrics
    assert "r2" not in flat


def test_a_class_that_the_model_does_not_know_counts_as_wrong(line: LogisticRegression) -> None:
    """A new label lowers the accuracy, and metrics of its probability are omitted."""
    found = evaluate(line, LINE, [0, 0, 0, 1, 1, 2])
    assert found.metrics["accuracy"] == pytest.approx(5 / 6)
    assert set(found.metrics) == LABEL_METRICS
    assert found.additional["classes"] == [0, 1, 2]
    assert found.additional["confusion_matrix"] == [[3, 0, 0], [0, 2, 0], [0, 1, 0]]


def test_a_class_that_is_not_tested_weighs_nothing() -> None:
    """A class without a test row does not count in metrics that are weighted by rows."""
    model = LogisticRegression().fit(BLOBS, THREE)
    some = THREE != 2
    found = evaluate(model, BLOBS[some], THREE[some]).metrics
    assert found["precision"] > 0.5
    assert 0 < found["log_loss"] < 2
    assert len(evaluate(model, BLOBS[some], THREE[some]).additional["confusion_matrix"]) == 3


def test_regression_by_hand() -> None:
    """The errors of a regressor are in the units of the target."""
    model = DummyRegressor(strategy="constant", constant=2.0).fit(LINE, HALVES)
    found = evaluate(model, LINE[:4], [0.0, 2.0, 2.0, 8.0])
    assert found.metrics == pytest.approx({"mae": 2.0, "rmse": math.sqrt(10.0), "r2": 1 - 40 / 36})
    assert found.additional == {}
    assert set(found.arrays) == {"y_true", "y_pred"}


def test_several_outputs() -> None:
    """Several outputs have the accuracy of whole rows, or the mean of their errors."""
    both = np.column_stack([HALVES, HALVES[::-1]])
    labels = KNeighborsClassifier(1).fit(LINE, both)
    wrong = both.copy()
    wrong[0, 0] = 1
    assert evaluate(labels, LINE, wrong).metrics == {"accuracy": pytest.approx(5 / 6)}
    numbers = LinearRegression().fit(LINE, both)
    assert set(evaluate(numbers, LINE, both).metrics) == {"r2", "mae", "rmse"}


@pytest.mark.parametrize("forest", [RandomForestClassifier, RandomForestRegressor])
def test_metrics_are_equal_to_the_last_digit(forest: Any) -> None:
    """Metrics are equal to the last digit for any number of jobs."""
    make = make_classification if forest is RandomForestClassifier else make_regression
    X, y = make(300, 8, random_state=0)
    model = forest(60, max_depth=4, random_state=0).fit(X[:100], y[:100])
    expected = evaluate(model, X, y)
    model.set_params(n_jobs=2)
    for _ in range(5):
        with joblib.parallel_config(n_jobs=2):
            found = evaluate(model, X, y)
        assert found.metrics == expected.metrics
        for name, values in expected.arrays.items():
            np.testing.assert_array_equal(found.arrays[name], values, strict=True)


@pytest.mark.parametrize(
    "y", [HALVES, WORDS[HALVES].astype(object), pd.Series(WORDS[HALVES], dtype="category")]
)
def test_arrays_are_saved_without_pickle(y: Any) -> None:
    """The arrays are saved and loaded as npz without pickle."""
    model = LogisticRegression().fit(LINE, y)
    found = evaluate(model, LINE, y).arrays
    buffer = io.BytesIO()
    np.savez(buffer, **found)
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as stored:
        assert set(stored) == {"y_true", "y_pred", "classes", "probabilities"}
        assert stored["y_true"].tolist() == list(y)
        np.testing.assert_array_equal(stored["probabilities"], model.predict_proba(LINE))


def test_numbers_kept_as_objects_are_numbers(line: LogisticRegression) -> None:
    """An object array of numbers is evaluated, and stored with a numeric dtype."""
    found = evaluate(line, LINE, HALVES.astype(object))
    assert found.metrics == evaluate(line, LINE, HALVES).metrics
    assert found.arrays["y_true"].dtype == HALVES.dtype


def test_findings_can_be_recorded() -> None:
    """Metrics are Python floats, and the report round-trips as JSON."""
    model = LogisticRegression().fit(BLOBS, THREE)
    found = evaluate(model, BLOBS, THREE)
    assert {type(value) for value in found.metrics.values()} == {float}
    content = decode(json.loads(canonical_json(encode(found.additional))))
    assert content == found.additional
    report = found.additional["classification_report"]
    assert report["weighted avg"]["f1-score"] == pytest.approx(found.metrics["f1_score"])


def test_many_classes_have_no_confusion_matrix() -> None:
    """A confusion matrix that is too large is omitted; the metrics are not."""
    y = np.arange(MAX_REPORTED_CLASSES + 1)
    X = y[:, np.newaxis]
    found = evaluate(KNeighborsClassifier(1).fit(np.tile(X, (3, 1)), np.tile(y, 3)), X, y)
    assert found.metrics["accuracy"] == 1.0
    assert found.additional == {}


@pytest.mark.parametrize("model", [KMeans(2, n_init=1), object(), None])
def test_what_does_not_predict_a_target_is_not_measured(model: Any) -> None:
    """Clusterings and objects other than estimators have no metrics."""
    fitted = model.fit(LINE) if isinstance(model, KMeans) else model
    found = evaluate(fitted, LINE, HALVES)
    assert (found.metrics, found.additional, found.arrays) == ({}, {}, {})


class Bare(ClassifierMixin):
    """A classifier that is not an estimator."""

    def predict(self, X: Any) -> Any:
        """Return the positive class for each row."""
        return np.ones(len(X), dtype=int)


def test_a_bare_classifier_is_measured() -> None:
    """A classifier by its mixin alone, without classes or parameters, has its label metrics."""
    assert set(evaluate(Bare(), LINE, HALVES).metrics) == LABEL_METRICS


@pytest.mark.parametrize("model", [LogisticRegression(), LinearRegression()])
def test_truth_of_another_length_is_refused(model: Any) -> None:
    """True labels of another length raise an error."""
    model.fit(LINE, HALVES)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        evaluate(model, LINE, HALVES[:5])


def test_truth_of_another_kind_is_refused(line: LogisticRegression) -> None:
    """Text labels raise an error if the model predicts numbers."""
    with pytest.raises(ValueError, match="type"):
        evaluate(line, LINE, WORDS[HALVES])
