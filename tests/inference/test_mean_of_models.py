"""Means of several models, such as those of folds."""

from __future__ import annotations

import pickle

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from exo_nbregistry import bundle
from exo_nbregistry.errors import FormatVersionError, InvalidInputError
from exo_nbregistry.inference.mean_of_models import MeanOfModels

X, CODES = make_classification(90, 4, n_informative=3, n_redundant=0, n_classes=3, random_state=0)
TWO = (CODES > 0).astype(int)
HALVES = (slice(0, 60), slice(30, 90))


def test_probabilities_are_averaged() -> None:
    """The mean has the mean probabilities, and predicts their largest."""
    models = [LogisticRegression().fit(X[half], CODES[half]) for half in HALVES]
    mean = bundle(models, decode=["a", "b", "c"])
    shares = (models[0].predict_proba(X) + models[1].predict_proba(X)) / 2
    assert np.allclose(mean.predict_proba(X), shares)
    assert mean.predict(X).tolist() == [*np.array(["a", "b", "c"])[shares.argmax(axis=1)]]


def test_predictions_of_regressors_are_averaged() -> None:
    """The mean of regressors is the mean of their predictions."""
    models = [Ridge().fit(X[half], X[half, 0]) for half in HALVES]
    expected = (models[0].predict(X) + models[1].predict(X)) / 2
    assert np.allclose(bundle(models).predict(X), expected)


def test_native_boosters_are_averaged() -> None:
    """Boosters of folds are called with the data that they take."""
    settings = {"objective": "binary:logistic"}
    frame = pd.DataFrame(X, columns=[*"abcd"])
    boosted = [xgboost.train(settings, xgboost.DMatrix(frame[h], TWO[h]), 3) for h in HALVES]
    shares = np.mean([one.predict(xgboost.DMatrix(frame)) for one in boosted], axis=0)
    mean = bundle(boosted)
    assert mean.feature_names_in_.tolist() == [*"abcd"]
    assert np.allclose(mean.predict_proba(frame[[*"dcba"]])[:, 1], shares)
    settings = {"objective": "binary", "verbose": -1}
    grown = [lightgbm.train(settings, lightgbm.Dataset(X[h], TWO[h]), 3) for h in HALVES]
    shares = np.mean([one.predict(X) for one in grown], axis=0)
    assert np.allclose(bundle(grown).predict_proba(X)[:, 1], shares)


def test_each_fold_can_have_its_scaler() -> None:
    """Bundles are averaged like other models."""
    folds = []
    for half in HALVES:
        scaler = StandardScaler().fit(X[half])
        model = LogisticRegression().fit(scaler.transform(X[half]), TWO[half])
        folds.append(bundle(scaler, model, decode=["dust", "planet"]))
    mean = bundle(folds)
    assert mean.classes_.tolist() == ["dust", "planet"]
    assert np.allclose(
        mean.predict_proba(X), (folds[0].predict_proba(X) + folds[1].predict_proba(X)) / 2
    )


def test_models_without_a_mean_are_rejected() -> None:
    """Models of different classes, or without probabilities, have no mean."""
    with pytest.raises(InvalidInputError, match="the same kind and the same classes"):
        MeanOfModels([LogisticRegression().fit(X, TWO), LogisticRegression().fit(X, CODES)])
    with pytest.raises(InvalidInputError, match="The mean of LinearSVC is undefined"):
        MeanOfModels([LinearSVC().fit(X, TWO)])
    with pytest.raises(InvalidInputError, match="at least one model"):
        MeanOfModels([])
    with pytest.raises(InvalidInputError, match="StandardScaler has no predict"):
        MeanOfModels([StandardScaler().fit(X)])


def test_a_copy_predicts_the_same() -> None:
    """A pickled mean has equal predictions, and rejects the state of a newer release."""
    mean = MeanOfModels([Ridge().fit(X, TWO)])
    assert pickle.loads(pickle.dumps(mean)).predict(X).tolist() == mean.predict(X).tolist()
    assert repr(mean) == "MeanOfModels(1 x Ridge)"
    with pytest.raises(FormatVersionError, match="The MeanOfModels was saved by a newer release"):
        mean.__setstate__(mean.__getstate__() | {"state": 9})


def test_the_parameters_are_those_of_the_first_model() -> None:
    """The parameters show one model and the number of models."""
    mean = MeanOfModels([Ridge(alpha=2.0).fit(X, TWO), Ridge(alpha=2.0).fit(X, TWO)])
    params = mean.get_params()
    assert (params["n_models"], params["estimator__alpha"]) == (2, 2.0)
