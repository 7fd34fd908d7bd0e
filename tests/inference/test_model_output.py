"""Predictions and probabilities of estimators, native models and forecasts."""

from __future__ import annotations

import inspect
import re
import warnings
from types import SimpleNamespace
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost
from sklearn.datasets import make_classification, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.inference.model_output import (
    MAX_STEPS,
    model_kind,
    outputs,
    predictions,
    read_learner,
)
from exo_nbregistry.persistence import predict_script
from exo_nbregistry.persistence.deployment import PROGRAM_MODULES

X, THREE = make_classification(90, 4, n_informative=3, n_redundant=0, n_classes=3, random_state=0)
TWO = (THREE > 0).astype(int)


def booster(objective: str, y: Any, **params: Any) -> Any:
    """Return a native booster of XGBoost."""
    return xgboost.train({"objective": objective, **params}, xgboost.DMatrix(X, y), 3)


def test_an_estimator_predicts_labels_and_probabilities() -> None:
    """An estimator returns its predictions, and its probabilities by class."""
    model = LogisticRegression().fit(X, THREE)
    labels, shares = outputs(model, X, {})
    np.testing.assert_array_equal(labels, model.predict(X))
    np.testing.assert_array_equal(shares, model.predict_proba(X))


def test_several_outputs_have_no_probabilities() -> None:
    """A model with several outputs returns a column of predictions for each of them."""
    _, many = make_multilabel_classification(90, 4, n_classes=3, random_state=0)
    labels, shares = outputs(RandomForestClassifier(3).fit(X, many), X, {})
    assert (labels.shape, shares) == ((90, 3), None)
    numbers, shares = outputs(RandomForestRegressor(3).fit(X, X[:, :2]), X, {})
    assert (numbers.shape, shares) == ((90, 2), None)


def test_a_single_probability_refers_to_the_positive_class() -> None:
    """A booster predicts its classes, and 0.5 is positive."""
    model = booster("binary:logistic", TWO)
    form = {"outputs": "probabilities", "classes": ["dust", "planet"], "positive": 1}
    labels, shares = outputs(model, X, form)
    raw = model.predict(xgboost.DMatrix(X))
    assert labels.tolist() == np.where(raw >= 0.5, "planet", "dust").tolist()
    np.testing.assert_array_equal(shares[:, 1], raw)
    labels, shares = outputs(model, X, form | {"positive": 0})
    assert labels.tolist() == np.where(raw >= 0.5, "dust", "planet").tolist()
    np.testing.assert_array_equal(shares[:, 0], raw)


def test_probabilities_by_class_have_the_most_probable_label() -> None:
    """Of more classes the most probable one is predicted, with numbers as default names."""
    model = booster("multi:softprob", THREE, num_class=3)
    labels, shares = outputs(model, X, {})
    assert labels.tolist() == shares.argmax(axis=1).tolist()
    named, _ = outputs(model, X, {"classes": ["a", "b", "c"]})
    assert set(named) == {"a", "b", "c"}


def test_several_labels_of_a_net_are_separate() -> None:
    """Scores of several labels are 0 or 1 for each."""
    net = SimpleNamespace(predict=lambda data, verbose: np.array([[0.9, 0.2], [0.6, 0.7]]))
    net_type = type("Net", (SimpleNamespace,), {"__module__": "keras.fake"})
    labels, shares = outputs(net_type(**vars(net)), X, {"outputs": "multilabel"})
    assert (labels.tolist(), shares) == ([[1, 0], [1, 1]], None)


def test_ranks_are_numbers() -> None:
    """A booster that ranks returns its scores."""
    data = lightgbm.Dataset(X, TWO, group=[45, 45])
    model = lightgbm.train({"objective": "lambdarank", "verbose": -1}, data, 2)
    np.testing.assert_array_equal(predictions(model, X, {}), model.predict(X))


class Naive:
    """A forecast of one value."""

    def forecast(self, steps: int = 1) -> list[float]:
        """Return the number of each step."""
        return [float(step) for step in range(1, steps + 1)]


def test_a_forecast_returns_the_value_of_each_step() -> None:
    """Steps may be in any order and repeated."""
    assert model_kind(Naive()) == "forecast"
    values, shares = outputs(Naive(), np.array([3, 1, 3]), {})
    assert (values.tolist(), shares) == ([3.0, 1.0, 3.0], None)
    assert outputs(Naive(), np.array([], dtype=int), {})[0].tolist() == []


def test_a_forecast_has_a_limit() -> None:
    """A step that would need a very long forecast is an error."""
    with pytest.raises(ValueError, match="step must be at most 100,000, got 100,001"):
        outputs(Naive(), np.array([MAX_STEPS + 1]), {})


def test_rows_are_not_forecast() -> None:
    """A forecast does not take the rows of a table."""
    with pytest.raises(ValueError, match="forecasts its own series"):
        outputs(Naive(), X, {})


def test_other_forecasts_are_not_of_one_series() -> None:
    """A method with another first argument, and an estimator, are not such forecasts."""
    other = SimpleNamespace(forecast=lambda y, steps: 1)
    assert model_kind(other) == "estimator"
    model = LogisticRegression()
    model.forecast = lambda steps: [1] * steps
    assert model_kind(model) == "estimator"


@pytest.mark.parametrize("kind", ["gbtree", "gblinear"])
def test_the_objective_is_read_without_a_warning(kind: str) -> None:
    """The learner names its objective; a deprecated booster gives no warning."""
    library = pytest.importorskip("xgboost", reason="xgboost is not installed")
    data = library.DMatrix(np.array([[0.0], [1.0]]), label=[0.0, 1.0])
    with library.config_context(verbosity=0):
        model = library.train({"booster": kind, "objective": "binary:logistic"}, data, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_learner(model)["objective"]["name"] == "binary:logistic"


class Lists:
    """A model that returns lists."""

    def predict(self, X: Any) -> list[str]:
        """Return a label for each row."""
        return ["dust"] * len(X)

    def predict_proba(self, X: Any) -> list[list[float]]:
        """Return the probabilities of each row."""
        return [[1.0, 0.0]] * len(X)


def test_lists_become_arrays() -> None:
    """A model may return lists."""
    labels, shares = outputs(Lists(), [[1.0]], {})
    assert (labels.tolist(), shares.tolist()) == (["dust"], [[1.0, 0.0]])


@pytest.mark.parametrize("module", [*PROGRAM_MODULES, predict_script])
def test_the_files_of_an_export_import_only_each_other(module: Any) -> None:
    """The files that an export copies import nothing else of this package."""
    names = re.findall(r"\bexo_nbregistry\.[\w.]+", inspect.getsource(module))
    assert set(names) <= {one.__name__ for one in PROGRAM_MODULES}
