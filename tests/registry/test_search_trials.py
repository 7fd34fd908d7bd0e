"""Searches in the registry: their score, their parameters, and their trials."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer, recall_score
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import NotFoundError, RecordError
from exo_nbregistry.inference.bundle import bundle
from exo_nbregistry.registry.facade import ModelRegistry
from tests.html_page import Page

CHANCE = np.random.default_rng(0)
X = pd.DataFrame({"depth": CHANCE.normal(size=120), "period": CHANCE.normal(size=120)})
Y = (X["depth"] + CHANCE.normal(size=120) > 0).astype(int)
DEPTHS = {"max_depth": [1, 3, 5]}


def tree_search(**options: Any) -> GridSearchCV:
    """Return a fitted search over the depth of a tree."""
    tree = DecisionTreeClassifier(random_state=0)
    return GridSearchCV(tree, options.pop("grid", DEPTHS), cv=3, **options).fit(X, Y)


def study(*trials: dict[str, Any], direction: str = "MINIMIZE") -> Any:
    """Return an object like a study of Optuna."""
    listed = [
        SimpleNamespace(
            number=i,
            params=trial["params"],
            value=trial.get("value"),
            values=None if trial.get("value") is None else [trial["value"]],
            state=SimpleNamespace(name=trial.get("state", "COMPLETE")),
            user_attrs=trial.get("attrs", {}),
        )
        for i, trial in enumerate(trials)
    ]
    way = SimpleNamespace(name=direction)
    return SimpleNamespace(trials=listed, direction=way, directions=[way], metric_names=None)


def test_a_search_is_registered_with_its_score_and_trials(registry: ModelRegistry) -> None:
    """The best score is the metric cv_score, beside the test metrics, and all trials are kept."""
    search = tree_search(scoring="roc_auc")
    ref = registry.register_model(search, "tree", X=X, y=Y, X_test=X, y_test=Y)
    version = registry[ref]
    assert version.metrics["cv_score"] == search.best_score_
    assert version.metrics["roc_auc"] != search.best_score_
    assert version.additional_metrics["search"]["scorer"] == "roc_auc"
    assert registry.trials(ref)[0].params == search.best_params_
    stored = registry.load_attachment(ref, "trials")
    assert (stored["metric"], stored["best_score"]) == ("roc_auc", search.best_score_)
    assert [t["mean"] for t in stored["trials"]] == search.cv_results_["mean_test_score"].tolist()
    assert len(stored["trials"][0]["scores"]) == 3


def test_the_natural_filter_finds_the_best_parameters(registry: ModelRegistry) -> None:
    """Chosen parameters are hyperparameters, beside those of the search itself."""
    ref = registry.register_model(tree_search(), "tree")
    best = registry[ref].hyperparameters["max_depth"]
    assert registry.list_models(where=f"hyperparameters.max_depth == {best}").ids == (ref,)
    found = registry[ref].hyperparameters
    assert found["param_grid"] == DEPTHS
    assert found["estimator"]["class"].endswith("DecisionTreeClassifier")


def test_a_search_at_the_end_of_a_pipeline_is_found(registry: ModelRegistry) -> None:
    """The last step of a pipeline, and a pipeline in a search, keep their trials."""
    steps = Pipeline([("scale", StandardScaler()), ("svc", SVC())])
    search = GridSearchCV(steps, {"svc__C": [0.1, 10.0]}, cv=2)
    ref = registry.register_model(make_pipeline(StandardScaler(), search).fit(X, Y), "svc")
    best = registry[ref].hyperparameters["svc__C"]
    assert registry.trials(ref)[0].params == {"svc__C": best}
    assert registry.list_models(where=f"hyperparameters.svc__C == {best}").ids == (ref,)


def test_cv_scores_of_different_scorers_are_named(registry: ModelRegistry) -> None:
    """A comparison shows which scorer each search used."""
    for scoring in ("roc_auc", "accuracy"):
        registry.register_model(tree_search(scoring=scoring), "tree")
    assert "cv_score (roc_auc)" in registry["tree:1"]._repr_html_()
    compared = repr(registry.compare_models(["tree:1", "tree:2"]))
    assert "(roc_auc)" in compared
    assert "(accuracy)" in compared


def test_a_search_that_is_run_again_is_the_same_version(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """Times of fits, which differ between runs, do not add a version."""
    caplog.set_level(logging.INFO, "exo_nbregistry")
    grid = {"max_depth": [1, 2], "criterion": ["gini", "entropy"]}
    first = registry.register_model(tree_search(grid=grid), "tree", X=X, y=Y)
    assert registry.register_model(tree_search(grid=grid), "tree", X=X, y=Y) == first
    passed = registry.register_model(
        LogisticRegression().fit(X, Y), "passed", trials=tree_search(grid=grid).cv_results_
    )
    again = registry.register_model(
        LogisticRegression().fit(X, Y), "passed", trials=tree_search(grid=grid).cv_results_
    )
    assert (passed, again) == ("passed:1", "passed:1")
    assert not any("time" in name for trial in registry.trials(first) for name in trial.others)


def test_a_random_search_that_is_run_again_is_the_same_version(registry: ModelRegistry) -> None:
    """Distributions contain the global random state, which does not make another version."""
    space = {"C": loguniform(0.1, 10.0), "kernel": ["rbf", "linear"]}
    search = RandomizedSearchCV(SVC(), space, n_iter=3, cv=2, random_state=0)
    first = registry.register_model(search.fit(X, Y), "svc")
    np.random.random()
    assert registry.register_model(search.fit(X, Y), "svc") == first
    other = RandomizedSearchCV(
        SVC(), space | {"C": loguniform(0.1, 9.0)}, n_iter=3, cv=2, random_state=0
    )
    assert registry.register_model(other.fit(X, Y), "svc") == "svc:2"


@pytest.mark.parametrize(
    "trials",
    [
        [{"params": {"alpha": 0.1}, "value": 0.7}, {"params": {"alpha": 1.0}, "value": 0.8}],
        [{"alpha": 0.1, "score": 0.7}, {"alpha": 1.0, "score": 0.8}],
        pd.DataFrame({"alpha": [0.1, 1.0], "value": [0.7, 0.8]}),
        {"alpha": [0.1, 1.0], "mean_test_score": np.array([0.7, 0.8])},
        {"params": [{"alpha": 0.1}, {"alpha": 1.0}], "mean_test_score": [0.7, 0.8]},
        study(
            {"params": {"alpha": 0.1}, "value": 0.7},
            {"params": {"alpha": 1.0}, "value": 0.8},
            direction="MAXIMIZE",
        ),
        {"trials": [{"alpha": 0.1, "score": 0.7}, {"alpha": 1.0, "score": 0.8}], "metric": "r2"},
    ],
    ids=["params", "flat", "frame", "columns", "cv_results_", "study", "named"],
)
def test_trials_are_taken_in_each_form(registry: ModelRegistry, trials: Any) -> None:
    """A search of any library is stored from its table, its dicts or its study."""
    model = Ridge(alpha=1.0).fit(X, Y)
    ref = registry.register_model(model, "ridge", trials=trials)
    assert [(t.params, t.score) for t in registry.trials(ref)] == [
        ({"alpha": 1.0}, 0.8),
        ({"alpha": 0.1}, 0.7),
    ]
    assert len(registry.list_models("ridge")) == 1
    assert registry.plot("trials", ref).rows[0][1:] == [0.8, 1.0]


def test_a_search_that_minimizes_is_sorted_ascending(registry: ModelRegistry) -> None:
    """The lowest score of a minimized objective is the best; failed and pruned ones are notes."""
    tried = study(
        {"params": {"lr": 0.1, "kind": "a"}, "value": 0.5},
        {"params": {"lr": 0.001, "kind": "b"}, "value": 0.2, "attrs": {"trees": 40}},
        {"params": {"lr": 9.0, "kind": "a"}, "state": "FAIL"},
        {"params": {"lr": 8.0, "kind": "a"}, "value": 0.01, "state": "PRUNED"},
    )
    ref = registry.register_model(Ridge().fit(X, Y), "ridge", trials=tried)
    found = registry.trials(ref)
    assert [trial.number for trial in found] == [1, 0, 2, 3]
    assert found.to_frame().loc[0, ["lr", "value", "trees"]].tolist() == [0.001, 0.2, 40]
    plot = registry.plot("trials", ref)
    assert plot.headers[1] == "value (lower is better)"
    assert plot.rows[0][1] == 0.2
    assert plot.notes == ("Omitted: 1 trial that failed.", "Omitted: 1 trial pruned.")


def test_the_direction_of_a_table_can_be_passed(registry: ModelRegistry) -> None:
    """A dict names the score and its direction."""
    trials = {"trials": [{"C": 1, "value": 3.0}, {"C": 2, "value": 2.0}], "metric": "cost"}
    model = Ridge().fit(X, Y)
    ref = registry.register_model(model, "m", trials=trials | {"direction": "minimize"})
    assert registry.trials(ref)[0].score == 2.0
    with pytest.raises(RecordError, match="Unknown direction 'down' of trials; choose 'minimize'"):
        registry.register_model(model, "m", trials=trials | {"direction": "down"})


def test_a_version_without_trials_is_explained(registry: ModelRegistry) -> None:
    """The error names the version and how to store trials."""
    with pytest.raises(NotFoundError, match="kepler_rf:1 has no trials; register a fitted search"):
        registry.trials("kepler_rf")


def test_trials_are_no_versions(registry: ModelRegistry) -> None:
    """A search of many trials is one version with a table below it."""
    ref = registry.register_model(tree_search(), "tree", X=X, y=Y)
    assert registry.list_models("tree").ids == (ref,)
    page = Page(registry.trials(ref)._repr_html_())
    assert "3 trials of tree:1, best accuracy first:" in page.text


def test_a_search_without_refit_is_registered(registry: ModelRegistry) -> None:
    """A search that fitted no final model keeps its score, parameters and trials."""
    search = tree_search(refit=False, scoring=make_scorer(recall_score))
    ref = registry.register_model(search, "tree")
    assert registry[ref].metrics == {"cv_score": search.best_score_}
    assert registry[ref].additional_metrics["search"]["scorer"] == "recall_score"
    assert registry[ref].hyperparameters["max_depth"] == search.best_params_["max_depth"]


def test_a_search_by_several_metrics_keeps_all(registry: ModelRegistry) -> None:
    """The metric of refit ranks the trials, and the others are columns."""
    search = tree_search(scoring=["roc_auc", "f1"], refit="f1")
    ref = registry.register_model(search, "tree")
    assert registry[ref].metrics["cv_score"] == search.best_score_
    frame = registry.trials(ref).to_frame()
    assert {"max_depth", "f1", "roc_auc"} <= set(frame.columns)
    assert frame["f1"].max() == search.best_score_


def test_a_random_search_among_estimators_shows_them_as_text(registry: ModelRegistry) -> None:
    """An estimator in a trial is its text, without the address of an object."""
    steps = Pipeline([("clf", SVC())])
    grid = {"clf": [SVC(C=1), LogisticRegression(C=7.0)]}
    search = RandomizedSearchCV(steps, grid, n_iter=2, cv=2, random_state=0).fit(X, Y)
    ref = registry.register_model(search, "any")
    shown = {trial.params["clf"] for trial in registry.trials(ref)}
    assert shown == {"SVC(C=1)", "LogisticRegression(C=7.0)"}
    assert registry.plot("trials", ref).to_png().startswith(b"\x89PNG")


def test_a_comparison_of_a_search_and_a_plain_model_has_one_row_for_a_parameter(
    registry: ModelRegistry,
) -> None:
    """The chosen depth is compared with the depth of a tree that was not searched."""
    registry.register_model(tree_search(grid={"max_depth": [5]}), "tree")
    registry.register_model(DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, Y), "tree")
    found = registry.compare_models(["tree:1", "tree:2"]).differences["hyperparameters"]
    depths = {name: values for name, values in found.items() if "max_depth" in name}
    assert depths == {"max_depth": {"tree:1": 5, "tree:2": 2}}


def test_ten_thousand_trials_are_cut_with_a_message(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """The best trials are stored if not all fit, and the count of all is kept."""
    scores = CHANCE.random(10_000)
    trials = {
        "params": [{"max_depth": i % 9, "learning_rate": i / 7} for i in range(10_000)],
        "mean_test_score": scores,
        **{f"split{fold}_test_score": scores for fold in range(5)},
    }
    ref = registry.register_model(Ridge().fit(X, Y), "ridge", trials=trials)
    found = registry.trials(ref)
    assert found[0].score == scores.max()
    assert 1000 < len(found) < 10_000
    assert "of 10,000 trials are stored, because an attachment has at most 1 MiB" in caplog.text
    assert "not stored" in repr(found)


def test_hostile_trials_are_text(registry: ModelRegistry) -> None:
    """Names and values of hyperparameters are escaped on every page."""
    bad = "<img src=x onerror=alert(1)>\x1b[31m"
    trials = [{"params": {bad: bad}, "value": 0.1}, {"params": {bad: "b"}, "value": 0.2}]
    ref = registry.register_model(Ridge().fit(X, Y), "ridge", trials=trials)
    found = registry.trials(ref)
    assert "<img" not in found._repr_html_()
    assert "\x1b" not in repr(found)
    assert "img" not in Page(found._repr_html_()).elements


def test_a_search_in_a_bundle_is_found(registry: ModelRegistry) -> None:
    """A search that is bundled with its scaler keeps its score, its trials and its curves."""
    scaler = StandardScaler().fit(X)
    booster = GradientBoostingClassifier(n_estimators=3, random_state=0)
    search = GridSearchCV(booster, {"max_depth": [1, 2]}, cv=2).fit(scaler.transform(X), Y)
    ref = registry.register_model(bundle(scaler, search), "bundled", X=X, y=Y)
    assert registry[ref].metrics["cv_score"] == search.best_score_
    best = search.best_params_["max_depth"]
    assert registry.list_models(where=f"hyperparameters.max_depth == {best}").ids == (ref,)
    assert len(registry.trials(ref)) == 2
    assert len(registry.load_attachment(ref, "curves")["curves"]["train loss"]) == 3
