"""Importances of native boosters and coefficients of statsmodels results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.plot.importance import importances, weights
from exo_nbregistry.plot.native_importance import native_weights
from tests.plot.builders import version

X = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 3)), columns=["depth", "period", "s"])
Y = (X["period"] > 0).astype(int)


def xgboost_booster(table: Any, **options: Any) -> Any:
    """Return a native booster of XGBoost."""
    library = pytest.importorskip("xgboost", reason="xgboost is not installed")
    # XGBoost 3.4 warns that linear boosters are deprecated.
    with library.config_context(verbosity=0):
        return library.train(options, library.DMatrix(table, label=Y), 3)


def lightgbm_booster(table: Any) -> Any:
    """Return a native booster of LightGBM."""
    library = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    return library.train({"verbose": -1}, library.Dataset(table, label=Y), 3)


@pytest.mark.parametrize("train", [xgboost_booster, lightgbm_booster])
def test_the_gain_of_a_booster_is_its_importance(train: Any) -> None:
    """Each feature of the booster has a gain, also one that is never used."""
    columns, values, what = weights(train(X), [])
    assert columns == list(X.columns)
    assert what == "importance"
    assert abs(values).argmax() == 1
    assert len(values) == 3


@pytest.mark.parametrize("train", [xgboost_booster, lightgbm_booster])
def test_a_booster_without_names_uses_the_recorded_columns(train: Any) -> None:
    """The features of a booster that was trained on an array have the recorded names."""
    columns, _, _ = weights(train(X.to_numpy()), list(X.columns))
    assert columns == list(X.columns)
    assert len(set(weights(train(X.to_numpy()), [])[0])) == 3


def test_a_linear_booster_has_signed_coefficients() -> None:
    """A linear booster of XGBoost has coefficients instead of gains."""
    plot = importances(
        [version(feature_columns=list(X.columns))], [xgboost_booster(X, booster="gblinear")]
    )
    assert plot.headers == ("column", "coefficient")
    assert plot.rows[0][0] == "period"
    assert plot.notes == ("Coefficients are comparable only between features of the same scale.",)


def test_results_of_statsmodels_have_coefficients() -> None:
    """The parameters of the results are the coefficients, with their own names."""
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    results = api.OLS(-Y, api.add_constant(X)).fit()
    plot = importances([version(feature_columns=["a"])], [results])
    found = dict(plot.rows)
    assert found == pytest.approx(results.params.to_dict())
    assert found["period"] < 0


def test_several_classes_have_mean_coefficients() -> None:
    """Of several classes the mean absolute coefficients are plotted, and a note explains it."""
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    results = api.MNLogit(np.arange(200) % 3, X).fit(disp=0)
    plot = importances([version()], [results])
    assert [row[0] for row in plot.rows] == sorted(
        X.columns, key=lambda name: -results.params.loc[name].abs().mean()
    )
    assert plot.notes[0].startswith("Coefficients are mean absolute values over the classes.")


def test_an_estimator_has_no_native_weights() -> None:
    """Estimators of scikit-learn are read by their own attributes."""
    assert native_weights(LogisticRegression(), ()) is None
