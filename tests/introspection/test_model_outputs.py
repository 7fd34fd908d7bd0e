"""Metrics of several labels and outputs, and of the outputs of a function, equal scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn import metrics
from sklearn.datasets import make_classification, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.evaluation import Evaluation
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.records.scoring import Scoring

X, SETS = make_multilabel_classification(80, 5, n_classes=3, random_state=0)
ROWS, THREE = make_classification(
    90, 5, n_informative=4, n_redundant=0, n_classes=3, random_state=0
)
TWO = (THREE > 0).astype(int)
WORDS = np.array(["candidate", "false positive", "planet"])[THREE]
SHARES = LogisticRegression().fit(ROWS, THREE).predict_proba(ROWS)
SHARE = LogisticRegression().fit(ROWS, TWO).predict_proba(ROWS)[:, 1]
MACRO: dict[str, Any] = {"average": "macro"}
NOTHING = {"any": "model"}


def measured(truth: Any, values: Any, **options: Any) -> Evaluation:
    """Return the evaluation of a dict whose predictions are `values`."""
    return evaluate(NOTHING, ROWS, truth, predict=lambda _model, _X: values, **options)


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(10, random_state=0),
        KNeighborsClassifier(),
        MLPClassifier((5,), max_iter=30, random_state=0),
        OneVsRestClassifier(LogisticRegression()),
        MultiOutputClassifier(LogisticRegression()),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_sets_of_labels_agree_with_scikit_learn(model: Any) -> None:
    """Metrics of several labels per row are the unweighted mean over the labels."""
    model.fit(X, SETS)
    answer, score = model.predict(X), model.predict_proba(X)
    if isinstance(score, list):
        score = np.column_stack([table[:, 1] for table in score])
    expected = {
        "accuracy": metrics.accuracy_score(SETS, answer),
        "hamming_loss": metrics.hamming_loss(SETS, answer),
        "precision": metrics.precision_score(SETS, answer, zero_division=0.0, **MACRO),
        "recall": metrics.recall_score(SETS, answer, **MACRO),
        "f1_score": metrics.f1_score(SETS, answer, **MACRO),
        "f1_weighted": metrics.f1_score(SETS, answer, average="weighted"),
        "f1_score.1": metrics.f1_score(SETS[:, 1], answer[:, 1]),
        "roc_auc": metrics.roc_auc_score(SETS, score, **MACRO),
        "average_precision": metrics.average_precision_score(SETS, score, **MACRO),
    }
    found = evaluate(model, X, SETS)
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert found.scoring == Scoring("multilabel", "macro")


def test_sparse_sets_of_labels_are_measured() -> None:
    """Sparse indicators give the same metrics as dense ones."""
    model = OneVsRestClassifier(LogisticRegression()).fit(X, sparse.csr_matrix(SETS))
    dense = OneVsRestClassifier(LogisticRegression()).fit(X, SETS)
    found = evaluate(model, X, sparse.csr_matrix(SETS)).metrics
    assert found == pytest.approx(evaluate(dense, X, SETS).metrics)


def test_labels_are_named_by_their_columns() -> None:
    """Columns of a frame name the metrics of each label."""
    frame = pd.DataFrame(SETS, columns=["transit", "eclipse", "noise"])
    model = KNeighborsClassifier().fit(X, SETS)
    found = evaluate(model, X, frame).metrics
    expected = metrics.recall_score(SETS[:, 1], model.predict(X)[:, 1])
    assert found["recall.eclipse"] == pytest.approx(expected)


def test_rows_of_sets_are_weighted() -> None:
    """Sample weights apply to sets of labels."""
    weight = np.arange(1.0, 81.0)
    model = KNeighborsClassifier().fit(X, SETS)
    found, answer = evaluate(model, X, SETS, sample_weight=weight).metrics, model.predict(X)
    expected = {
        "accuracy": metrics.accuracy_score(SETS, answer, sample_weight=weight),
        "f1_score": metrics.f1_score(SETS, answer, sample_weight=weight, **MACRO),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_several_outputs_of_more_labels_are_averaged() -> None:
    """Metrics of several outputs are the mean of their macro averages; accuracy is of rows."""
    truth = np.column_stack([THREE, TWO])
    model = KNeighborsClassifier().fit(ROWS, truth)
    found, answer = evaluate(model, ROWS, truth), model.predict(ROWS)
    f1 = [metrics.f1_score(truth[:, k], answer[:, k], **MACRO) for k in (0, 1)]
    expected = {
        "accuracy": np.mean((truth == answer).all(axis=1)),
        "f1_score": np.mean(f1),
        "f1_score.1": f1[1],
        "accuracy.0": metrics.accuracy_score(truth[:, 0], answer[:, 0]),
    }
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert found.scoring == Scoring("multioutput", "macro")


def test_several_text_outputs_are_measured() -> None:
    """Outputs with text labels are measured as those with numbers."""
    truth = np.column_stack([THREE, TWO])
    words = truth.astype(str)
    model, other = KNeighborsClassifier().fit(ROWS, truth), KNeighborsClassifier().fit(ROWS, words)
    found = evaluate(other, ROWS, words).metrics
    assert found == pytest.approx(evaluate(model, ROWS, truth).metrics)


def test_several_numbers_are_averaged_and_named() -> None:
    """Errors of several outputs are the mean, and each output has its own."""
    truth = pd.DataFrame({"mass": ROWS[:, 0] ** 2, "radius": ROWS[:, 1]})
    model = LinearRegression().fit(ROWS, truth)
    found, answer = evaluate(model, ROWS, truth).metrics, model.predict(ROWS)
    assert found["r2"] == pytest.approx(metrics.r2_score(truth, answer))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(truth, answer))
    assert found["r2.mass"] == pytest.approx(metrics.r2_score(truth["mass"], answer[:, 0]))


@pytest.mark.parametrize("option", [{"pos_label": 1}, {"threshold": 0.3}])
@pytest.mark.parametrize("truth", [SETS[:, :2], np.column_stack([THREE, TWO])[:80]])
def test_several_outputs_have_no_positive_class(option: dict[str, Any], truth: Any) -> None:
    """A positive class or a threshold of several outputs is an error."""
    model = KNeighborsClassifier().fit(X, truth)
    with pytest.raises(RecordError, match="requires a classifier with one output"):
        evaluate(model, X, truth, **option)


@pytest.mark.parametrize(
    ("truth", "values"),
    [
        (TWO, SHARE),
        (TWO, SHARE[:, None]),
        (TWO, np.column_stack([1 - SHARE, SHARE])),
        (TWO.astype(float), SHARE),
        (TWO.astype(bool), SHARE),
        (2 * TWO - 1, SHARE),
    ],
    ids=["one score", "a column", "a column by class", "float labels", "booleans", "-1 and 1"],
)
def test_probabilities_of_two_classes_are_measured(truth: Any, values: Any) -> None:
    """One probability per row refers to the positive class, and 0.5 is the threshold."""
    found, answer = measured(truth, values), SHARE >= 0.5
    expected = {
        "accuracy": metrics.accuracy_score(TWO, answer),
        "f1_score": metrics.f1_score(TWO, answer),
        "roc_auc": metrics.roc_auc_score(TWO, SHARE),
        "log_loss": metrics.log_loss(TWO, SHARE),
        "brier": metrics.brier_score_loss(TWO, SHARE),
    }
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert found.scoring is not None
    assert (found.scoring.task, found.scoring.average) == ("binary", "binary")


@pytest.mark.parametrize("label", ["no", "yes"])
def test_one_probability_of_text_labels_is_that_of_pos_label(label: str) -> None:
    """With text labels, one probability per row refers to the positive class."""
    truth = np.array(["no", "yes"])[TWO]
    share = SHARE if label == "yes" else 1 - SHARE
    found = measured(truth, share, pos_label=label, threshold=0.3).metrics
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(TWO, SHARE))
    answer = np.where(share >= 0.3, label, {"no": "yes", "yes": "no"}[label])
    assert found["recall"] == pytest.approx(metrics.recall_score(truth, answer, pos_label=label))


@pytest.mark.parametrize("dtype", [float, int, bool])
def test_a_yes_or_no_of_text_labels_is_a_score_of_pos_label(dtype: type) -> None:
    """For text labels, 0 and 1 of any dtype are scores of the positive class."""
    truth = np.array(["planet", "dust", "planet", "dust"])
    answer = np.array([1, 0, 0, 0]).astype(dtype)
    found = measured(truth, answer, pos_label="planet").metrics
    assert (found["recall"], found["precision"]) == (0.5, 1.0)


def test_one_probability_of_text_labels_requires_pos_label() -> None:
    """The class of one probability per row is not guessed from text labels."""
    with pytest.raises(RecordError, match="pass pos_label=, or return one column"):
        measured(np.array(["no", "yes"])[TWO], SHARE)


@pytest.mark.parametrize("truth", [THREE, WORDS, np.eye(3)[THREE]], ids=["int", "text", "one-hot"])
def test_probabilities_of_more_classes_are_measured(truth: Any) -> None:
    """Columns are the classes in order, also if the truth is one-hot encoded."""
    found, answer = measured(truth, SHARES).metrics, SHARES.argmax(axis=1)
    expected = {
        "accuracy": metrics.accuracy_score(THREE, answer),
        "f1_score": metrics.f1_score(THREE, answer, **MACRO),
        "roc_auc": metrics.roc_auc_score(THREE, SHARES, multi_class="ovr", **MACRO),
        "log_loss": metrics.log_loss(THREE, SHARES),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_decisions_of_more_classes_only_rank() -> None:
    """Columns that are not probabilities rank the rows and have no log loss."""
    found = measured(THREE, 10 * SHARES).metrics
    assert found["accuracy"] == pytest.approx(np.mean(SHARES.argmax(axis=1) == THREE))
    assert "roc_auc" in found
    assert "log_loss" not in found


def test_columns_that_match_no_labels_are_an_error() -> None:
    """Scores with another number of columns than labels cannot be assigned to classes."""
    with pytest.raises(ValueError, match="returned 2 columns, and y_test has 3 labels"):
        measured(WORDS, SHARES[:, :2])


@pytest.mark.parametrize(
    ("truth", "values"),
    [(THREE, THREE[::-1]), (THREE, THREE[::-1].astype(float)), (WORDS, WORDS[::-1])],
    ids=["int", "float", "text"],
)
def test_labels_of_a_function_are_measured(truth: Any, values: Any) -> None:
    """A function that returns labels has the metrics of labels."""
    found = measured(truth, values)
    assert found.metrics["f1_score"] == pytest.approx(metrics.f1_score(THREE, THREE[::-1], **MACRO))
    assert found.scoring == Scoring("multiclass", "macro")


def test_labels_of_a_function_have_no_threshold() -> None:
    """A threshold requires scores."""
    with pytest.raises(RecordError, match="returns probabilities or decisions, not labels"):
        measured(TWO, TWO, threshold=0.3)


@pytest.mark.parametrize(
    ("truth", "values"),
    [
        (ROWS[:, 0], ROWS[:, 0] + 1),
        (np.arange(90), np.arange(90) + 0.5),
        (np.arange(90), np.arange(90)[::-1]),
        (THREE, THREE + 0.25),
    ],
    ids=["numbers", "counts", "rounded counts", "grades"],
)
def test_numbers_of_a_function_are_measured(truth: Any, values: Any) -> None:
    """A function that returns numbers has the metrics of a regressor."""
    found = measured(truth, values)
    assert found.metrics["mae"] == pytest.approx(metrics.mean_absolute_error(truth, values))
    assert found.metrics["r2"] == pytest.approx(metrics.r2_score(truth, values))
    assert found.scoring == Scoring("regression")


def test_sets_of_labels_of_a_function_are_measured() -> None:
    """Probabilities of several labels per row are cut at 0.5."""
    rng = np.random.default_rng(0)
    truth, share = rng.integers(0, 2, (90, 3)), rng.random((90, 3))
    found = measured(truth, share).metrics
    assert found["f1_score"] == pytest.approx(metrics.f1_score(truth, share > 0.5, **MACRO))
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(truth, share, **MACRO))


def test_the_labels_of_the_model_are_the_columns() -> None:
    """Scores of a function are in the order of the labels of the model."""
    model = LogisticRegression().fit(ROWS, WORDS)
    some = WORDS != "planet"

    def predict(model: Any, X: Any) -> Any:
        return model.predict_proba(X)

    found = evaluate(model, ROWS[some], WORDS[some], predict=predict)
    assert found.metrics == pytest.approx(evaluate(model, ROWS[some], WORDS[some]).metrics)


LABELS = st.sampled_from([(0, 1), (-1, 1), (False, True), ("a", "b"), (1, 2), (0.0, 1.0)])


@settings(deadline=None)
@given(
    labels=LABELS,
    truth=arrays(np.int64, 12, elements=st.integers(0, 1)),
    answer=arrays(np.int64, 12, elements=st.integers(0, 1)),
)
def test_any_two_labels_agree_with_scikit_learn(labels: Any, truth: Any, answer: Any) -> None:
    """F1 is scikit-learn's default for numbers, and the macro average for other labels."""
    if len({*truth, *answer}) < 2 or not (truth | answer).any():
        return
    y_true, y_pred = np.array(labels)[truth], np.array(labels)[answer]
    found = measured(y_true, y_pred).metrics
    if labels in [("a", "b"), (1, 2)]:
        expected = metrics.f1_score(y_true, y_pred, **MACRO)
    else:
        expected = metrics.f1_score(y_true, y_pred)
    assert found["f1_score"] == pytest.approx(expected)
    assert found["f1_macro"] == pytest.approx(metrics.f1_score(y_true, y_pred, **MACRO))


