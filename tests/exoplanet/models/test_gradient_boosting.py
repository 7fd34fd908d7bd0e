"""Gradient boosting: missing values, parameters and threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import ensemble
from sklearn.utils import Bunch
from threadpoolctl import threadpool_info, threadpool_limits

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.models.gradient_boosting import HistGradientBoostingClassifier


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once."""
    return load_koi("five")


def openmp_threads() -> set[int]:
    """Return the numbers of threads of the loaded OpenMP libraries."""
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "openmp"}


def test_hyperparameters_reach_the_boosting(koi: Bunch) -> None:
    """Each parameter is passed to scikit-learn's class, which does not stop early."""
    given = {
        "learning_rate": 0.2,
        "max_iter": 3,
        "max_leaf_nodes": 4,
        "min_samples_leaf": 9,
        "l2_regularization": 0.5,
        "random_state": 7,
    }
    model = HistGradientBoostingClassifier(**given).fit(koi.data[::8], koi.target[::8])
    inner = model.pipeline_["classify"]
    assert {name: inner.get_params()[name] for name in given} == given
    assert inner.get_params()["early_stopping"] is False
    assert inner.n_iter_ == 3


def test_a_missing_value_is_used_as_it_is() -> None:
    """A column that is missing for one class separates the classes, which medians cannot."""
    y = np.arange(200) % 2
    X = np.where(y == 1, np.nan, 1.0)[:, np.newaxis]
    model = HistGradientBoostingClassifier(max_iter=20).fit(X, y)
    assert list(model.pipeline_.named_steps) == ["classify"]
    assert model.score(X, y) == 1


@pytest.mark.parametrize(("variable", "used"), [("", {1}), ("2", {2})])
def test_one_thread_is_used_unless_the_user_sets_a_number(
    variable: str, used: set[int], koi: Bunch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fit and prediction run in one thread; OMP_NUM_THREADS takes precedence."""
    monkeypatch.setenv("OMP_NUM_THREADS", variable)
    seen: list[set[int]] = []
    for method in ("fit", "predict", "predict_proba"):
        original = getattr(ensemble.HistGradientBoostingClassifier, method)

        def record(self: Any, *args: Any, _original: Any = original, **more: Any) -> Any:
            seen.append(openmp_threads())
            return _original(self, *args, **more)

        monkeypatch.setattr(ensemble.HistGradientBoostingClassifier, method, record)
    with threadpool_limits(2, user_api="openmp"):
        model = HistGradientBoostingClassifier(max_iter=2).fit(koi.data[::8], koi.target[::8])
        model.predict(koi.data[:5])
        model.predict_proba(koi.data[:5])
        assert openmp_threads() == {2}
    assert len(seen) >= 3
    assert set(map(frozenset, seen)) == {frozenset(used)}
