"""The metrics of a fitted model."""

from __future__ import annotations

import io
import json
import math
from decimal import Decimal
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.base import ClassifierMixin
from sklearn.datasets import make_classification, make_regression
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.class_metrics import MAX_REPORTED_CLASSES
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.records.scoring import Scoring
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
    """With more classes, each metric is the unweighted mean over the classes."""
    model = LogisticRegression().fit(BLOBS, THREE)
    answer, shares = model.predict(BLOBS), model.predict_proba(BLOBS)
    macro: dict[str, Any] = {"average": "macro"}
    expected = {
        "accuracy": metrics.accuracy_score(THREE, answer),
        "precision": metrics.precision_score(THREE, answer, **macro),
        "recall": metrics.recall_score(THREE, answer, **macro),
        "f1_score": metrics.f1_score(THREE, answer, **macro),
        "f1_weighted": metrics.f1_score(THREE, answer, average="weighted"),
        "roc_auc": metrics.roc_auc_score(THREE, shares, multi_class="ovr", **macro),
        "average_precision": metrics.average_precision_score(THREE, shares, **macro),
        "log_loss": metrics.log_loss(THREE, shares),
        "brier": np.mean(np.sum((shares - np.eye(3)[THREE]) ** 2, axis=1)),
    }
    found = evaluate(model, BLOBS, THREE)
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert found.scoring == Scoring("multiclass", "macro")


@pytest.mark.parametrize("labels", [(0, 1), (0.0, 1.0), (-1, 1), (False, True)])
def test_the_larger_of_two_numbers_is_positive(labels: tuple[Any, Any]) -> None:
    """Of 0 and 1, -1 and 1, and False and True, the larger one is positive, as in scikit-learn."""
    y = np.array(labels)[[0, 1, 0, 1, 1, 1]]
    model = LogisticRegression().fit(LINE, y)
    found, answer = evaluate(model, LINE, y), model.predict(LINE)
    assert found.metrics["f1_score"] == pytest.approx(metrics.f1_score(y, answer))
    assert found.metrics["recall"] == pytest.approx(metrics.recall_score(y, answer))
    assert found.scoring == Scoring("binary", "binary", labels[1])


KOI = np.array(["CONFIRMED", "FALSE POSITIVE"])


@pytest.fixture(scope="module")
def vetter() -> LogisticRegression:
    """Return a model that finds few of the confirmed planets."""
    return LogisticRegression().fit(LINE, KOI[[0, 1, 1, 1, 1, 1]])


Y_KOI = KOI[[0, 0, 0, 1, 1, 1]]


def test_two_text_labels_are_averaged(vetter: LogisticRegression) -> None:
    """Neither of two text labels is positive, so metrics are the mean over both."""
    found, answer = evaluate(vetter, LINE, Y_KOI), vetter.predict(LINE)
    for name, function in (("precision", metrics.precision_score), ("f1_score", metrics.f1_score)):
        expected = function(Y_KOI, answer, average="macro", zero_division=0.0)
        assert found.metrics[name] == pytest.approx(expected)
    average = np.mean(
        [
            metrics.average_precision_score(label == Y_KOI, share)
            for label, share in zip(KOI, vetter.predict_proba(LINE).T, strict=True)
        ]
    )
    assert found.metrics["average_precision"] == pytest.approx(average)
    assert found.scoring is not None
    assert found.scoring.label == "macro average"