@pytest.mark.parametrize(
    "values", [TWO, TWO.astype(float), TWO.astype(bool)], ids=["int", "float", "bool"]
)
def test_labels_of_booleans_are_booleans(values: Any) -> None:
    """Labels 0 and 1 of a function are stored as the booleans of the truth."""
    found = measured(TWO.astype(bool), values)
    assert found.arrays["y_pred"].tolist() == TWO.astype(bool).tolist()
    assert found.scoring == Scoring("binary", "binary", True)


def test_dates_are_not_numbers() -> None:
    """Dates as truth of a regression are an error."""
    dates = np.datetime64("2026-01-01") + np.arange(90)
    with pytest.raises(ValueError, match="y_test must hold numbers"):
        measured(dates, np.arange(90.0))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.where(ROWS > 1, np.nan, 0.5)[:, :2], "predictions are NaN"),
        (np.where(TWO, SHARE, np.nan), "predictions are NaN"),
        (None, "the predictions are a single value, and y_test has 90 rows"),
        ({"share": SHARE}, "the predictions are a single value, and y_test has 90 rows"),
        (SHARE[:5], "the predictions are 5 rows, and y_test has 90 rows"),
    ],
)
def test_predictions_that_are_missing_are_an_error(values: Any, message: str) -> None:
    """A score that is NaN does not count as one of the negative class."""
    with pytest.raises(ValueError, match=message):
        measured(TWO, values)


