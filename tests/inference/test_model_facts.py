"""Kind, classes and columns of any model, without a prediction."""

from __future__ import annotations

import os
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xgboost
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multioutput import MultiOutputClassifier
from sklearn.svm import LinearSVC

from exo_nbregistry.inference.any_model import predict_codes, predict_shares
from exo_nbregistry.inference.model_facts import (
    ModelFacts,
    feature_names,
    n_features,
    read_facts,
)
from exo_nbregistry.inference.model_output import raw_outputs

os.environ.setdefault("KERAS_BACKEND", "jax")

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(90, 3))
THREE = RANDOM.integers(0, 3, 90)
TWO = (THREE > 0).astype(int)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])


def boost(objective: str, y: Any, **settings: Any) -> xgboost.Booster:
    """Return a booster of XGBoost."""
    return xgboost.train({"objective": objective, **settings}, xgboost.DMatrix(FRAME, y), 2)


def grow(objective: str, y: Any, **settings: Any) -> lightgbm.Booster:
    """Return a booster of LightGBM."""
    settings = {"objective": objective, "verbose": -1, **settings}
    return lightgbm.train(settings, lightgbm.Dataset(X, y), 2)


def net(units: int, activation: str | None, loss: str | None) -> Any:
    """Return a Keras network of one layer."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units, activation=activation)])
    if loss is not None:
        model.compile(loss=loss)
    return model


BINARY, TERNARY = ModelFacts("classifier", (0, 1), True), ModelFacts("classifier", (0, 1, 2), True)
MODELS: dict[str, tuple[Any, ModelFacts]] = {
    "logistic": (lambda: LogisticRegression().fit(X, THREE), TERNARY),
    "svm": (lambda: LinearSVC().fit(X, TWO), ModelFacts("classifier", (0, 1), False)),
    "ridge": (lambda: Ridge().fit(X, TWO), ModelFacts("regressor")),
    "several": (
        lambda: MultiOutputClassifier(LogisticRegression()).fit(X, np.column_stack([TWO, TWO])),
        ModelFacts("classifier", None, True),
    ),
    "clusters": (lambda: KMeans(2, n_init=1).fit(X), ModelFacts("clusterer")),
    "object": (object, ModelFacts()),
    "binary": (lambda: boost("binary:logistic", TWO), BINARY),
    "hinge": (lambda: boost("binary:hinge", TWO), ModelFacts("classifier", (0, 1), False)),
    "logit": (lambda: boost("binary:logitraw", TWO), ModelFacts("classifier", (0, 1), False)),
    "softprob": (lambda: boost("multi:softprob", THREE, num_class=3), TERNARY),
    "softmax": (
        lambda: boost("multi:softmax", THREE, num_class=3),
        ModelFacts("classifier", (0, 1, 2), False),
    ),
    "squares": (lambda: boost("reg:squarederror", TWO), ModelFacts("regressor")),
    "grown": (lambda: grow("binary", TWO), BINARY),
    "multiclass": (lambda: grow("multiclass", THREE, num_class=3), TERNARY),
    "l2": (lambda: grow("regression", TWO), ModelFacts("regressor")),
    "sigmoid": (lambda: net(1, "sigmoid", "binary_crossentropy"), BINARY),
    "shares": (lambda: net(3, "softmax", "sparse_categorical_crossentropy"), TERNARY),
    "scores": (
        lambda: net(1, None, "binary_crossentropy"),
        ModelFacts("classifier", (0, 1), False),
    ),
    "numbers": (lambda: net(1, None, "mse"), ModelFacts("regressor")),
    "uncompiled": (lambda: net(3, "softmax", None), TERNARY),
    "unknown": (lambda: net(1, None, None), ModelFacts()),
    "logit_results": (lambda: sm.Logit(TWO, X).fit(disp=0), BINARY),
    "mnlogit": (lambda: sm.MNLogit(THREE, X).fit(disp=0), TERNARY),
    "ols": (lambda: sm.OLS(TWO, X).fit(), ModelFacts("regressor")),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_kind_and_the_classes(name: str) -> None:
    """The kind, the classes and the existence of probabilities are read from the model."""
    make, expected = MODELS[name]
    assert read_facts(make()) == expected


@pytest.mark.parametrize("name", [name for name, (_, facts) in MODELS.items() if facts.has_shares])
def test_the_facts_match_the_predictions(name: str) -> None:
    """The probabilities have a column for each class, and the predictions are classes."""
    make, facts = MODELS[name]
    model = make()
    if facts.codes is None:
        return
    rows = FRAME if name in ("binary", "softprob") else X
    shares = predict_shares(model, rows)
    assert shares.shape == (90, len(facts.codes))
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert set(predict_codes(model, rows).tolist()) <= set(facts.codes)


def test_scores_without_a_loss_are_classes_if_they_are_decoded() -> None:
    """A Keras model without a loss predicts numbers, or classes by the sign of its scores."""
    model = net(1, None, None)
    values = raw_outputs(model, X)
    assert not isinstance(values, str)
    assert values is not None
    assert np.array_equal(predict_codes(model, X), values.values)
    expected = (values.values >= 0).astype(int)
    assert np.array_equal(predict_codes(model, X, is_classifier=True), expected)


def test_columns_of_a_model() -> None:
    """Names and number of the training columns are read, if they are known."""
    booster = boost("binary:logistic", TWO)
    assert (feature_names(booster), n_features(booster)) == (("a", "b", "c"), 3)
    grown = grow("binary", TWO)
    assert (feature_names(grown), n_features(grown)) == (None, 3)
    ridge = Ridge().fit(FRAME, TWO)
    assert (feature_names(ridge), n_features(ridge)) == (("a", "b", "c"), 3)
    words = TfidfVectorizer().fit(["deep"])
    assert (feature_names(words), n_features(words)) == (None, None)
    assert n_features(net(1, None, None)) == 3
    assert n_features(object()) is None
