"""Models of other libraries than scikit-learn have a digest of their content."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.persistence.content_digest import content_digest
from exo_nbregistry.persistence.joblib_format import JOBLIB

os.environ.setdefault("KERAS_BACKEND", "jax")
# Keras 3 converts its variables without the keyword that NumPy 2 expects.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(60, 3)), columns=list("abc"))
Y = (X["a"] + RNG.normal(size=60) > 0).astype(int)


def native_xgboost(rounds: int = 3) -> Any:
    """Return a native booster of XGBoost."""
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    return xgboost.train({"seed": 0}, xgboost.DMatrix(X, label=Y), rounds)


def xgboost_classifier(rounds: int = 3) -> Any:
    """Return XGBoost's classifier."""
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    return xgboost.XGBClassifier(n_estimators=rounds, random_state=0).fit(X, Y)


def native_lightgbm(rounds: int = 3) -> Any:
    """Return a native booster of LightGBM."""
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    options = {"seed": 0, "verbose": -1, "num_threads": 1}
    return lightgbm.train(options, lightgbm.Dataset(X, label=Y), rounds)


def lightgbm_classifier(rounds: int = 3) -> Any:
    """Return LightGBM's classifier."""
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    options = {"random_state": 0, "verbose": -1, "n_jobs": 1}
    return lightgbm.LGBMClassifier(n_estimators=rounds, **options).fit(X, Y)


def ordinary_least_squares(columns: int = 3) -> Any:
    """Return results of statsmodels."""
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    return api.OLS(Y, api.add_constant(X.iloc[:, :columns])).fit()


def resampling_pipeline(rounds: int = 3) -> Any:
    """Return a pipeline of imbalanced-learn."""
    pipeline = pytest.importorskip("imblearn.pipeline", reason="imblearn is not installed")
    from imblearn.over_sampling import SMOTE
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(rounds, random_state=0)
    return pipeline.make_pipeline(SMOTE(random_state=0), forest).fit(X, Y)


def keras_network(units: int = 3) -> Any:
    """Return a fitted network of Keras."""
    keras = pytest.importorskip("keras", reason="keras is not installed")
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(units), keras.layers.Dropout(0.1), keras.layers.Dense(1)]
    network = keras.Sequential([keras.layers.Input((3,)), *layers])
    network.compile("adam", "mse")
    network.fit(X.to_numpy(), Y, verbose=0)
    return network


def keras_graph(units: int = 3) -> Any:
    """Return a network of Keras with branches, which is not fitted."""
    keras = pytest.importorskip("keras", reason="keras is not installed")
    keras.utils.set_random_seed(0)
    start = keras.Input((3,))
    hidden = keras.layers.Dense(units)(start)
    both = keras.layers.Add()([keras.layers.Dense(1)(hidden), keras.layers.Dense(1)(hidden)])
    return keras.Model(start, both)


MODELS = [
    keras_network,
    keras_graph,
    native_xgboost,
    xgboost_classifier,
    native_lightgbm,
    lightgbm_classifier,
    ordinary_least_squares,
    resampling_pipeline,
]


@pytest.mark.parametrize("fit", MODELS)
def test_equal_fits_have_equal_content(fit: Callable[..., Any]) -> None:
    """A second fit, and the stored and loaded model, have the same digest."""
    model = fit()
    digest = content_digest(model)
    file = io.BytesIO()
    JOBLIB.dump(model, file)
    file.seek(0)
    assert digest is not None
    assert content_digest(fit()) == digest
    assert content_digest(JOBLIB.load(file)) == digest


@pytest.mark.parametrize("fit", MODELS)
def test_other_fits_have_other_content(fit: Callable[..., Any]) -> None:
    """A model with other parameters has another digest."""
    assert content_digest(fit(2)) != content_digest(fit())


def test_names_of_layers_matter_if_the_user_chose_them() -> None:
    """Names that Keras counts up are ignored; a name that the user passed is not."""
    keras = pytest.importorskip("keras", reason="keras is not installed")

    def network(name: str | None) -> Any:
        keras.utils.set_random_seed(0)
        return keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, name=name)])

    assert content_digest(network(None)) == content_digest(network(None))
    assert content_digest(network("last")) != content_digest(network(None))
