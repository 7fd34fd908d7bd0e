"""Tuning: trials over stars kept apart, every one of them kept."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry import config as option
from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.evaluation.test_set import read_test_set
from exo_nbregistry.exoplanet.models.classifiers import CLASSIFIERS, SVMClassifier
from exo_nbregistry.panels import progress_panel as work
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training.fitting import TrainingError
from exo_nbregistry.training.tuning import search_space, tune
from tests.html_page import Page

RNG = np.random.default_rng(0)
STARS = np.repeat(np.arange(60), 3)
Y = np.repeat(np.arange(60) % 2, 3)
X = pd.DataFrame({"a": Y + RNG.normal(size=180), "b": RNG.normal(size=180)})
SPACE: dict[str, Any] = {"max_depth": [1, 2, 3, 4, 5, 6]}
FAST: Any = {"n_trials": 4, "folds": 3, "progress": False}


def tree() -> DecisionTreeClassifier:
    """Return an unfitted tree."""
    return DecisionTreeClassifier(random_state=0)


class Moody(ClassifierMixin, BaseEstimator):
    """A classifier that some values make fail."""

    seen: ClassVar[list[set[float]]] = []

    def __init__(self, mood: str = "good") -> None:
        self.mood = mood

    def fit(self, X: Any, y: Any) -> Moody:
        """Fail in a bad mood."""
        if self.mood == "bad":
            raise RuntimeError("not today")
        if self.mood == "local" and 0 not in np.asarray(X)[:, 0]:
            raise RuntimeError("far from home")
        self.classes_ = np.unique(y)
        self.stars_ = set(np.asarray(X)[:, 0])
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return the same for each row, and remember which stars were on both sides."""
        self.seen.append(self.stars_ & set(np.asarray(X)[:, 0]))
        return np.full((len(X), 2), 0.5)

    def predict(self, X: Any) -> Any:
        """Return the first class."""
        return np.zeros(len(X), dtype=int)


def test_the_best_is_the_choose_best_model_the_trials() -> None:
    """The hyperparameters with the highest mean are chosen, and fitted on all rows."""
    found = tune(tree(), X, Y, STARS, space=SPACE, **FAST)
    assert len(found.trials) == 4
    best = max(found.trials, key=lambda trial: trial.mean)
    assert found.best_score == best.mean == pytest.approx(np.mean(best.scores))
    assert found.best_params == best.params
    expected = tree().set_params(**best.params).fit(X, Y)
    assert np.array_equal(found.best_model.predict_proba(X), expected.predict_proba(X))
    assert {len(trial.scores) for trial in found.trials} == {3}
    assert {trial.rows for trial in found.trials} == {180}


def test_no_star_is_on_both_sides() -> None:
    """In every fold of either method, no star that is scored was learnt from."""
    table = np.c_[STARS, STARS].astype(float)
    for method in ("random", "halving"):
        Moody.seen.clear()
        tune(
            Moody(),
            table,
            Y,
            STARS,
            space={"mood": ["good", "great"]},
            method=method,
            n_trials=2,
            folds=3,
            progress=False,
        )
        assert len(Moody.seen) >= 6
        assert not set().union(*Moody.seen)


def test_the_seed_decides() -> None:
    """One seed tries the same and scores the same, also in two threads; another tries others."""
    space = {"min_samples_leaf": range(1, 40)}
    one = tune(tree(), X, Y, STARS, space=space, **FAST)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        again = tune(tree(), X, Y, STARS, space=space, **FAST)
    assert again.trials == one.trials
    other = tune(tree(), X, Y, STARS, space=space, random_state=7, **FAST)
    assert [t.params for t in other.trials] != [t.params for t in one.trials]


def test_halving_starts_with_few_rows() -> None:
    """All are tried on some rows, and fewer on more; the best is of the last round."""
    found = tune(
        tree(), X, Y, STARS, space=SPACE, method="halving", n_trials=6, folds=3, progress=False
    )
    rows = [trial.rows for trial in found.trials]
    assert rows == sorted(rows)
    assert rows[0] < rows[-1] <= 180
    assert rows.count(rows[0]) == 6 > rows.count(rows[-1])
    last = [trial.params for trial in found.trials if trial.rows == rows[-1]]
    assert found.best_params in last


def test_a_trial_that_fails_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """Its reason is logged and kept, and the other trials go on."""
    space = {"mood": ["good", "bad"]}
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        found = tune(Moody(), X, Y, STARS, space=space, n_trials=2, folds=3, progress=False)
    (failure,) = found.failures
    assert failure.params == {"mood": "bad"}
    assert failure.error == "RuntimeError: not today (in 3 of 3 folds)"
    assert np.isnan(failure.mean)
    assert "A trial failed with {'mood': 'bad'}: RuntimeError: not today" in caplog.text
    assert found.best_params == {"mood": "good"}
    assert "2 trials, of which 1 failed" in repr(found)


def test_nothing_but_failures_is_an_error() -> None:
    """When every trial fails, the error says why."""
    with pytest.raises(TrainingError, match="All trials of Moody failed: RuntimeError: not today"):
        tune(Moody(), X, Y, STARS, space={"mood": ["bad"]}, n_trials=1, folds=3, progress=False)
    home = np.c_[STARS, STARS].astype(float)
    with pytest.raises(TrainingError, match="No trial of Moody has a score"):
        tune(Moody(), home, Y, STARS, space={"mood": ["local"]}, n_trials=1, progress=False)


@pytest.mark.parametrize("name", list(CLASSIFIERS))
def test_each_classifier_has_a_space(name: str) -> None:
    """Every hyperparameter of a default space is one of the classifier's."""
    assert search_space(name).keys() <= CLASSIFIERS[name]().get_params().keys()


