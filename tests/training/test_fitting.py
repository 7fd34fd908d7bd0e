"""Parallel fits; a failure does not stop the others."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.utils.validation import check_is_fitted

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.training.fitting import Fitted, TrainingError, fit_models

X, Y = [[0.0], [1.0], [2.0]], [0, 1, 1]


class Broken(ClassifierMixin, BaseEstimator):
    """A classifier that fails with a reason."""

    def __init__(self, reason: str = "too few stars") -> None:
        self.reason = reason

    def fit(self, X: Any, y: Any) -> Broken:
        """Raise the reason."""
        raise ValueError(self.reason)


class Interrupted(ClassifierMixin, BaseEstimator):
    """A classifier that the user interrupts."""

    def fit(self, X: Any, y: Any) -> Interrupted:
        """Raise a KeyboardInterrupt."""
        raise KeyboardInterrupt


def silently(models: dict[str, Any], **options: Any) -> Fitted:
    """Fit without a progress bar."""
    return fit_models(models, X, Y, progress=False, **options)


@pytest.mark.parametrize("n_jobs", [None, 1, 2])
def test_every_model_is_fitted_in_the_order_given(n_jobs: int | None) -> None:
    """With any number of workers, the models are fitted, timed and in order."""
    names = ["c", "a", "b"]
    fitted = silently({name: DummyClassifier() for name in names}, n_jobs=n_jobs)
    assert list(fitted.models) == list(fitted.durations_s) == names
    assert fitted.failures == {}
    assert min(fitted.durations_s.values()) > 0
    for model in fitted.models.values():
        check_is_fitted(model)


def test_a_failure_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """A failure is stored as its traceback and logged on one line."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        fitted = silently({"bad": Broken(), "good": DummyClassifier()})
    assert list(fitted.models) == list(fitted.durations_s) == ["good"]
    assert fitted.failures["bad"].startswith("Traceback")
    assert fitted.failures["bad"].endswith("ValueError: too few stars\n")
    (record,) = caplog.records
    assert record.message == "bad failed to fit: ValueError: too few stars"


def test_an_error_names_every_failure() -> None:
    """The error has each reason in its message and each traceback in its failures."""
    with pytest.raises(TrainingError) as failed:
        silently({"first": Broken("no data"), "second": Broken("no time")})
    assert str(failed.value) == (
        "No model could be fitted: first: ValueError: no data; second: ValueError: no time."
    )
    assert list(failed.value.failures) == ["first", "second"]
    assert "no time" in failed.value.failures["second"]
    assert isinstance(failed.value, RegistryError)


def test_an_empty_mapping_is_an_error() -> None:
    """Without models, the error states it."""
    with pytest.raises(TrainingError, match="none was passed") as failed:
        silently({})
    assert failed.value.failures == {}


def test_an_interruption_stops_the_run() -> None:
    """An interruption is raised, not reported as a failure."""
    with pytest.raises(KeyboardInterrupt):
        silently({"stopped": Interrupted(), "other": DummyClassifier()})


def test_a_training_error_can_be_pickled() -> None:
    """The error keeps its failures between processes."""
    error = TrainingError("No model could be fitted.", failures={"bad": "Traceback"})
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.failures) == (str(error), error.failures)


def test_progress_counts_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    """The bar counts and names all models, and there is none with progress=False."""
    fit_models({"dummy": DummyClassifier(), "bad": Broken()}, X, Y)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "bad" in shown
    silently({"dummy": DummyClassifier()})
    assert capsys.readouterr().err == ""


class Stopping(ClassifierMixin, BaseEstimator):
    """A classifier that stores its validation rows."""

    def fit(self, X: Any, y: Any, X_val: Any = None, y_val: Any = None) -> Stopping:
        """Store the validation rows."""
        self.rows_ = (X_val, y_val)
        return self


def test_validation_rows_are_passed_if_accepted() -> None:
    """Validation rows are passed only to models whose fit accepts them."""
    models = {"stops": Stopping(), "dummy": DummyClassifier()}
    fitted = fit_models(models, X, Y, [[9.0]], [1], progress=False)
    assert fitted.models["stops"].rows_ == ([[9.0]], [1])
    assert list(fitted.models) == ["stops", "dummy"]
    assert silently({"stops": Stopping()}).models["stops"].rows_ == (None, None)