@pytest.mark.parametrize("label", KOI)
def test_pos_label_is_the_positive_class(vetter: LogisticRegression, label: str) -> None:
    """Precision, recall, F1 and the ranking metrics refer to the positive class."""
    found = evaluate(vetter, LINE, Y_KOI, pos_label=label).metrics
    answer = vetter.predict(LINE)
    share = vetter.predict_proba(LINE)[:, list(KOI).index(label)]
    options: dict[str, Any] = {"pos_label": label}
    expected = {
        "f1_score": metrics.f1_score(Y_KOI, answer, **options),
        "recall": metrics.recall_score(Y_KOI, answer, **options),
        "roc_auc": metrics.roc_auc_score(label == Y_KOI, share),
        "average_precision": metrics.average_precision_score(Y_KOI, share, **options),
        "brier": metrics.brier_score_loss(Y_KOI, share, **options),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_pos_label_of_three_classes_is_one_against_the_rest() -> None:
    """With more classes, the metrics of the positive class are those against all others."""
    model = LogisticRegression().fit(BLOBS, THREE)
    found, answer = evaluate(model, BLOBS, THREE, pos_label=2), model.predict(BLOBS)
    assert found.metrics["recall"] == pytest.approx(metrics.recall_score(THREE == 2, answer == 2))
    share = model.predict_proba(BLOBS)[:, 2]
    assert found.metrics["roc_auc"] == pytest.approx(metrics.roc_auc_score(THREE == 2, share))
    assert found.scoring == Scoring("multiclass", "binary", 2)


def test_each_class_has_its_own_metrics(vetter: LogisticRegression) -> None:
    """Precision, recall and F1 of each class are recorded under its label."""
    found, answer = evaluate(vetter, LINE, Y_KOI).metrics, vetter.predict(LINE)
    recalls = metrics.recall_score(Y_KOI, answer, average=None)
    for label, recall in zip(KOI, recalls, strict=True):
        assert found[f"recall.{label}"] == pytest.approx(recall)
    assert found["f1_macro"] == found["f1_score"]


@pytest.mark.parametrize("label", ["PLANET", 0, None])
def test_an_unknown_pos_label_is_rejected(vetter: LogisticRegression, label: Any) -> None:
    """A positive class that the model does not know is an error that names the labels."""
    if label is None:
        vetter, label = LogisticRegression().fit(LINE, HALVES), "1"
    with pytest.raises(RecordError, match="is not a label of the model; pass one of"):
        evaluate(vetter, LINE, Y_KOI, pos_label=label)


@pytest.mark.parametrize("option", [{"pos_label": 1}, {"threshold": 0.3}])
def test_a_regressor_has_no_positive_class(option: dict[str, Any]) -> None:
    """A positive class or a threshold of a regressor is an error."""
    with pytest.raises(RecordError, match="requires a classifier"):
        evaluate(LinearRegression().fit(LINE, LINE[:, 0]), LINE, LINE[:, 0], **option)


@pytest.mark.parametrize("label", KOI)
def test_metrics_use_the_threshold(vetter: LogisticRegression, label: str) -> None:
    """Metrics, confusion matrix and stored predictions are those at the threshold."""
    share = vetter.predict_proba(LINE)[:, list(KOI).index(label)]
    found = evaluate(vetter, LINE, Y_KOI, pos_label=label, threshold=0.3)
    other = KOI[label != KOI][0]
    answer = np.where(share >= 0.3, label, other)
    expected = metrics.recall_score(Y_KOI, answer, pos_label=label)
    assert found.metrics["recall"] == pytest.approx(expected)
    assert found.metrics["accuracy"] == pytest.approx(metrics.accuracy_score(Y_KOI, answer))
    matrix = metrics.confusion_matrix(Y_KOI, answer)
    assert found.additional["confusion_matrix"] == matrix.tolist()
    assert found.arrays["y_pred"].tolist() == answer.tolist()
    assert found.scoring is not None
    assert found.scoring.label == f"of {label} at 0.3"


@pytest.mark.parametrize("label", [0, 1])
def test_a_threshold_applies_to_decisions(label: int) -> None:
    """Without probabilities, the threshold applies to the decision of the positive class."""
    model = FixedThresholdClassifier(LinearSVC(), threshold=0.4, pos_label=label)
    expected = model.fit(LINE, HALVES).predict(LINE)
    found = evaluate(model.estimator_, LINE, HALVES, pos_label=label, threshold=0.4)
    assert found.arrays["y_pred"].tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("y", "option", "message"),
    [
        (KOI[HALVES], {"threshold": 0.3}, "pass pos_label='CONFIRMED'"),
        (np.arange(6), {"threshold": 0.3, "pos_label": 1}, "two classes, got 6"),
        (HALVES, {"threshold": "low"}, "must be a number, such as 0.3, got 'low'"),
        (HALVES, {"threshold": math.nan}, "must be a number"),
    ],
)
def test_an_ambiguous_threshold_is_rejected(y: Any, option: dict[str, Any], message: str) -> None:
    """A threshold requires two classes, a positive class and a number."""
    with pytest.raises(RecordError, match=message):
        evaluate(LogisticRegression().fit(LINE, y), LINE, y, **option)


def test_a_threshold_requires_scores() -> None:
    """A model that only predicts labels has no threshold."""
    with pytest.raises(RecordError, match="predict_proba or decision_function"):
        evaluate(Bare(), LINE, HALVES, threshold=0.3)