def test_a_classifier_is_tuned_by_name() -> None:
    """The name of a classifier is enough, or the classifier itself."""
    by_name = tune("SVM", X, Y, STARS, n_trials=2, folds=3, progress=False)
    given = tune(SVMClassifier(), X, Y, STARS, n_trials=2, folds=3, progress=False)
    assert by_name.algorithm == given.algorithm == "SVM"
    assert by_name.trials == given.trials
    assert by_name.best_params["C"] == by_name.best_model.C
    assert all(type(value) is float for value in by_name.best_params.values())


def test_what_does_not_exist_is_refused() -> None:
    """A model, a method and a missing space are named with what there is."""
    with pytest.raises(NotFoundError, match="Did you mean SVM"):
        tune("SVN", X, Y, STARS)
    with pytest.raises(NotFoundError, match="Did you mean random or halving"):
        tune(tree(), X, Y, STARS, method="grid")
    with pytest.raises(NotFoundError, match="'DecisionTreeClassifier': pass space="):
        tune(tree(), X, Y, STARS)
    with pytest.raises(RegistryError, match="n_trials is a whole number from 1, not 0"):
        tune(tree(), X, Y, STARS, space=SPACE, n_trials=0)


def test_every_trial_is_kept_with_the_version(registry: ModelRegistry) -> None:
    """Parameters and scores of all trials, failed ones too, come back from the registry."""
    space = {"mood": ["good", "bad", "fine"]}
    found = tune(Moody(), X, Y, STARS, space=space, n_trials=3, folds=3, progress=False)
    named = X.set_axis([f"K{row:05}.01" for row in range(180)])
    facts = {"description": "Tuned.", "attachments": {"more": {"a": 1}}}
    ref = found.register(registry, "moody", X, Y, named, Y, **facts)
    kept = registry.load_attachment(ref, "trials")
    assert [trial["params"] for trial in kept["trials"]] == [t.params for t in found.trials]
    for trial, told in zip(kept["trials"], found.trials, strict=True):
        assert np.array_equal(trial["scores"], told.scores, equal_nan=True)
        assert trial["error"] == told.error
    metadata = registry.get_metadata(ref)
    assert metadata.additional_metrics["tuning"]["n_failed"] == 1
    assert metadata.additional_metrics["tuning"]["best_params"] == found.best_params
    assert (metadata.algorithm, metadata.description) == ("Moody", "Tuned.")
    assert metadata.hyperparameters == {"mood": found.best_params["mood"]}
    assert registry.load_attachment(ref, "more") == {"a": 1}
    held = read_test_set(registry, ref)
    assert held is not None
    assert list(held.rows) == list(named.index)
    assert found.register(registry, "moody", X, Y, named, Y, **facts) == ref


def test_it_shows_its_best(capsys: pytest.CaptureFixture[str]) -> None:
    """Text and frame have the trials, the best on top; a bar counts the fits."""
    found = tune(tree(), X, Y, STARS, space=SPACE, n_trials=4, folds=3)
    assert "12/12" in capsys.readouterr().err
    first = repr(found).splitlines()[3]
    assert first.split()[0] == str(found.best_params["max_depth"])
    assert f"{found.best_score:.4f}" in first
    frame = found.to_frame()
    assert frame["mean"].max() == found.best_score
    assert list(frame.columns) == ["max_depth", "mean", "spread", "rows", "error"]


class Eager(ClassifierMixin, BaseEstimator):
    """A classifier whose every second mood fails."""

    def __init__(self, mood: int = 0) -> None:
        self.mood = mood

    def fit(self, X: Any, y: Any) -> Eager:
        """Fail if the mood is odd."""
        if self.mood % 2:
            raise RuntimeError("odd")
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return more for a better mood."""
        return np.c_[np.full(len(X), 0.5), np.asarray(X)[:, 0] * self.mood + np.arange(len(X))]


@pytest.mark.parametrize("method", ["random", "halving"])
@pytest.mark.parametrize("backend", ["sequential", "threading", "loky"])
def test_a_panel_follows_each_trial(
    monkeypatch: pytest.MonkeyPatch, method: str, backend: str
) -> None:
    """However it runs, the panel ends with every trial once: its score, or why it failed."""
    shown: list[Any] = []
    monkeypatch.setattr(option, "in_kernel", lambda: True)
    monkeypatch.setattr(work, "display", shown.append)
    with joblib.parallel_config(backend=backend, n_jobs=1 if backend == "sequential" else 2):
        found = tune(
            Eager(), X, Y, STARS, space={"mood": range(6)}, method=method, n_trials=6, folds=3
        )
    (panel,) = shown
    seen = panel.progress.snapshot()
    assert seen.done == len(found.trials) * 3
    assert len(seen.items) == len(found.trials)
    assert sorted(item.score for item in seen.scored) == pytest.approx(
        sorted(trial.mean for trial in found.trials if not trial.error)
    )
    assert sorted(item.error for item in seen.of_state("failed")) == sorted(
        trial.error for trial in found.failures
    )
    assert len(found.failures) >= 3
    assert f"{len(found.failures)} failed" in panel.static_text()


def test_it_shows_its_trials_as_html(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML has the table of the text, and why trials failed; display "text" has none."""
    space = {"mood": ["good", "bad", "<b>fine</b>"]}
    found = tune(Moody(), X, Y, STARS, space=space, n_trials=3, folds=3, progress=False)
    page = Page(found._repr_html_() or "")
    assert page.faults == []
    said = "".join(page.text)
    for words in ("<b>fine</b>", "0.5000", "Failed: mood=bad: RuntimeError: not today"):
        assert words in said
    assert "3 trials, of which 1 failed" in said
    monkeypatch.setenv(option.VARIABLE, "text")
    assert found._repr_html_() is None
