"""Native boosters and Keras models are measured by what they return."""

from __future__ import annotations

import os
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.api as sm
import xgboost
from sklearn import metrics
from sklearn.datasets import make_classification, make_regression

from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.records.scoring import Scoring

os.environ.setdefault("KERAS_BACKEND", "jax")

X, THREE = make_classification(120, 4, n_informative=3, n_redundant=0, n_classes=3, random_state=0)
TWO = (THREE > 0).astype(int)
LINE, NUMBERS = make_regression(120, 4, noise=5.0, random_state=0)
MACRO: dict[str, Any] = {"average": "macro"}


def boost(objective: str, y: Any, **params: Any) -> xgboost.Booster:
    """Return a native booster of XGBoost."""
    names = ["a", "b", "c", "d"]
    table = xgboost.DMatrix(X if y is not NUMBERS else LINE, y, feature_names=names)
    return xgboost.train({"objective": objective, "max_depth": 2, **params}, table, 5)


def grow(objective: str, y: Any, **params: Any) -> lightgbm.Booster:
    """Return a native booster of LightGBM."""
    table = lightgbm.Dataset(X if y is not NUMBERS else LINE, y)
    settings = {"objective": objective, "verbose": -1, "num_leaves": 4, **params}
    return lightgbm.train(settings, table, 5)


def share_of(model: Any) -> Any:
    """Return the probability of the positive class."""
    if isinstance(model, xgboost.Booster):
        return model.predict(xgboost.DMatrix(X, feature_names=model.feature_names))
    return model.predict(X)


@pytest.mark.parametrize("model", [boost("binary:logistic", TWO), grow("binary", TWO)])
def test_a_binary_booster_is_measured(model: Any) -> None:
    """The probabilities of a booster have the metrics of a classifier of two classes."""
    found, share = evaluate(model, X, TWO), share_of(model)
    expected = {
        "f1_score": metrics.f1_score(TWO, share >= 0.5),
        "roc_auc": metrics.roc_auc_score(TWO, share),
        "log_loss": metrics.log_loss(TWO, share),
    }
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected, rel=1e-5)
    assert found.scoring == Scoring("binary", "binary", 1)


def test_a_threshold_applies_to_a_booster() -> None:
    """The predictions of a booster are those at the threshold."""
    model = boost("binary:logistic", TWO)
    found = evaluate(model, X, TWO, threshold=0.8).metrics
    assert found["recall"] == pytest.approx(metrics.recall_score(TWO, share_of(model) >= 0.8))


@pytest.mark.parametrize(
    "model",
    [
        boost("multi:softprob", THREE, num_class=3),
        grow("multiclass", THREE, num_class=3),
        grow("multiclassova", THREE, num_class=3),
    ],
)
def test_a_multiclass_booster_is_measured(model: Any) -> None:
    """The probabilities by class have the metrics of more classes."""
    found, answer = evaluate(model, X, THREE), share_of(model).argmax(axis=1)
    assert found.metrics["f1_score"] == pytest.approx(metrics.f1_score(THREE, answer, **MACRO))
    assert "roc_auc" in found.metrics
    assert found.scoring == Scoring("multiclass", "macro")


@pytest.mark.parametrize(
    ("objective", "truth", "params"),
    [("multi:softmax", THREE, {"num_class": 3}), ("binary:hinge", TWO, {})],
)
def test_a_booster_of_labels_is_measured(objective: str, truth: Any, params: Any) -> None:
    """A booster that returns labels has the metrics of labels."""
    model = boost(objective, truth, **params)
    found, answer = evaluate(model, X, truth).metrics, share_of(model)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(truth, answer))
    assert "roc_auc" not in found


def test_a_booster_of_decisions_ranks() -> None:
    """Raw margins are cut at 0 and rank the rows."""
    model = boost("binary:logitraw", TWO)
    found, score = evaluate(model, X, TWO).metrics, share_of(model)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(TWO, score > 0))
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(TWO, score))
    assert "log_loss" not in found


@pytest.mark.parametrize(
    "model", [boost("reg:squarederror", NUMBERS), grow("regression", NUMBERS), grow("mae", NUMBERS)]
)
def test_a_booster_of_numbers_is_measured(model: Any) -> None:
    """The objective of a regression gives the metrics of numbers."""
    found = evaluate(model, LINE, NUMBERS)
    is_xgboost = isinstance(model, xgboost.Booster)
    names = model.feature_names if is_xgboost else None
    answer = model.predict(xgboost.DMatrix(LINE, feature_names=names) if is_xgboost else LINE)
    assert found.metrics["rmse"] == pytest.approx(
        metrics.root_mean_squared_error(NUMBERS, answer), rel=1e-5
    )
    assert found.scoring == Scoring("regression")


@pytest.mark.parametrize("is_array", [True, False])
def test_a_frame_keeps_its_names(is_array: bool) -> None:
    """A booster with feature names is measured on a frame and on an array."""
    model = boost("binary:logistic", TWO)
    table = X if is_array else pd.DataFrame(X, columns=model.feature_names)
    assert evaluate(model, table, TWO).metrics["roc_auc"] > 0.5


def test_a_ranking_has_a_reason() -> None:
    """A booster that ranks within groups is not measured, and the reason names its objective."""
    table = xgboost.DMatrix(X, TWO, qid=np.repeat(np.arange(12), 10))
    model = xgboost.train({"objective": "rank:ndcg"}, table, 2)
    assert "rank:ndcg has no metrics here" in evaluate(model, X, TWO).reason


