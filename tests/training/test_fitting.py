"""Fitting side by side: one model that fails does not take the others down."""

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
    """Fail to fit, with a reason."""

    def __init__(self, reason: str = "too few stars") -> None:
        self.reason = reason

    def fit(self, X: Any, y: Any) -> Broken:
        """Raise."""
        raise ValueError(self.reason)


class Interrupted(ClassifierMixin, BaseEstimator):
    """Be stopped by the user."""

    def fit(self, X: Any, y: Any) -> Interrupted:
        """Raise what Ctrl-C does."""
        raise KeyboardInterrupt


def silently(models: dict[str, Any], **options: Any) -> Fitted:
    """Fit without a progress bar."""
    return fit_models(models, X, Y, progress=False, **options)


@pytest.mark.parametrize("n_jobs", [None, 1, 2])
def test_every_model_is_fitted_in_the_order_given(n_jobs: int | None) -> None:
    """However many run at once, the models come back fitted, timed and in their order."""
    names = ["c", "a", "b"]
    fitted = silently({name: DummyClassifier() for name in names}, n_jobs=n_jobs)
    assert list(fitted.models) == list(fitted.durations_s) == names
    assert fitted.failures == {}
    assert min(fitted.durations_s.values()) > 0
    for model in fitted.models.values():
        check_is_fitted(model)


def test_one_that_fails_is_told_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    """A failure is kept as its traceback and logged in a line, and leaves no model behind."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        fitted = silently({"bad": Broken(), "good": DummyClassifier()})
    assert list(fitted.models) == list(fitted.durations_s) == ["good"]
    assert fitted.failures["bad"].startswith("Traceback")
    assert fitted.failures["bad"].endswith("ValueError: too few stars\n")
    (record,) = caplog.records
    assert record.message == "bad failed to fit: ValueError: too few stars"


def test_when_every_model_fails_one_error_names_each() -> None:
    """The error has each reason in its sentence and each traceback in its failures."""
    with pytest.raises(TrainingError) as failed:
        silently({"first": Broken("no data"), "second": Broken("no time")})
    assert str(failed.value) == (
        "No model could be fitted: first: ValueError: no data; second: ValueError: no time."
    )
    assert list(failed.value.failures) == ["first", "second"]
    assert "no time" in failed.value.failures["second"]
    assert isinstance(failed.value, RegistryError)


def test_no_model_at_all_is_an_error() -> None:
    """Nothing to fit is said to be so."""
    with pytest.raises(TrainingError, match="none was passed") as failed:
        silently({})
    assert failed.value.failures == {}


def test_an_interruption_stops_the_run() -> None:
    """What the user stops is not reported as one more failure."""
    with pytest.raises(KeyboardInterrupt):
        silently({"stopped": Interrupted(), "other": DummyClassifier()})


def test_a_training_error_survives_another_process() -> None:
    """The error keeps its failures when it is sent from one process to another."""
    error = TrainingError("No model could be fitted.", failures={"bad": "Traceback"})
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.failures) == (str(error), error.failures)


def test_progress_counts_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    """The bar names and counts the models, failed ones too, and is silent when switched off."""
    fit_models({"dummy": DummyClassifier(), "bad": Broken()}, X, Y)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "bad" in shown
    silently({"dummy": DummyClassifier()})
    assert capsys.readouterr().err == ""


class Stopping(ClassifierMixin, BaseEstimator):
    """Remember the rows to stop by."""

    def fit(self, X: Any, y: Any, X_val: Any = None, y_val: Any = None) -> Stopping:
        """Fit."""
        self.rows_ = (X_val, y_val)
        return self


def test_who_stops_by_validation_rows_gets_them() -> None:
    """Rows to stop by go to the models whose fit takes them, and to no other."""
    models = {"stops": Stopping(), "dummy": DummyClassifier()}
    fitted = fit_models(models, X, Y, [[9.0]], [1], progress=False)
    assert fitted.models["stops"].rows_ == ([[9.0]], [1])
    assert list(fitted.models) == ["stops", "dummy"]
    assert silently({"stops": Stopping()}).models["stops"].rows_ == (None, None)
