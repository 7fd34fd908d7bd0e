"""The first prediction of gradient boosting is checked from the inside out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.restricted.graph import check_structure
from exo_nbregistry.restricted.rejection import Rejection

X = np.random.RandomState(0).rand(60, 3)
TARGET = X @ [1.0, 2.0, 3.0]


def boosting(first: Any = None) -> Any:
    """Return small fitted gradient boosting with a first estimator."""
    return GradientBoostingRegressor(n_estimators=2, init=first).fit(X, TARGET)


@pytest.mark.parametrize(
    "build",
    [
        lambda: boosting(),
        lambda: boosting("zero"),
        lambda: boosting(make_pipeline(StandardScaler(), LinearRegression())),
        lambda: boosting(GradientBoostingRegressor(n_estimators=2)),
        lambda: GradientBoostingClassifier(n_estimators=2).fit(X, TARGET > 3),
        lambda: GradientBoostingClassifier(n_estimators=2, init=LogisticRegression()).fit(
            X, np.arange(60) % 4
        ),
    ],
    ids=["default", "zero", "pipeline", "boosting", "two classes", "four classes"],
)
def test_each_first_estimator_is_allowed(build: Any) -> None:
    """Any estimator that predicts one column for each tree can be the first."""
    check_structure(build(), is_value=lambda _: True)


def test_an_inner_model_is_checked_before_it_predicts() -> None:
    """A damaged model inside another one is rejected, although the outer one would run it."""
    model = boosting(GradientBoostingRegressor(n_estimators=2, init=LinearRegression()))
    model.init_.init_.coef_, model.init_.init_.intercept_ = np.zeros((0, 3)), 0.0
    with pytest.raises(Rejection, match="init_"):
        check_structure(model, is_value=lambda _: True)