def net(units: int, activation: str | None, loss: Any, y: Any) -> Any:
    """Return a small Keras model, fitted in two epochs."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(units, activation)])
    if loss is not None:
        model.compile("adam", loss)
        model.fit(X, y, epochs=2, verbose=0)
    return model


@pytest.mark.parametrize("loss", ["binary_crossentropy", None])
def test_a_net_of_one_probability_is_measured(loss: Any) -> None:
    """A sigmoid output is the probability of the positive class, also if not compiled."""
    model = net(1, "sigmoid", loss, TWO)
    found, share = evaluate(model, X, TWO), model.predict(X, verbose=0).ravel()
    assert found.metrics["recall"] == pytest.approx(metrics.recall_score(TWO, share >= 0.5))
    assert found.metrics["roc_auc"] == pytest.approx(metrics.roc_auc_score(TWO, share))


@pytest.mark.parametrize(
    ("loss", "truth"),
    [("sparse_categorical_crossentropy", THREE), ("categorical_crossentropy", np.eye(3)[THREE])],
)
def test_a_net_of_classes_is_measured(loss: str, truth: Any) -> None:
    """A softmax output has a column for each class, also with a one-hot encoded truth."""
    model = net(3, "softmax", loss, truth)
    found, share = evaluate(model, X, truth), model.predict(X, verbose=0)
    expected = metrics.f1_score(THREE, share.argmax(axis=1), **MACRO)
    assert found.metrics["f1_score"] == pytest.approx(expected)
    assert found.scoring == Scoring("multiclass", "macro")


def test_a_net_of_logits_ranks() -> None:
    """Logits of a net are decisions, cut at 0."""
    import keras

    model = net(1, None, keras.losses.BinaryCrossentropy(from_logits=True), TWO)
    found, score = evaluate(model, pd.DataFrame(X), TWO), model.predict(X, verbose=0).ravel()
    assert found.metrics["accuracy"] == pytest.approx(metrics.accuracy_score(TWO, score > 0))
    assert "log_loss" not in found.metrics


def test_a_net_of_numbers_is_measured() -> None:
    """A net with a squared error has the metrics of numbers."""
    model = net(1, None, "mse", X[:, 0])
    found, answer = evaluate(model, X, X[:, 0]), model.predict(X, verbose=0).ravel()
    expected = metrics.mean_absolute_error(X[:, 0], answer)
    assert found.metrics["mae"] == pytest.approx(expected, rel=1e-5)
    assert found.scoring == Scoring("regression")


def test_a_net_of_several_outputs_has_a_reason() -> None:
    """A net with two output layers is not measured."""
    import keras

    start = keras.layers.Input((4,))
    ends = [keras.layers.Dense(1, name=name)(start) for name in ("a", "b")]
    assert evaluate(keras.Model(start, ends), X, TWO).reason == "it has several output layers"


def test_a_booster_reads_a_polars_frame() -> None:
    """The columns are found by name, and pyarrow is not required."""
    model, frame = boost("binary:logistic", TWO), pl.DataFrame(X, schema=list("abcd"))
    assert evaluate(model, frame, TWO).metrics == evaluate(model, X, TWO).metrics


def test_an_objective_of_the_user_has_a_reason() -> None:
    """The margins of classes are not measured as the numbers of a regression."""

    def gradient(margin: Any, table: Any) -> tuple[Any, Any]:
        return margin - table.get_label(), np.ones_like(margin)

    model = lightgbm.train({"objective": gradient, "verbose": -1}, lightgbm.Dataset(X, TWO), 5)
    assert evaluate(model, X, TWO).reason.startswith("its objective is a function")


@pytest.mark.parametrize(
    "results",
    [
        sm.Logit(TWO, X).fit(disp=0),
        sm.GLM(TWO, X, family=sm.families.Binomial()).fit(),
    ],
    ids=["Logit", "GLM"],
)
def test_probabilities_of_statsmodels_are_measured(results: Any) -> None:
    """They have the metrics of a classifier of two classes."""
    found, share = evaluate(results, X, TWO), results.predict(X)
    assert found.metrics["f1_score"] == metrics.f1_score(TWO, share >= 0.5)
    assert found.metrics["log_loss"] == pytest.approx(metrics.log_loss(TWO, share))
    assert found.scoring == Scoring("binary", "binary", 1)


def test_three_classes_of_statsmodels_are_measured() -> None:
    """A multinomial model has a probability of each class."""
    results = sm.MNLogit(THREE, X).fit(disp=0)
    expected = metrics.f1_score(THREE, results.predict(X).argmax(axis=1), **MACRO)
    assert evaluate(results, X, THREE).metrics["f1_score"] == expected


def test_numbers_of_statsmodels_are_measured() -> None:
    """The predictions of a linear model are numbers."""
    results = sm.OLS(NUMBERS, LINE).fit()
    expected = metrics.r2_score(NUMBERS, results.predict(LINE))
    assert evaluate(results, LINE, NUMBERS).metrics["r2"] == pytest.approx(expected)


def test_a_forecast_has_a_reason() -> None:
    """The model of a series does not predict rows of other data."""
    results = sm.tsa.ARIMA(NUMBERS, order=(1, 0, 0)).fit()
    assert evaluate(results, LINE, NUMBERS).reason.startswith("it forecasts its own series")
