"""Tuning: the search, its folds and its trials."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.metrics import average_precision_score, recall_score
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from exo_nbregistry import config as option
from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.test_set import read_test_set
from exo_nbregistry.panels import progress_panel as work
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training.fitting import TrainingError
from exo_nbregistry.training.tuning import tune
from tests.html_page import Page

RNG = np.random.default_rng(0)
GROUPS = np.repeat(np.arange(60), 3)
Y = np.repeat(np.arange(60) % 2, 3)
X = pd.DataFrame({"a": Y + RNG.normal(size=180), "b": RNG.normal(size=180)})
SPACE: dict[str, Any] = {"max_depth": [1, 2, 3, 4, 5, 6]}
FAST: Any = {"n_trials": 4, "folds": 3, "progress": False}


def tree() -> DecisionTreeClassifier:
    """Return an unfitted tree."""
    return DecisionTreeClassifier(random_state=0)


class Moody(ClassifierMixin, BaseEstimator):
    """A classifier that fails for some values."""

    seen: ClassVar[list[set[float]]] = []

    def __init__(self, mood: str = "good") -> None:
        self.mood = mood

    def fit(self, X: Any, y: Any) -> Moody:
        """Raise in a bad mood."""
        if self.mood == "bad":
            raise RuntimeError("not today")
        if self.mood == "local" and 0 not in np.asarray(X)[:, 0]:
            raise RuntimeError("far from home")
        self.classes_ = np.unique(y)
        self.groups_ = set(np.asarray(X)[:, 0])
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return equal probabilities, and record the groups that are in both parts."""
        self.seen.append(self.groups_ & set(np.asarray(X)[:, 0]))
        return np.full((len(X), 2), 0.5)

    def predict(self, X: Any) -> Any:
        """Return the first class."""
        return np.zeros(len(X), dtype=int)


def test_the_best_is_the_choose_best_model_the_trials() -> None:
    """The hyperparameters with the highest mean are chosen and fitted on all rows."""
    found = tune(tree(), X, Y, GROUPS, space=SPACE, **FAST)
    assert len(found.trials) == 4
    best = max(found.trials, key=lambda trial: trial.mean)
    assert found.best_score == best.mean == pytest.approx(np.mean(best.scores))
    assert found.best_params == best.params
    expected = tree().set_params(**best.params).fit(X, Y)
    assert np.array_equal(found.best_model.predict_proba(X), expected.predict_proba(X))
    assert {len(trial.scores) for trial in found.trials} == {3}
    assert {trial.rows for trial in found.trials} == {180}


def test_no_group_is_in_two_parts() -> None:
    """In every fold of either method, groups are in training or in scoring."""
    table = np.c_[GROUPS, GROUPS].astype(float)
    for method in ("random", "halving"):
        Moody.seen.clear()
        tune(
            Moody(),
            table,
            Y,
            GROUPS,
            space={"mood": ["good", "great"]},
            method=method,
            n_trials=2,
            folds=3,
            progress=False,
        )
        assert len(Moody.seen) >= 6
        assert not set().union(*Moody.seen)


def test_the_seed_decides() -> None:
    """One seed gives the same trials, also with two threads, and another seed others."""
    space = {"min_samples_leaf": range(1, 40)}
    one = tune(tree(), X, Y, GROUPS, space=space, **FAST)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        again = tune(tree(), X, Y, GROUPS, space=space, **FAST)
    assert again.trials == one.trials
    other = tune(tree(), X, Y, GROUPS, space=space, random_state=7, **FAST)
    assert [t.params for t in other.trials] != [t.params for t in one.trials]


def test_halving_starts_with_few_rows() -> None:
    """Each round has more rows and fewer trials; the best is from the last round."""
    found = tune(
        tree(), X, Y, GROUPS, space=SPACE, method="halving", n_trials=6, folds=3, progress=False
    )
    rows = [trial.rows for trial in found.trials]
    assert rows == sorted(rows)
    assert rows[0] < rows[-1] <= 180
    assert rows.count(rows[0]) == 6 > rows.count(rows[-1])
    last = [trial.params for trial in found.trials if trial.rows == rows[-1]]
    assert found.best_params in last


def test_a_trial_that_fails_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """The reason of a failure is logged and stored, and the search continues."""
    space = {"mood": ["good", "bad"]}
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        found = tune(Moody(), X, Y, GROUPS, space=space, n_trials=2, folds=3, progress=False)
    (failure,) = found.failures
    assert failure.params == {"mood": "bad"}
    assert failure.error == "RuntimeError: not today (in 3 of 3 folds)"
    assert np.isnan(failure.mean)
    assert "A trial failed with {'mood': 'bad'}: RuntimeError: not today" in caplog.text
    assert found.best_params == {"mood": "good"}
    assert "2 trials, of which 1 failed" in repr(found)


