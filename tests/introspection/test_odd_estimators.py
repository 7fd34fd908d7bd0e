"""Estimators that break scikit-learn's conventions register like any other."""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.errors import RegistryError, SerializationError
from exo_nbregistry.registry.facade import ModelRegistry

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = np.array([0, 1, 0, 1])


class Rule(BaseEstimator):
    """A rule of thumb: it predicts and has no fit."""

    def predict(self, X: Any) -> Any:
        """Predict zeros."""
        return np.zeros(len(X), int)


class RuleClassifier(ClassifierMixin, Rule):
    """A rule of thumb that is a classifier."""

    classes_ = np.array([0, 1])


class BrokenHook(Rule):
    """A model whose own check of its state fails."""

    def fit(self, X: Any, y: Any = None) -> BrokenHook:
        """Fit nothing."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """Raise."""
        raise RuntimeError("no session")


class BrokenTags(BrokenHook):
    """A model whose tags cannot be read."""

    def __sklearn_tags__(self) -> Any:
        """Raise."""
        raise RuntimeError("no tags")


class BrokenParams(Rule):
    """A model whose parameters cannot be read."""

    def get_params(self, deep: bool = True) -> Any:
        """Raise."""
        raise KeyError("alpha")


class BrokenText(Rule):
    """A model that cannot be shown."""

    def __repr__(self) -> str:
        """Raise."""
        raise ValueError("no text")


class BrokenAttributes:
    """A model without a base class, whose missing attributes raise an unusual error."""

    def __getattr__(self, name: str) -> Any:
        """Raise."""
        if name.startswith("__"):
            raise AttributeError(name)
        raise RuntimeError(f"no {name}")

    def predict(self, X: Any) -> Any:
        """Predict zeros."""
        return np.zeros(len(X), int)


class AnswersEverything:
    """A model that has every attribute, such as a client of a remote service."""

    def __getattr__(self, name: str) -> Any:
        """Return a number for any name."""
        if name.startswith("__"):
            raise AttributeError(name)
        return 1


class CallsEverything:
    """A model that answers every method."""

    def __getattr__(self, name: str) -> Any:
        """Return a function for any name."""
        if name.startswith("__"):
            raise AttributeError(name)
        return print


class OddEquality(Rule):
    """A model that cannot be compared."""

    __hash__ = Rule.__hash__

    def __eq__(self, other: object) -> bool:
        """Raise."""
        raise ValueError("ambiguous")


class HoldsOdd(Rule):
    """A model with a parameter that breaks conventions."""

    def __init__(self, inner: Any = None) -> None:
        self.inner = inner


class Unbased:
    """A model without any base class."""

    def fit(self, X: Any, y: Any = None) -> Unbased:
        """Fit nothing."""
        return self

    def predict(self, X: Any) -> Any:
        """Predict zeros."""
        return np.zeros(len(X), int)


ODD = [
    Rule(),
    RuleClassifier(),
    BrokenHook(),
    BrokenTags(),
    BrokenParams(),
    BrokenText(),
    BrokenAttributes(),
    AnswersEverything(),
    CallsEverything(),
    OddEquality(),
    Unbased(),
    *(HoldsOdd(kind()) for kind in (BrokenAttributes, AnswersEverything, CallsEverything)),
    HoldsOdd(BrokenText()),
    HoldsOdd({BrokenParams(): [OddEquality()]}),
]


def last_step(model: Any) -> Any:
    """Return a pipeline that ends with a model."""
    return make_pipeline(StandardScaler().fit(X), model)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", create=True, durable=False)


def name_of(model: Any) -> str:
    """Return the name of a case."""
    inner = f"({type(model.inner).__name__})" if type(model) is HoldsOdd else ""
    return type(model).__name__ + inner


@pytest.mark.parametrize("model", ODD, ids=name_of)
def test_an_odd_estimator_is_registered(registry: ModelRegistry, model: Any) -> None:
    """An estimator is registered even if its hooks raise."""
    assert registry.register_model(model, "odd", X=X, y=Y) == "odd:1"
    assert registry["odd"].algorithm == type(model).__name__


@pytest.mark.parametrize("model", ODD, ids=name_of)
def test_an_odd_last_step_is_registered(registry: ModelRegistry, model: Any) -> None:
    """A pipeline is registered even if its last step raises."""
    assert registry.register_model(last_step(model), "odd", X=X, y=Y) == "odd:1"
    assert registry["odd"].algorithm == type(model).__name__


@pytest.mark.parametrize("wrap", [lambda model: model, last_step], ids=["plain", "last step"])
@pytest.mark.parametrize("model", ODD, ids=name_of)
def test_no_foreign_error_is_raised_with_test_data(
    registry: ModelRegistry, model: Any, wrap: Any
) -> None:
    """With test data, an odd estimator is registered, or an error of the package is raised."""
    with contextlib.suppress(RegistryError):
        registry.register_model(wrap(model), "odd", X=X, y=Y, X_test=X, y_test=Y)
    assert len(registry.list_models()) <= 1


@pytest.mark.parametrize("model", ODD, ids=name_of)
def test_no_foreign_error_is_raised_without_labels(registry: ModelRegistry, model: Any) -> None:
    """With test rows but no labels, an odd estimator raises no error of another library."""
    with contextlib.suppress(RegistryError):
        registry.register_model(model, "odd", X_test=X)
    assert len(registry.list_models()) <= 1


@pytest.mark.parametrize("wrap", [lambda model: model, last_step], ids=["plain", "last step"])
def test_a_model_without_fit_needs_no_advice(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture, wrap: Any
) -> None:
    """A rule of thumb is not reported as unfitted, because there is nothing to fit."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        registry.register_model(wrap(Rule()), "rule")
    assert "fitted" not in caplog.text


@pytest.mark.parametrize("wrap", [lambda model: model, last_step], ids=["plain", "last step"])
def test_a_failing_check_is_reported(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture, wrap: Any
) -> None:
    """If a model's own check raises, a log message names the error."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        registry.register_model(wrap(BrokenHook()), "hook")
    assert "Cannot check whether BrokenHook is fitted (RuntimeError: no session)" in caplog.text


def test_an_unfitted_last_step_is_reported(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A pipeline whose last step is not fitted is reported."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        registry.register_model(last_step(LogisticRegression()), "unfitted")
    assert "LogisticRegression is not fitted." in caplog.text


def test_an_unpicklable_model_that_answers_everything_is_refused(registry: ModelRegistry) -> None:
    """A model that has every attribute but cannot be pickled raises SerializationError."""

    class Local:
        __qualname__ = "Local"

        def __init__(self) -> None:
            self.lock = threading.Lock()

        def __getattr__(self, name: str) -> Any:
            return 1

    with pytest.raises(SerializationError, match="lock"):
        registry.register_model(Local(), "local")


def test_a_model_that_raises_an_os_error_is_refused(registry: ModelRegistry) -> None:
    """An OSError of the model, such as of a closed connection, raises SerializationError."""
    with pytest.raises(SerializationError, match="connection is closed"):
        registry.register_model(Connected(), "connected")


class Connected(Rule):
    """A model that cannot be pickled without a connection."""

    def __getstate__(self) -> Any:
        """Raise."""
        raise ConnectionError("connection is closed")