def test_columns_that_match_no_classes_of_the_model_are_an_error() -> None:
    """A model with two classes has two columns."""
    model = LogisticRegression().fit(ROWS, TWO)
    with pytest.raises(ValueError, match="3 columns, and it has 2 classes"):
        evaluate(model, ROWS, TWO, predict=lambda _model, _X: SHARES)


def test_scores_of_classes_that_do_not_sum_to_one_only_rank() -> None:
    """Such columns are not probabilities, which scikit-learn's log loss requires."""
    found = measured(THREE, SHARES**2)
    assert "log_loss" not in found.metrics
    assert found.metrics["accuracy"] == metrics.accuracy_score(THREE, SHARES.argmax(axis=1))


@pytest.mark.parametrize("truth", [ROWS[:, 0], ROWS[:, [0]]])
def test_a_column_of_numbers_is_stored_as_a_row(truth: Any) -> None:
    """Plots subtract the predictions from the truth."""
    model = LinearRegression().fit(ROWS, ROWS[:, [0]])
    arrays = evaluate(model, ROWS, truth).arrays
    assert arrays["y_true"].shape == arrays["y_pred"].shape == (90,)


def test_decisions_of_a_model_with_classes_are_scores() -> None:
    """They are not the numbers of a regression, although they exceed 1."""
    model = LogisticRegression().fit(ROWS, TWO)
    found = evaluate(model, ROWS, TWO, predict=lambda m, rows: m.decision_function(rows))
    assert found.metrics["f1_score"] == metrics.f1_score(TWO, model.predict(ROWS))
    assert found.scoring == Scoring("binary", "binary", 1)