def test_failing_trials_only_are_an_error() -> None:
    """If every trial fails, the error has the reason."""
    with pytest.raises(TrainingError, match="All trials of Moody failed: RuntimeError: not today"):
        tune(Moody(), X, Y, GROUPS, space={"mood": ["bad"]}, n_trials=1, folds=3, progress=False)
    home = np.c_[GROUPS, GROUPS].astype(float)
    with pytest.raises(TrainingError, match="No trial of Moody has a score"):
        tune(Moody(), home, Y, GROUPS, space={"mood": ["local"]}, n_trials=1, progress=False)


def test_invalid_arguments_are_rejected() -> None:
    """An unknown method and a number of trials below 1 raise an error."""
    with pytest.raises(NotFoundError, match="Did you mean random or halving"):
        tune(tree(), X, Y, GROUPS, space=SPACE, method="grid")
    with pytest.raises(InvalidInputError, match="n_trials must be a positive integer, got 0"):
        tune(tree(), X, Y, GROUPS, space=SPACE, n_trials=0)


@pytest.mark.parametrize("method", ["random", "halving"])
@pytest.mark.parametrize(
    ("load", "model", "space", "metric"),
    [
        (load_breast_cancer, DecisionTreeClassifier(random_state=0), SPACE, "roc_auc"),
        (load_wine, GaussianNB(), {"var_smoothing": [1e-9, 1e-3]}, "roc_auc_ovr_weighted"),
        (load_wine, RidgeClassifier(), {"alpha": [0.1, 1.0]}, "accuracy"),
        (load_diabetes, Ridge(), {"alpha": [0.01, 1.0, 1e6]}, "r2"),
    ],
    ids=["two classes", "three classes", "decisions", "numbers"],
)
def test_any_estimator_is_tuned_without_groups(
    method: str, load: Any, model: Any, space: Any, metric: str
) -> None:
    """Classifiers and regressors are tuned with a default metric, also without groups."""
    rows, labels = load(return_X_y=True)
    found = tune(model, rows, labels, space=space, method=method, **FAST | {"n_trials": 2})
    assert found.metric == metric
    assert found.algorithm == type(model).__name__
    assert found.best_score > 0.3
    assert f"by {metric} in cross-validation:" in repr(found)
    assert hasattr(found.best_model, "n_features_in_")


def test_groups_of_a_regression_are_kept_apart() -> None:
    """The folds of a regressor keep groups together, and the text names them."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 5)
    table = np.repeat(rng.normal(size=(40, 2)), 5, axis=0)
    values = np.repeat(rng.normal(size=40), 5)  # Only a group that is known can be predicted.
    model = DecisionTreeRegressor(random_state=0)
    space = {"max_depth": [None]}
    options: Any = {"space": space, "n_trials": 1, "progress": False}
    visits = Grouping("visit")
    apart = tune(model, table, values, groups, grouping=visits, **options)
    assert apart.best_score < 0.2 < 0.9 < tune(model, table, values, **options).best_score
    assert "over visits kept apart" in repr(apart)


def test_every_trial_is_stored_with_the_version(registry: ModelRegistry) -> None:
    """Parameters and scores of all trials, including failed ones, are stored."""
    space = {"mood": ["good", "bad", "fine"]}
    found = tune(Moody(), X, Y, GROUPS, space=space, n_trials=3, folds=3, progress=False)
    named = X.set_axis([f"K{row:05}.01" for row in range(180)])
    # The class of this module changes while it predicts, so it is not stored by value.
    facts = {"description": "Tuned.", "attachments": {"more": {"a": 1}}, "by_value": False}
    ref = found.register(registry, "moody", X, Y, named, Y, **facts)
    kept = registry.load_attachment(ref, "trials")
    assert [trial["params"] for trial in kept["trials"]] == [t.params for t in found.trials]
    for trial, expected in zip(kept["trials"], found.trials, strict=True):
        assert np.array_equal(trial["scores"], expected.scores, equal_nan=True)
        assert trial["error"] == expected.error
    metadata = registry.get_metadata(ref)
    assert metadata.additional_metrics["tuning"]["n_failed"] == 1
    assert metadata.metrics["cv_score"] == found.best_score
    assert metric_title("cv_score", [metadata]) == f"cv_score ({found.metric})"
    assert registry.trials(ref)[0].params == found.best_params
    assert metadata.additional_metrics["tuning"]["best_params"] == found.best_params
    assert (metadata.algorithm, metadata.description) == ("Moody", "Tuned.")
    assert metadata.hyperparameters == {"mood": found.best_params["mood"]}
    assert registry.load_attachment(ref, "more") == {"a": 1}
    held = read_test_set(registry, ref)
    assert held is not None
    assert list(held.rows) == list(named.index)
    assert found.register(registry, "moody", X, Y, named, Y, **facts) == ref


def test_the_best_trials_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The text has the best trial first, the frame all trials, and a bar counts the fits."""
    found = tune(tree(), X, Y, GROUPS, space=SPACE, n_trials=4, folds=3)
    assert "12/12" in capsys.readouterr().err
    first = repr(found).splitlines()[3]
    assert first.split()[0] == str(found.best_params["max_depth"])
    assert f"{found.best_score:.4f}" in first
    frame = found.to_frame()
    assert frame["mean"].max() == found.best_score
    assert list(frame.columns) == ["max_depth", "mean", "spread", "rows", "error"]


