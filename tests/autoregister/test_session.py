"""Fits from the call to the version: what changes in between, and errors."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from exo_nbregistry.registry.facade import ModelRegistry
from tests.autoregister.conftest import Data


class Broken(GaussianNB):
    """A classifier whose code fails when automatic registration reads it."""

    @property
    def predict(self) -> Any:
        """Raise an error that is not an AttributeError."""
        raise RuntimeError("not now")


def test_parameters_are_those_of_the_fit(registry: ModelRegistry, data: Data) -> None:
    """A parameter that is assigned after the fit belongs to the next fit, also in the model."""
    model = RandomForestClassifier(random_state=0)
    with registry.autoregister("m"):
        for number in (2, 3):
            model.n_estimators = number
            model.fit(data.X, data.y)
        model.n_estimators = 4
    found = [registry[f"m:{number}"] for number in (1, 2)]
    assert [version.hyperparameters["n_estimators"] for version in found] == [2, 3]
    loaded = [registry.load_model(version.model_id)[0] for version in found]
    assert [(m.n_estimators, len(m.estimators_)) for m in loaded] == [(2, 2), (3, 3)]
    assert model.n_estimators == 4


def test_steps_of_a_nested_pipeline_change(registry: ModelRegistry, data: Data) -> None:
    """A model that a pipeline in a pipeline fits again is registered as it was before."""
    with registry.autoregister("m"):
        model = GaussianNB().fit(data.X, data.y)
        means = model.theta_.copy()
        inner = make_pipeline(StandardScaler(), model)
        make_pipeline(StandardScaler(), inner).fit(data.X * 2 + 1, data.y)
    np.testing.assert_array_equal(registry.load_model("m:1")[0].theta_, means)


def test_set_params_of_a_search_changes_its_estimator(registry: ModelRegistry, data: Data) -> None:
    """A parameter with two underscores belongs to another estimator, which may wait."""
    with registry.autoregister("m"):
        model = SVC(C=1).fit(data.X, data.y)
        GridSearchCV(model, {"gamma": [1]}).set_params(estimator__C=2)
    assert registry["m:1"].hyperparameters["C"] == 1


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_a_column_that_is_added_later(registry: ModelRegistry, data: Data, frame: Any) -> None:
    """Predictions that are stored as a column of the tables change neither columns nor metrics."""
    names = list("abcdef")
    X, X_test = (frame(dict(zip(names, each.T, strict=True))) for each in (data.X, data.X_test))
    with registry.autoregister("m"):
        model = GaussianNB().fit(X, data.y)
        predicted = model.predict(X_test)
        score = accuracy_score(data.y_test, predicted)
        for table in (X, X_test):
            column = model.predict(table)
            if isinstance(table, pd.DataFrame):
                table["predicted"] = column
            else:
                table.insert_column(0, pl.Series("predicted", column))
    assert list(registry["m"].feature_columns) == names
    assert registry["m"].metrics["accuracy"] == score


def test_training_data_are_recognized_after_a_column_was_added(
    registry: ModelRegistry, data: Data
) -> None:
    """The columns of the fit are compared, not those of the table at the time of the score."""
    names = list("abcdef")
    X = pd.DataFrame(data.X, columns=names)
    with registry.autoregister("m"):
        model = GaussianNB().fit(X, data.y)
        X["predicted"] = model.predict(X)
        model.score(X[names], data.y)
    assert registry["m"].metrics == {}


def test_an_error_of_a_model_does_not_stop_the_user(
    registry: ModelRegistry, data: Data, lines: list[str]
) -> None:
    """Code of a model that fails outside of its own methods is a line."""
    with registry.autoregister("m", report=lines.append):
        assert Broken().fit(data.X, data.y).theta_ is not None
    assert lines == ["Automatic registration missed a call: RuntimeError: not now"]


def test_an_error_of_a_report_does_not_stop_the_user(
    registry: ModelRegistry, data: Data, caplog: pytest.LogCaptureFixture
) -> None:
    """A report that fails is a warning with its line, and the fits are registered."""

    def report(line: str) -> None:
        raise RuntimeError("no printer")

    with registry.autoregister("m", report=report) as handle:
        model = GaussianNB().fit(data.X, data.y)
        model.set_params(var_smoothing=1e-3).fit(data.X, data.y)
    assert handle.registered == ("m:1", "m:2")
    assert "m:2 registered (report= failed: RuntimeError: no printer)" in caplog.text


def fit_in_child(data: Data) -> None:
    """Fit in a forked process, which has the hooks and the fits of its parent."""
    model = GaussianNB().fit(data.X, data.y)
    model.fit(data.X_test, data.y_test)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux")
def test_a_forked_process_registers_nothing(
    registry: ModelRegistry, data: Data, lines: list[str]
) -> None:
    """The fits of a child are not registered, and those of the parent only by the parent."""
    with registry.autoregister("m", report=lines.append):
        model = SVC().fit(data.X, data.y)
        child = multiprocessing.get_context("fork").Process(target=fit_in_child, args=(data,))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert lines == []
        assert not Path(registry.location).exists()
        model.score(data.X_test, data.y_test)
    assert len(lines) == len(registry.list_models()) == 1
