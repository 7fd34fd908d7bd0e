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

from exo_nbregistry.codec import canonical_json, decode, encode
from exo_nbregistry.evaluation import MAX_REPORTED_CLASSES, evaluate
from exo_nbregistry.metric import higher_is_better

LINE = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
HALVES = np.array([0, 0, 0, 1, 1, 1])
WORDS = np.array(["FALSE POSITIVE", "PLANET"])
BLOBS, THREE = make_classification(
    120, 5, n_informative=4, n_redundant=0, n_classes=3, weights=[0.6, 0.3], random_state=0
)
LABEL_METRICS = {"accuracy", "precision", "recall", "f1_score"}
RANK_METRICS = {"roc_auc", "average_precision"}
PROBABILITY_METRICS = {"log_loss", "brier"}


@pytest.fixture(scope="module")
def line() -> LogisticRegression:
    """Fit a model that calls the upper half of the line positive."""
    return LogisticRegression().fit(LINE, HALVES)


def test_metrics_by_hand(line: LogisticRegression) -> None:
    """One false alarm and one miss among six give the values counted on paper."""
    found = evaluate(line, LINE, [0, 0, 1, 0, 1, 1])
    assert found.metrics["accuracy"] == pytest.approx(4 / 6)
    for name in ("precision", "recall", "f1_score"):
        assert found.metrics[name] == pytest.approx(2 / 3)
    assert found.metrics["roc_auc"] == pytest.approx(8 / 9)
    assert found.additional["confusion_matrix"] == [[2, 1], [1, 2]]
    assert found.additional["classes"] == [0, 1]


def test_two_classes_agree_with_scikit_learn(line: LogisticRegression) -> None:
    """With two classes, each metric is scikit-learn's own of the second class."""
    y = np.array([0, 1, 0, 1, 0, 1])
    answer, share = line.predict(LINE), line.predict_proba(LINE)[:, 1]
    assert evaluate(line, LINE, y).metrics == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(y, answer),
            "precision": metrics.precision_score(y, answer),
            "recall": metrics.recall_score(y, answer),
            "f1_score": metrics.f1_score(y, answer),
            "roc_auc": metrics.roc_auc_score(y, share),
            "average_precision": metrics.average_precision_score(y, share),
            "log_loss": metrics.log_loss(y, share),
            "brier": metrics.brier_score_loss(y, share),
        }
    )


def test_more_classes_agree_with_scikit_learn() -> None:
    """With more classes, each metric is scikit-learn's own, weighted by the rows of a class."""
    model = LogisticRegression().fit(BLOBS, THREE)
    answer, shares = model.predict(BLOBS), model.predict_proba(BLOBS)
    weighted: dict[str, Any] = {"average": "weighted"}
    assert evaluate(model, BLOBS, THREE).metrics == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(THREE, answer),
            "precision": metrics.precision_score(THREE, answer, **weighted),
            "recall": metrics.recall_score(THREE, answer, **weighted),
            "f1_score": metrics.f1_score(THREE, answer, **weighted),
            "roc_auc": metrics.roc_auc_score(THREE, shares, multi_class="ovr", **weighted),
            "average_precision": metrics.average_precision_score(THREE, shares, **weighted),
            "log_loss": metrics.log_loss(THREE, shares),
            "brier": np.mean(np.sum((shares - np.eye(3)[THREE]) ** 2, axis=1)),
        }
    )


def test_the_second_class_is_positive() -> None:
    """Labels that are words score as their positions do, in any container."""
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
def test_decisions_rank_and_are_no_probabilities(model: Any, expected: set[str]) -> None:
    """Without probabilities, the decision function ranks, and what needs them is left out."""
    for X, y in ((LINE, HALVES), (BLOBS, THREE)):
        found = evaluate(model.fit(X, y), X, y)
        assert set(found.metrics) == expected
        assert ("probabilities" in found.arrays) == (expected >= PROBABILITY_METRICS)
        assert ("y_score" in found.arrays) != ("probabilities" in found.arrays)


def test_decisions_by_pair_rank_no_class() -> None:
    """One decision for each pair of classes is no score of a class, though the number fits."""
    model = make_pipeline(SVC(decision_function_shape="ovo")).fit(BLOBS, THREE)
    assert set(evaluate(model, BLOBS, THREE).metrics) == LABEL_METRICS


def test_undefined_metrics_are_left_out(line: LogisticRegression) -> None:
    """A metric that divides by nothing is not there; it is never zero, and nothing warns."""
    never = DummyClassifier(strategy="constant", constant=0).fit(LINE, HALVES)
    found = evaluate(never, LINE, HALVES).metrics
    assert "precision" not in found
    assert (found["recall"], found["f1_score"], found["accuracy"]) == (0.0, 0.0, 0.5)
    all_negative = evaluate(line, LINE[:3], HALVES[:3]).metrics
    assert set(all_negative) == {"accuracy", "log_loss", "brier"}
    one_row = evaluate(DummyRegressor().fit(LINE, HALVES), LINE[:1], [2.0]).metrics
    assert set(one_row) == {"mae", "rmse"}
    flat = evaluate(LinearRegression().fit(LINE, LINE[:, 0]), LINE, [1.0] * 6).metrics
    assert "r2" not in flat


