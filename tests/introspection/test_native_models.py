"""Facts of native boosters and of statsmodels results."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.introspection.native_models import NativeFacts, read_native
from exo_nbregistry.registry.facade import ModelRegistry

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(200, 4)), columns=list("abcd"))
Y = (X["a"] + RNG.normal(size=200) > 0).astype(int).rename("planet")


def xgboost() -> Any:
    """Return the module of XGBoost."""
    return pytest.importorskip("xgboost", reason="xgboost is not installed")


def lightgbm() -> Any:
    """Return the module of LightGBM."""
    return pytest.importorskip("lightgbm", reason="lightgbm is not installed")


def statsmodels() -> Any:
    """Return the API of statsmodels."""
    return pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")


def xgboost_booster(**options: Any) -> Any:
    """Return a booster that stopped early."""
    library = xgboost()
    given = {"seed": 7, "objective": "binary:logistic", "max_depth": 3, "eta": 0.5} | options
    return library.train(
        given,
        library.DMatrix(X[:100], label=Y[:100]),
        50,
        evals=[(library.DMatrix(X[100:], label=Y[100:]), "validation")],
        early_stopping_rounds=2,
        verbose_eval=False,
    )


def lightgbm_booster(table: Any = X) -> Any:
    """Return a booster that stopped early."""
    library = lightgbm()
    return library.train(
        {"verbose": -1, "objective": "binary", "learning_rate": 0.5},
        library.Dataset(table[:100], label=Y[:100]),
        50,
        valid_sets=[library.Dataset(table[100:], label=Y[100:])],
        callbacks=[library.early_stopping(2, verbose=False)],
    )


def test_parameters_of_an_xgboost_booster_are_read() -> None:
    """Parameters have the names of XGBoost's estimators, and the values that were passed."""
    booster = xgboost_booster()
    facts = read_native(booster)
    assert facts.algorithm == "xgboost.Booster"
    assert facts.columns == ("a", "b", "c", "d")
    found = facts.hyperparameters
    assert (found["max_depth"], found["learning_rate"], found["seed"]) == (3, 0.5, 7)
    assert (found["objective"], found["booster"]) == ("binary:logistic", "gbtree")
    assert found["best_iteration"] == booster.best_iteration
    assert found["num_boost_round"] == booster.num_boosted_rounds()
    assert "eta" not in found


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"booster": "dart", "rate_drop": 0.25}, {"rate_drop": 0.25}),
        # XGBoost itself forgets the parameters of a linear booster.
        ({"booster": "gblinear", "alpha": 0.25}, {}),
    ],
)
def test_other_boosters_of_xgboost_are_read(
    options: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Parameters of dropout and of linear boosters are read."""
    library = xgboost()
    # XGBoost 3.4 deprecates both, and for dart it stores a tree booster with dropout.
    with library.config_context(verbosity=0):
        booster = library.train(options, library.DMatrix(X.to_numpy(), label=Y), 3)
        learner = json.loads(booster.save_config())["learner"]
    facts = read_native(booster)
    assert facts.columns == ()
    assert facts.hyperparameters == {
        "booster": learner["gradient_booster"]["name"],
        "objective": "reg:squarederror",
        "num_boost_round": 3,
        **expected,
    }


def test_parameters_that_a_file_lost_are_not_invented(tmp_path: Path) -> None:
    """A booster that XGBoost read from its file has no parameters, rather than the defaults."""
    xgboost_booster().save_model(tmp_path / "booster.json")
    loaded = xgboost().Booster(model_file=tmp_path / "booster.json")
    found = read_native(loaded).hyperparameters
    assert found.keys() == {"booster", "objective", "num_boost_round", "best_iteration"}
    assert found["objective"] == "binary:logistic"


def test_parameters_of_a_lightgbm_booster_are_read() -> None:
    """Passed parameters, the number of trees, the best iteration and the columns are read."""
    booster = lightgbm_booster()
    facts = read_native(booster)
    assert facts.algorithm == "lightgbm.Booster"
    assert facts.columns == ("a", "b", "c", "d")
    assert facts.hyperparameters["learning_rate"] == 0.5
    assert facts.hyperparameters["num_trees"] == booster.num_trees()
    assert facts.hyperparameters["best_iteration"] == booster.best_iteration > 0


def test_invented_columns_are_not_read() -> None:
    """LightGBM's own names for the columns of an array are not column names."""
    assert read_native(lightgbm_booster(X.to_numpy())).columns == ()


def test_the_best_iteration_of_an_estimator_is_read() -> None:
    """Estimators have a best iteration only after early stopping, also in a pipeline."""
    classifier = xgboost().XGBClassifier
    stopped = classifier(n_estimators=50, early_stopping_rounds=2)
    stopped.fit(X[:100], Y[:100], eval_set=[(X[100:], Y[100:])], verbose=False)
    expected = {"best_iteration": stopped.best_iteration}
    assert read_native(stopped).hyperparameters == expected
    assert read_native(make_pipeline(StandardScaler(), stopped)).hyperparameters == expected
    assert read_native(classifier(n_estimators=3).fit(X, Y)) == NativeFacts()
    light = lightgbm().LGBMClassifier(n_estimators=3, verbose=-1).fit(X, Y)
    assert read_native(light) == NativeFacts()


def test_results_of_statsmodels_are_read() -> None:
    """Model, columns, coefficients, information criteria and rows are read."""
    api = statsmodels()
    results = api.OLS(Y, api.add_constant(X)).fit()
    facts = read_native(results)
    assert facts.algorithm == "OLS"
    assert facts.columns == ("const", "a", "b", "c", "d")
    assert facts.hyperparameters == {"cov_type": "nonrobust"}
    assert facts.metrics == {"aic": results.aic, "bic": results.bic}
    assert facts.coefficients == results.params.to_dict()
    assert facts.rows == 200


def test_a_formula_is_read() -> None:
    """Results of a formula have it as a hyperparameter."""
    api = pytest.importorskip("statsmodels.formula.api", reason="statsmodels is not installed")
    results = api.logit("planet ~ a + b", X.assign(planet=Y)).fit(disp=0)
    facts = read_native(results)
    assert facts.algorithm == "Logit"
    assert facts.hyperparameters["formula"] == "planet ~ a + b"
    assert list(facts.coefficients) == ["Intercept", "a", "b"]


def test_a_generalized_linear_model_is_read() -> None:
    """The family is a hyperparameter; bic is the one of the likelihood."""
    api = statsmodels()
    results = api.GLM(Y, X, family=api.families.Binomial()).fit()
    facts = read_native(results)
    assert facts.hyperparameters["family"] == "Binomial"
    assert facts.metrics == {"aic": results.aic, "bic": results.bic_llf}


def test_a_time_series_model_is_read() -> None:
    """The order of an ARIMA model is a hyperparameter, and its parameters are named."""
    arima = pytest.importorskip("statsmodels.tsa.arima.model", reason="needs statsmodels")
    facts = read_native(arima.ARIMA(Y.astype(float), order=(1, 0, 0)).fit())
    assert facts.algorithm == "ARIMA"
    assert facts.hyperparameters["order"] == (1, 0, 0)
    assert list(facts.coefficients) == ["const", "ar.L1", "sigma2"]


def test_exponential_smoothing_is_read() -> None:
    """The trend and the season are hyperparameters; its levels are not coefficients of columns."""
    holt_winters = pytest.importorskip("statsmodels.tsa.holtwinters", reason="needs statsmodels")
    series = 100 + np.arange(48.0) + np.tile([1.0, 3.0, 5.0, 2.0], 12)
    options = {"trend": "add", "seasonal": "mul", "seasonal_periods": 4, "damped_trend": True}
    facts = read_native(holt_winters.ExponentialSmoothing(series, **options).fit())
    assert facts.algorithm == "ExponentialSmoothing"
    assert facts.hyperparameters == options
    assert set(facts.metrics) == {"aic", "bic"}
    assert (facts.coefficients, facts.columns) == ({}, ())


@pytest.mark.parametrize(
    "model", [LogisticRegression(), {"a": 1}, None, len, SimpleNamespace(steps=[], params=3)]
)
def test_other_models_have_no_native_facts(model: Any) -> None:
    """Estimators and plain objects have no native facts."""
    assert read_native(model) == NativeFacts()


def test_a_booster_that_cannot_be_read_has_no_facts() -> None:
    """An error of the library does not stop a registration."""
    broken = type("Booster", (), {"__module__": "xgboost.core"})()
    assert read_native(broken) == NativeFacts()


def test_native_facts_are_registered(tmp_path: Path) -> None:
    """A booster has its parameters and columns, its example, and its best iteration."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    metadata = registry.get_metadata(registry.register_model(xgboost_booster(), "m", X=X, y=Y))
    assert metadata.hyperparameters["max_depth"] == 3
    assert metadata.feature_columns == ("a", "b", "c", "d")
    assert "input_example" in metadata.attachments


def test_passed_facts_take_precedence(tmp_path: Path) -> None:
    """Passed parameters, metrics and columns replace those of the results."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    results = statsmodels().OLS(Y, X).fit()
    ref = registry.register_model(
        results,
        "m",
        hyperparameters={"a": 1},
        evaluation_results={"aic": 3.0},
        feature_columns=["w", "x", "y", "z"],
    )
    metadata = registry.get_metadata(ref)
    assert metadata.hyperparameters == {"a": 1}
    assert metadata.metrics == {"aic": 3.0, "bic": results.bic}
    assert metadata.feature_columns == ("w", "x", "y", "z")
    assert metadata.training_samples == 200
    assert metadata.additional_metrics["coefficients"] == results.params.to_dict()
