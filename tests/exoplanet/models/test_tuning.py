"""Tuning of the Kepler classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.evaluation import read_test_set
from exo_nbregistry.exoplanet import tune
from exo_nbregistry.exoplanet.models.classifiers import CLASSIFIERS, SVMClassifier
from exo_nbregistry.exoplanet.models.search_space import search_space
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.training import LeakageError

RNG = np.random.default_rng(0)
STARS = np.repeat(np.arange(60), 3)
Y = np.repeat(np.arange(60) % 2, 3)
X = pd.DataFrame({"a": Y + RNG.normal(size=180), "b": RNG.normal(size=180)})
FAST: Any = {"n_trials": 2, "folds": 3, "progress": False}


@pytest.mark.parametrize("name", list(CLASSIFIERS))
def test_each_classifier_has_a_space(name: str) -> None:
    """Every name of a default search space is a hyperparameter of the classifier."""
    assert search_space(name).keys() <= CLASSIFIERS[name]().get_params().keys()


def test_a_classifier_is_tuned_by_name(registry: ModelRegistry) -> None:
    """A name and an unfitted classifier give the same trials, over stars."""
    by_name = tune("SVM", X, Y, STARS, **FAST)
    given = tune(SVMClassifier(), X, Y, STARS, **FAST)
    assert by_name.algorithm == given.algorithm == "SVM"
    assert by_name.metric == "roc_auc"
    assert by_name.trials == given.trials
    assert by_name.best_params["C"] == by_name.best_model.C
    assert all(type(value) is float for value in by_name.best_params.values())
    assert "the best by roc_auc over stars kept apart:" in repr(by_name)
    named = X.set_axis([f"K{row // 3:05}.{row % 3 + 1:02}" for row in range(180)])
    held = read_test_set(registry, by_name.register(registry, "svm", X, Y, named, Y))
    assert held is not None
    assert list(held.groups[:4]) == ["K00000", "K00000", "K00000", "K00001"]


def test_unknown_names_are_rejected() -> None:
    """An unknown classifier, or one without a default search space, raises an error."""
    with pytest.raises(NotFoundError, match="Did you mean SVM"):
        tune("SVN", X, Y, STARS)
    with pytest.raises(NotFoundError, match="'DecisionTreeClassifier'; pass space="):
        tune(DecisionTreeClassifier(), X, Y, STARS)


def test_a_leak_is_rejected_unless_it_is_allowed(registry: ModelRegistry) -> None:
    """A column that leaks is an error; an allowed one is recorded with the version."""
    leaky = X.rename(columns={"a": "koi_score"})
    with pytest.raises(LeakageError, match="'koi_score' leaks the label"):
        tune("SVM", leaky, Y, STARS, **FAST)
    found = tune("SVM", leaky, Y, STARS, allow_leakage="koi_score", **FAST)
    ref = found.register(registry, "svm", leaky, Y, leaky, Y, training_info={"note": "a test"})
    info = registry.get_metadata(ref).additional_metrics["training_info"]
    assert (info["allowed_leakage"], info["note"]) == (["koi_score"], "a test")