def test_a_class_that_the_model_does_not_know_counts_as_wrong(line: LogisticRegression) -> None:
    """A new label in the truth lowers the accuracy, and what needs its probability is left out."""
    found = evaluate(line, LINE, [0, 0, 0, 1, 1, 2])
    assert found.metrics["accuracy"] == pytest.approx(5 / 6)
    assert set(found.metrics) == LABEL_METRICS
    assert found.additional["classes"] == [0, 1, 2]
    assert found.additional["confusion_matrix"] == [[3, 0, 0], [0, 2, 0], [0, 1, 0]]


def test_a_class_that_is_not_tested_weighs_nothing() -> None:
    """A class without a test row does not count in what is weighted by rows."""
    model = LogisticRegression().fit(BLOBS, THREE)
    some = THREE != 2
    found = evaluate(model, BLOBS[some], THREE[some]).metrics
    assert found["precision"] > 0.5
    assert 0 < found["log_loss"] < 2
    assert len(evaluate(model, BLOBS[some], THREE[some]).additional["confusion_matrix"]) == 3


def test_regression_by_hand() -> None:
    """A regressor's errors are those counted on paper, in the units of the target."""
    model = DummyRegressor(strategy="constant", constant=2.0).fit(LINE, HALVES)
    found = evaluate(model, LINE[:4], [0.0, 2.0, 2.0, 8.0])
    assert found.metrics == pytest.approx({"mae": 2.0, "rmse": math.sqrt(10.0), "r2": 1 - 40 / 36})
    assert found.additional == {}
    assert set(found.arrays) == {"y_true", "y_pred"}


def test_several_outputs() -> None:
    """Several outputs have the share of whole rows that are right, or the mean of their errors."""
    both = np.column_stack([HALVES, HALVES[::-1]])
    labels = KNeighborsClassifier(1).fit(LINE, both)
    wrong = both.copy()
    wrong[0, 0] = 1
    assert evaluate(labels, LINE, wrong).metrics == {"accuracy": pytest.approx(5 / 6)}
    numbers = LinearRegression().fit(LINE, both)
    assert set(evaluate(numbers, LINE, both).metrics) == {"r2", "mae", "rmse"}


@pytest.mark.parametrize("forest", [RandomForestClassifier, RandomForestRegressor])
def test_metrics_are_equal_to_the_last_digit(forest: Any) -> None:
    """Whatever number of jobs is asked for, and by whom, the answer has the same last digit."""
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
def test_arrays_need_no_pickle(y: Any) -> None:
    """The arrays are written and read as npz without pickle, and no value is lost."""
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
    """Truth in an object array is measured, and stored as the numbers that it holds."""
    found = evaluate(line, LINE, HALVES.astype(object))
    assert found.metrics == evaluate(line, LINE, HALVES).metrics
    assert found.arrays["y_true"].dtype == HALVES.dtype


def test_findings_can_be_recorded() -> None:
    """Metrics are Python's own numbers, and the report round-trips as JSON."""
    model = LogisticRegression().fit(BLOBS, THREE)
    found = evaluate(model, BLOBS, THREE)
    assert {type(value) for value in found.metrics.values()} == {float}
    content = decode(json.loads(canonical_json(encode(found.additional))))
    assert content == found.additional
    report = found.additional["classification_report"]
    assert report["weighted avg"]["f1-score"] == pytest.approx(found.metrics["f1_score"])


def test_many_classes_have_no_confusion_matrix() -> None:
    """A matrix that would crowd the record is left out, and the metrics stay."""
    y = np.arange(MAX_REPORTED_CLASSES + 1)
    X = y[:, np.newaxis]
    found = evaluate(KNeighborsClassifier(1).fit(np.tile(X, (3, 1)), np.tile(y, 3)), X, y)
    assert found.metrics["accuracy"] == 1.0
    assert found.additional == {}


@pytest.mark.parametrize("model", [KMeans(2, n_init=1), object(), None])
def test_what_does_not_predict_a_target_is_not_measured(model: Any) -> None:
    """A clustering, or an object that is no estimator, has no metrics."""
    fitted = model.fit(LINE) if isinstance(model, KMeans) else model
    found = evaluate(fitted, LINE, HALVES)
    assert (found.metrics, found.additional, found.arrays) == ({}, {}, {})


class Bare(ClassifierMixin):
    """Classify without being an estimator."""

    def predict(self, X: Any) -> Any:
        """Call everything positive."""
        return np.ones(len(X), dtype=int)


def test_a_bare_classifier_is_measured() -> None:
    """A classifier by its mixin alone, without classes or parameters, has its label metrics."""
    assert set(evaluate(Bare(), LINE, HALVES).metrics) == LABEL_METRICS


@pytest.mark.parametrize("model", [LogisticRegression(), LinearRegression()])
def test_truth_of_another_length_is_refused(model: Any) -> None:
    """Truth that does not fit the rows is an error, not a model without metrics."""
    model.fit(LINE, HALVES)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        evaluate(model, LINE, HALVES[:5])


def test_truth_of_another_kind_is_refused(line: LogisticRegression) -> None:
    """Words as truth for a model that answers in numbers are an error."""
    with pytest.raises(ValueError, match="type"):
        evaluate(line, LINE, WORDS[HALVES])


def test_every_metric_has_a_direction() -> None:
    """Of each metric that is measured, the registry knows which way is better."""
    directions = {name: higher_is_better(name) for name in LABEL_METRICS | RANK_METRICS | {"r2"}}
    assert set(directions.values()) == {True}
    lower = {name: higher_is_better(name) for name in PROBABILITY_METRICS | {"mae", "rmse"}}
    assert set(lower.values()) == {False}