def test_rows_are_weighted(line: LogisticRegression) -> None:
    """Metrics with sample weights are scikit-learn's with the same weights."""
    y, weight = np.array([0, 0, 1, 0, 1, 1]), np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    found, answer = evaluate(line, LINE, y, sample_weight=weight), line.predict(LINE)
    share = line.predict_proba(LINE)[:, 1]
    expected = {
        "accuracy": metrics.accuracy_score(y, answer, sample_weight=weight),
        "precision": metrics.precision_score(y, answer, sample_weight=weight),
        "roc_auc": metrics.roc_auc_score(y, share, sample_weight=weight),
        "average_precision": metrics.average_precision_score(y, share, sample_weight=weight),
        "log_loss": metrics.log_loss(y, share, sample_weight=weight),
        "brier": metrics.brier_score_loss(y, share, sample_weight=weight),
        "recall.0": metrics.recall_score(y, answer, pos_label=0, sample_weight=weight),
        "f1_macro": metrics.f1_score(y, answer, average="macro", sample_weight=weight),
    }
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert found.arrays["sample_weight"].tolist() == weight.tolist()
    assert found.scoring is not None
    assert found.scoring.label == "of 1 with sample weights"


def test_numbers_are_weighted() -> None:
    """The errors of a regressor are weighted by the rows."""
    y, weight = LINE[:, 0] ** 2, np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    model = LinearRegression().fit(LINE, y)
    found, answer = evaluate(model, LINE, y, sample_weight=weight).metrics, model.predict(LINE)
    expected = {
        "r2": metrics.r2_score(y, answer, sample_weight=weight),
        "mae": metrics.mean_absolute_error(y, answer, sample_weight=weight),
        "rmse": metrics.root_mean_squared_error(y, answer, sample_weight=weight),
    }
    assert found == pytest.approx(expected)


def test_any_container_of_labels_is_measured_alike() -> None:
    """Text labels give the same metrics in any container."""
    y = np.array([0, 1, 0, 1, 1, 1])
    words = LogisticRegression().fit(LINE, WORDS[y])
    expected = evaluate(words, LINE, WORDS[y]).metrics
    for same in (WORDS[y].astype(object), list(WORDS[y]), pd.Series(WORDS[y])):
        assert evaluate(words, LINE, same).metrics == pytest.approx(expected)


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
        assert METRICS.keys() & found.metrics == expected
        assert ("probabilities" in found.arrays) == (expected >= PROBABILITY_METRICS)
        assert ("y_score" in found.arrays) != ("probabilities" in found.arrays)


def test_decisions_by_pair_rank_no_class() -> None:
    """A decision for each pair of classes is not used as a score of a class."""
    model = make_pipeline(SVC(decision_function_shape="ovo")).fit(BLOBS, THREE)
    assert METRICS.keys() & evaluate(model, BLOBS, THREE).metrics == LABEL_METRICS


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


def test_a_class_that_the_model_does_not_know_counts_as_wrong(
    line: LogisticRegression, caplog: pytest.LogCaptureFixture
) -> None:
    """A new label lowers the accuracy and is logged, and metrics of scores are omitted."""
    found = evaluate(line, LINE, [0, 0, 0, 1, 1, 2])
    assert "labels that the model does not know: 2." in caplog.text
    assert found.metrics["accuracy"] == pytest.approx(5 / 6)
    assert METRICS.keys() & found.metrics == LABEL_METRICS
    assert found.additional["classes"] == [0, 1, 2]
    assert found.additional["confusion_matrix"] == [[3, 0, 0], [0, 2, 0], [0, 1, 0]]


def test_a_class_that_is_not_tested_has_no_ranking_metric() -> None:
    """Ranking metrics are the mean over the classes with a test row."""
    model = LogisticRegression().fit(BLOBS, THREE)
    some = THREE != 2
    found = evaluate(model, BLOBS[some], THREE[some]).metrics
    shares = model.predict_proba(BLOBS[some])
    ranks = [metrics.roc_auc_score(THREE[some] == label, shares[:, label]) for label in (0, 1)]
    assert found["roc_auc"] == pytest.approx(np.mean(ranks))
    assert 0 < found["log_loss"] < 2
    assert len(evaluate(model, BLOBS[some], THREE[some]).additional["confusion_matrix"]) == 3


def test_regression_by_hand() -> None:
    """The errors of a regressor are in the units of the target."""
    model = DummyRegressor(strategy="constant", constant=2.0).fit(LINE, HALVES)
    found = evaluate(model, LINE[:4], [0.0, 2.0, 2.0, 8.0])
    assert found.metrics == pytest.approx({"mae": 2.0, "rmse": math.sqrt(10.0), "r2": 1 - 40 / 36})
    assert found.additional == {}
    assert set(found.arrays) == {"y_true", "y_pred"}


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
    assert report["macro avg"]["f1-score"] == pytest.approx(found.metrics["f1_score"])


