"""Facts of fitted searches of scikit-learn and of other libraries."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge
from sklearn.metrics import log_loss, make_scorer, mean_squared_error
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.introspection.fitted_search import find_search, read_search

CHANCE = np.random.default_rng(0)
X = CHANCE.normal(size=(90, 2))
Y = (X[:, 0] > 0).astype(int)
GRID = {"max_depth": [1, 2]}
TREE = DecisionTreeClassifier(random_state=0)


@pytest.mark.parametrize(
    "search",
    [
        GridSearchCV(TREE, GRID, cv=2),
        RandomizedSearchCV(TREE, GRID, n_iter=2, cv=2),
        HalvingGridSearchCV(TREE, GRID, cv=2),
        HalvingRandomSearchCV(TREE, GRID, cv=2, n_candidates=2, random_state=0),
    ],
    ids=lambda search: type(search).__name__,
)
def test_each_search_of_scikit_learn_is_read(search: Any) -> None:
    """Score, parameters, class and trials are read from each kind of search."""
    found = read_search(search.fit(X, Y))
    assert found.metrics == {"cv_score": search.best_score_}
    assert found.best_params == search.best_params_
    assert found.summary["method"] == type(search).__name__
    assert found.trials is not None
    assert len(found.trials["trials"]) == len(search.cv_results_["params"])


@pytest.mark.parametrize(
    ("model", "scoring", "name"),
    [
        (TREE, None, "accuracy"),
        (make_pipeline(StandardScaler(), TREE), None, "accuracy"),
        (Ridge(), None, "r2"),
        (TREE, "neg_log_loss", "neg_log_loss"),
        (
            Ridge(),
            make_scorer(mean_squared_error, greater_is_better=False),
            "neg_mean_squared_error",
        ),
        (
            TREE,
            make_scorer(log_loss, greater_is_better=False, response_method="predict_proba"),
            "neg_log_loss",
        ),
        (DummyRegressor(), lambda model, X, y: 0.5, "score"),
        (TREE, {"own": "f1"}, "own"),
    ],
)
def test_the_scorer_has_its_name(model: Any, scoring: Any, name: str) -> None:
    """The score is named after the scorer, also a default one or a function."""
    refit = "own" if isinstance(scoring, dict) else True
    found = read_search(GridSearchCV(model, {}, scoring=scoring, cv=2, refit=refit).fit(X, Y))
    assert found.summary["scorer"] == name
    assert found.trials is not None
    assert found.trials["metric"] == name


def test_several_metrics_without_refit_have_no_best_score() -> None:
    """A search that chose nothing has trials, but neither best parameters nor a score."""
    search = GridSearchCV(TREE, GRID, cv=2, scoring=["f1", "roc_auc"], refit=False).fit(X, Y)
    found = read_search(search)
    assert (found.metrics, found.best_params) == ({}, {})
    assert found.summary["n_trials"] == 2


def test_a_function_as_refit_chooses_the_score() -> None:
    """The score of the trial that a function chose is the score of the search."""
    search = GridSearchCV(TREE, GRID, cv=2, refit=lambda results: 0).fit(X, Y)
    found = read_search(search)
    assert found.metrics["cv_score"] == search.cv_results_["mean_test_score"][0]


def test_a_failed_trial_is_counted() -> None:
    """A trial whose fits failed has no score and counts as failed."""
    search = GridSearchCV(TREE, {"max_depth": [1, -5]}, cv=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns about failed fits
        search.fit(X, Y)
    found = read_search(search)
    assert found.summary["n_failed"] == 1
    assert found.trials is not None
    assert found.trials["trials"][1]["error"] == "failed"


def test_wrapped_searches_are_found() -> None:
    """The last step of a pipeline, and a frozen estimator, contain a fitted search."""
    search = GridSearchCV(TREE, GRID, cv=2).fit(X, Y)
    assert find_search(make_pipeline(StandardScaler(), FrozenEstimator(search))) is search
    assert find_search(TREE) is None
    assert find_search(GridSearchCV(TREE, GRID)) is None
    assert find_search({"any": "model"}) is None


class OtherSearch(BaseEstimator):
    """A search of another library, with results in the form of scikit-learn."""

    def __init__(self, **results: Any) -> None:
        self.cv_results_: Any = results
        self.study_: Any = None
        self.best_params_, self.best_score_ = {"C": 2}, 0.9

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return no parameters."""
        return {}


def test_a_search_of_another_library_is_read() -> None:
    """The attributes of a search count, not its class."""
    found = read_search(OtherSearch(params=[{"C": 1}, {"C": 2}], mean_test_score=[0.8, 0.9]))
    assert (found.metrics, found.best_params) == ({"cv_score": 0.9}, {"C": 2})


def test_a_search_with_a_study_is_read() -> None:
    """A search of Optuna has a study instead of cv_results_."""
    trial = SimpleNamespace(params={"C": 2}, value=0.9, state=SimpleNamespace(name="COMPLETE"))
    search = OtherSearch()
    search.cv_results_ = None
    search.study_ = SimpleNamespace(trials=[trial], direction=SimpleNamespace(name="MAXIMIZE"))
    found = read_search(search)
    assert (found.metrics, found.best_params) == ({"cv_score": 0.9}, {"C": 2})
    assert found.trials is not None
    assert found.trials["trials"][0]["mean"] == 0.9


def test_results_that_cannot_be_read_do_not_stop_a_registration(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The message suggests to pass the trials."""
    found = read_search(OtherSearch(params=[{"C": 1}], mean_test_score=[]))
    assert found.trials is None
    assert "The columns of trials have different lengths" in caplog.text
    assert "Pass them as trials=" in caplog.text
