"""Metrics of predictions: which calls give the test data of a version."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, r2_score, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.registry.facade import ModelRegistry
from tests.autoregister.conftest import Data

LABELS = np.array(["noise", "planet"])


@pytest.mark.parametrize(
    "call",
    [
        lambda model, X, y: accuracy_score(y, model.predict(X.copy())),
        lambda model, X, y: roc_auc_score(y, model.predict_proba(X)[:, 1]),
        lambda model, X, y: accuracy_score(list(y), model.predict(X)),
        lambda model, X, y: accuracy_score(y[:, np.newaxis], model.predict(X)),
    ],
    ids=["an expression", "a column of a view", "a list", "a column of labels"],
)
def test_predictions_of_all_rows_count(registry: ModelRegistry, data: Data, call: Any) -> None:
    """The rows may be an expression, and the model may return a part of a larger array."""
    with registry.autoregister("m"):
        model = DecisionTreeClassifier(random_state=0).fit(data.X, data.y)
        call(model, data.X_test, data.y_test)
    assert registry["m"].metrics["accuracy"] == model.score(data.X_test, data.y_test)


def test_predictions_of_a_scaled_table_are_kept_with_their_result(
    registry: ModelRegistry, data: Data
) -> None:
    """A metric may follow in a later line than the prediction of an expression."""
    scaler = StandardScaler().fit(data.X)
    with registry.autoregister("m"):
        model = LogisticRegression().fit(scaler.transform(data.X), data.y)
        predicted = model.predict(scaler.transform(data.X_test))
        f1_score(data.y_test, predicted)
    assert registry["m"].metrics["f1_score"] == f1_score(data.y_test, predicted)


@pytest.mark.parametrize(
    "call",
    [
        lambda y, predicted, _: accuracy_score(y[::-1], predicted[::-1]),
        lambda y, predicted, _: accuracy_score(y[:10], predicted[:10]),
        lambda y, _, share: roc_auc_score(1 - y, share[:, 0]),
        lambda y, _, share: roc_auc_score(y == 1, share[:, 1]),
        lambda y, _, share: roc_auc_score(LABELS[y], share[:, 1]),
        lambda y, _, share: roc_auc_score(np.c_[1 - y, y], share),
    ],
    ids=["reversed", "a part", "the other class", "a comparison", "other labels", "indicators"],
)
def test_predictions_with_other_true_values_do_not_count(
    registry: ModelRegistry, data: Data, call: Any
) -> None:
    """An earlier score stays, because the true values of these calls are not those of the rows."""
    with registry.autoregister("m"):
        model = GaussianNB().fit(data.X, data.y)
        score = model.score(data.X_test, data.y_test)
        call(data.y_test, model.predict(data.X_test), model.predict_proba(data.X_test))
    assert registry["m"].metrics["accuracy"] == score


def test_one_of_three_classes_does_not_count(registry: ModelRegistry, data: Data) -> None:
    """The column of a class is compared with one label, so its true values are not those of all."""
    y = np.digitize(data.X[:, 0], [-0.5, 0.5])
    truth = np.digitize(data.X_test[:, 0], [-0.5, 0.5])
    with registry.autoregister("m"):
        model = GaussianNB().fit(data.X, y)
        roc_auc_score((truth == 1).astype(int), model.predict_proba(data.X_test)[:, 1])
    assert registry["m"].metrics == {}


def test_text_labels_are_not_compared_with_a_truth_value(
    registry: ModelRegistry, data: Data, lines: list[str]
) -> None:
    """An area under the curve of ``y == "planet"`` does not lead to a reported error."""
    with registry.autoregister("m", report=lines.append):
        model = GaussianNB().fit(data.X, LABELS[data.y])
        share = model.predict_proba(data.X_test)[:, 1]
        roc_auc_score(LABELS[data.y_test] == "planet", share)
    assert lines == ["m:1 registered"]
    with registry.autoregister("m", report=lines.append):
        model.fit(data.X, LABELS[data.y])
        accuracy_score(LABELS[data.y_test], model.predict(data.X_test))
    assert registry["m:2"].metrics["accuracy"]


def test_a_prediction_of_an_earlier_fit_does_not_count(registry: ModelRegistry, data: Data) -> None:
    """After another fit of the estimator, a prediction is not a prediction of it."""
    with registry.autoregister("m"):
        model = GaussianNB().fit(data.X, data.y)
        predicted = model.predict(data.X_test)
        model.fit(data.X[:100], data.y[:100])
        accuracy_score(data.y_test, predicted)
    assert [registry[f"m:{number}"].metrics for number in (1, 2)] == [{}, {}]


def test_numbers_of_a_regressor_count(registry: ModelRegistry, data: Data) -> None:
    """A regressor has no labels to compare, and its target may be one column of a table."""
    from sklearn.linear_model import LinearRegression

    with registry.autoregister("m"):
        model = LinearRegression().fit(data.X, data.X[:, :1])
        score = r2_score(data.X_test[:, 0], model.predict(data.X_test)[:, 0])
    assert registry["m"].metrics["r2"] == pytest.approx(score)