class Eager(ClassifierMixin, BaseEstimator):
    """A classifier that fails for odd moods."""

    def __init__(self, mood: int = 0) -> None:
        self.mood = mood

    def fit(self, X: Any, y: Any) -> Eager:
        """Raise if the mood is odd."""
        if self.mood % 2:
            raise RuntimeError("odd")
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return larger values for a larger mood."""
        return np.c_[np.full(len(X), 0.5), np.asarray(X)[:, 0] * self.mood + np.arange(len(X))]


@pytest.mark.parametrize("method", ["random", "halving"])
@pytest.mark.parametrize("backend", ["sequential", "threading", "loky"])
def test_a_panel_shows_each_trial(
    monkeypatch: pytest.MonkeyPatch, method: str, backend: str
) -> None:
    """With any backend, the panel ends with the score or failure of every trial."""
    shown: list[Any] = []
    monkeypatch.setattr(option, "in_kernel", lambda: True)
    monkeypatch.setattr(work, "display", shown.append)
    with joblib.parallel_config(backend=backend, n_jobs=1 if backend == "sequential" else 2):
        found = tune(
            Eager(), X, Y, GROUPS, space={"mood": range(6)}, method=method, n_trials=6, folds=3
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


def test_trials_are_shown_as_html(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML has the table and the failures; with display "text" there is no HTML."""
    space = {"mood": ["good", "bad", "<b>fine</b>"]}
    found = tune(Moody(), X, Y, GROUPS, space=space, n_trials=3, folds=3, progress=False)
    page = Page(found._repr_html_() or "")
    assert page.faults == []
    text = "".join(page.text)
    for words in ("<b>fine</b>", "0.5000", "Failed: mood=bad: RuntimeError: not today"):
        assert words in text
    assert "3 trials, of which 1 failed" in text
    monkeypatch.setenv(option.VARIABLE, "text")
    assert found._repr_html_() is None


@pytest.mark.parametrize(
    ("metric", "function"), [("recall", recall_score), ("average_precision", None)]
)
@pytest.mark.parametrize("label", ["no", "yes"])
def test_the_score_refers_to_the_positive_class(
    metric: str, function: Any, label: str, registry: ModelRegistry
) -> None:
    """With text labels, trials are scored by the positive class, which is registered."""
    y = np.array(["no", "yes"])[Y]
    options = FAST | {"n_trials": 1, "metric": metric, "pos_label": label}
    found = tune(tree(), X, y, space={"max_depth": [2]}, **options)
    assert found.failures == ()
    folds = StratifiedKFold(3, shuffle=True, random_state=42)
    scores = []
    for train, test in folds.split(X, y):
        model = tree().set_params(max_depth=2).fit(X.iloc[train], y[train])
        if function:
            scores.append(function(y[test], model.predict(X.iloc[test]), pos_label=label))
        else:
            share = model.predict_proba(X.iloc[test])[:, list(model.classes_).index(label)]
            scores.append(average_precision_score(y[test], share, pos_label=label))
    assert found.trials[0].scores == pytest.approx(scores)
    assert f"{metric} of {label}" in repr(found)
    scoring = registry.get_metadata(found.register(registry, "t", X, y, X, y)).scoring
    assert scoring is not None
    assert scoring.pos_label == label
