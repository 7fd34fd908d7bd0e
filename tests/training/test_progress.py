"""Progress: a panel in a kernel, a bar elsewhere, nothing if switched off."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sklearn.dummy import DummyClassifier

from exo_nbregistry import config as option
from exo_nbregistry.panels import progress_panel as work
from exo_nbregistry.training.fitting import fit_models
from exo_nbregistry.training.progress import NullProgress, TqdmProgress, show_progress
from exo_nbregistry.training.trainer import ModelTrainer
from tests.training.test_fitting import Broken

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Simulate a kernel and return its displayed objects."""
    seen: list[Any] = []
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    monkeypatch.setattr(option, "in_kernel", lambda: True)
    monkeypatch.setattr(work, "display", seen.append)
    return seen


def fit() -> Any:
    """Fit two models, one of which fails."""
    return fit_models({"dummy": DummyClassifier(), "bad": Broken()}, X, Y)


def test_a_kernel_shows_one_panel(shown: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """In a kernel there is one panel and no bar; at the end it shows fits and failures."""
    fit()
    (panel,) = shown
    assert "2 of 2 models" in panel.static_text()
    assert "1 failed" in panel.static_text()
    assert "Failed: bad: ValueError: too few stars" in panel.static_text()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("display", ["html", "text"])
def test_other_displays_have_the_bar(
    shown: list[Any], capsys: pytest.CaptureFixture[str], display: str
) -> None:
    """With another display, a bar shows the progress, also in a kernel."""
    option.set_config(display=display)
    fit()
    assert shown == []
    assert "2/2" in capsys.readouterr().err


def test_progress_can_be_switched_off(shown: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    """With shown=False there is no panel and no bar, and updates are ignored."""
    with show_progress("Work", total=1, unit="step", shown=False) as listener:
        assert type(listener) is NullProgress
        listener.begin("a")
        listener.step()
        listener.result("a", score=1.0)
        listener.fail("a", "why")
    assert shown == []
    assert capsys.readouterr().err == ""


def test_a_bar_shows_the_last_item(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Outside a kernel the bar counts steps and shows results and failures."""
    with show_progress("Work", total=2, unit="step") as listener:
        assert type(listener) is TqdmProgress
        listener.begin("one")
        listener.result("one", score=0.5)
        listener.step()
        listener.fail("two", "why")
        listener.step()
    output = capsys.readouterr().err
    assert "2/2" in output
    assert "two" in output


def test_a_trainer_shows_validation_in_its_panel(shown: list[Any]) -> None:
    """One panel shows the fits and the validation metrics."""
    configs = {"dummy": DummyClassifier(), "other": DummyClassifier(strategy="stratified")}
    run = ModelTrainer(ensemble=True).train_and_evaluate(X, Y, X, Y, X, Y, model_configs=configs)
    (panel,) = shown
    text = panel.static_text()
    assert "roc_auc on validation" in text
    assert f"Best: {run.best_model_name}" in text
    assert [line.split()[0] for line in text.splitlines()[-3:]] == ["dummy", "other", "Ensemble"]


@pytest.mark.parametrize("broken", ["display", "ProgressPanel", "_draw", "finish"])
def test_a_failing_panel_does_not_stop_the_work(
    shown: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    """If the panel fails, the models are fitted, and one warning is logged."""

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no browser")

    place: Any = work if broken in ("display", "ProgressPanel") else work.ProgressPanel
    monkeypatch.setattr(place, broken, fail)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        fitted = fit()
    assert list(fitted.models) == ["dummy"]
    assert sum("no browser" in record.message for record in caplog.records) == 1


def test_an_unknown_display_does_not_stop_the_work(
    shown: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An unknown display is logged, and the bar is shown."""
    monkeypatch.setenv(option.VARIABLE, "hologram")
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        assert list(fit().models) == ["dummy"]
    assert "Unknown EXO_NBREGISTRY_DISPLAY 'hologram'" in caplog.text


def test_the_panel_shows_the_error_that_stopped_the_work(shown: list[Any]) -> None:
    """An error or interruption is raised, and the panel shows it."""

    def stop(error: BaseException) -> None:
        with show_progress("Work", total=2, unit="step"):
            raise error

    for error in (KeyboardInterrupt(), ValueError("no stars")):
        with pytest.raises(type(error)):
            stop(error)
    assert "Stopped: KeyboardInterrupt\n" in shown[0].static_text()
    assert "Stopped: ValueError: no stars\n" in shown[1].static_text()