def test_many_classes_have_no_confusion_matrix() -> None:
    """A confusion matrix that is too large is omitted; the metrics are not."""
    y = np.arange(MAX_REPORTED_CLASSES + 1)
    X = y[:, np.newaxis]
    found = evaluate(KNeighborsClassifier(1).fit(np.tile(X, (3, 1)), np.tile(y, 3)), X, y)
    assert found.metrics["accuracy"] == 1.0
    assert found.additional == {}


@pytest.mark.parametrize("model", [object(), None, {"any": "model"}, lambda X: X])
def test_another_object_is_not_measured(model: Any) -> None:
    """Objects other than estimators have no metrics, and the evaluation names the reason."""
    found = evaluate(model, LINE, HALVES)
    assert (found.metrics, found.additional, found.arrays) == ({}, {}, {})
    assert found.reason == "it is not an estimator that can be evaluated"


class Bare(ClassifierMixin):
    """A classifier that is not an estimator."""

    def predict(self, X: Any) -> Any:
        """Return the positive class for each row."""
        return np.ones(len(X), dtype=int)


def test_a_bare_classifier_is_measured() -> None:
    """A classifier by its mixin alone, without classes or parameters, has its label metrics."""
    assert METRICS.keys() & evaluate(Bare(), LINE, HALVES).metrics == LABEL_METRICS


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


def test_a_new_label_does_not_change_the_average(line: LogisticRegression) -> None:
    """With a label that training never saw, the metrics are still those of the positive class."""
    found = evaluate(line, LINE, [0, 0, 0, 1, 2, 1])
    assert found.scoring == Scoring("binary", "binary", 1)
    assert found.metrics["precision"] == pytest.approx(2 / 3)
    assert found.metrics["recall"] == 1.0
    report = metrics.precision_score(
        [0, 0, 0, 1, 2, 1], line.predict(LINE), labels=[1], average=None
    )
    assert found.metrics["precision"] == pytest.approx(report[0])


def test_at_most_five_new_labels_are_named(
    line: LogisticRegression, caplog: pytest.LogCaptureFixture
) -> None:
    """The warning about unknown labels names five of them and counts the others."""
    rows, new = np.tile(LINE, (2, 1)), np.arange(12) + 10
    evaluate(line, rows, new)
    assert "10, 11, 12, 13, 14 and 7 more." in caplog.text
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "weight", [-np.ones(6), np.zeros(6), [np.nan] * 6, ["a"] * 6, [None] * 6, np.ones((6, 2))]
)
def test_invalid_weights_are_rejected(line: LogisticRegression, weight: Any) -> None:
    """A weight is a number of at least 0."""
    with pytest.raises(RecordError, match="sample_weight must be one number of at least 0"):
        evaluate(line, LINE, HALVES, sample_weight=weight)


def test_a_column_of_weights_is_read(line: LogisticRegression) -> None:
    """A frame with one column weights the rows as a series does."""
    weight = np.arange(6.0)
    column = evaluate(line, LINE, HALVES, sample_weight=weight[:, None])
    assert column.metrics == evaluate(line, LINE, HALVES, sample_weight=weight).metrics


@pytest.mark.parametrize("threshold", [30, -0.1])
def test_a_threshold_of_probabilities_is_a_share(
    line: LogisticRegression, threshold: float
) -> None:
    """Percentages are rejected, instead of a model that never predicts the positive class."""
    with pytest.raises(RecordError, match="is not a probability; pass a number from 0 to 1"):
        evaluate(line, LINE, HALVES, threshold=threshold)


def test_a_list_is_not_a_positive_class(line: LogisticRegression) -> None:
    """An array of labels has the message of an unknown label."""
    with pytest.raises(RecordError, match="is not a label of the model"):
        evaluate(line, LINE, HALVES, pos_label=np.array([0, 1]))


def test_decimals_are_numbers() -> None:
    """The exact numbers of a database are measured as floats."""
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    exact = [Decimal("0.5"), Decimal("1.5")]
    found = evaluate(model, [[0.0], [1.0]], exact)
    assert found.metrics["mae"] == 0.5


@pytest.mark.parametrize("known", [int, float, bool])
@pytest.mark.parametrize("truth", [int, float, bool])
def test_classes_have_the_names_of_the_model(known: Any, truth: Any) -> None:
    """The dtype of the test labels does not change names, nor does a decimal point."""
    model = LogisticRegression().fit(LINE, HALVES.astype(known))
    found = evaluate(model, LINE, HALVES.astype(truth))
    assert found.metrics[f"recall.{True if known is bool else 1}"] == 1.0
    assert found.scoring is not None
    assert found.scoring.label == ("of True" if known is bool else "of 1")
