"""Kinds of fits, registered automatically and by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - makes the next import work
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from exo_nbregistry.registry.facade import ModelRegistry
from tests.autoregister.conftest import Data, open_registry


def tree() -> Any:
    """Return a small tree."""
    return DecisionTreeClassifier(max_depth=2, random_state=0)


def members() -> Any:
    """Return the members of an ensemble."""
    return [("tree", tree()), ("line", LogisticRegression())]


KINDS: dict[str, Callable[[], Any]] = {
    "random_forest": lambda: RandomForestClassifier(5, random_state=0, n_jobs=2),
    "logistic_regression": LogisticRegression,
    "svc": lambda: make_pipeline(StandardScaler(), SVC()),
    "mlp": lambda: MLPClassifier((2,), random_state=0, solver="lbfgs", tol=0.1),
    "ridge": lambda: make_pipeline(StandardScaler(), Ridge()),
    "decision_tree": lambda: make_pipeline(
        ColumnTransformer([("scaled", StandardScaler(), ["a", "b"])], remainder="passthrough"),
        tree(),
    ),
    "*grid": lambda: GridSearchCV(tree(), {"max_depth": [1, 3]}, cv=3),
    "*halving": lambda: HalvingRandomSearchCV(
        tree(), {"max_depth": [1, 2, 3]}, n_candidates=3, random_state=0
    ),
    "voting": lambda: VotingClassifier(members()),
    "stacking": lambda: StackingClassifier(members(), cv=2),
    "hist_gradient_boosting": lambda: HistGradientBoostingClassifier(max_iter=3, random_state=0),
    "*regression": lambda: RandomForestRegressor(5, random_state=0),
    "lgbm": lambda: LGBMClassifier(n_estimators=3, random_state=0, n_jobs=1, verbose=-1),
    "xgb": lambda: XGBClassifier(n_estimators=3, random_state=0, n_jobs=1),
    "k_means": lambda: KMeans(2, random_state=0, n_init=1),
    "isolation_forest": lambda: IsolationForest(n_estimators=5, random_state=0),
}


# How each kind is scored: a clustering without labels, outliers by a metric.
SCORES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "k_means": lambda model, X, _y: model.score(X),
    "isolation_forest": lambda model, X, y: f1_score(y, model.predict(X), pos_label=-1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_is_registered_as_by_hand(
    tmp_path: Path, data: Data, kind: str, lines: list[str]
) -> None:
    """One fit is one version, and each of its facts is the one of a registration by hand."""
    X, X_test = (pd.DataFrame(rows, columns=list("abcdef")) for rows in (data.X, data.X_test))
    y, y_test = (np.where(values == 1, 1, -1) for values in (data.y, data.y_test))
    if kind in ("xgb", "lgbm"):  # XGBoost rejects negative labels.
        y, y_test = data.y, data.y_test
    ours, hand = open_registry(tmp_path / "ours"), open_registry(tmp_path / "hand")
    with ours.autoregister("kepler_*", report=lines.append) as handle:
        model = KINDS[kind]().fit(X, y)
        SCORES.get(kind, lambda model, X, y: model.score(X, y))(model, X_test, y_test)
    (ref,) = handle.registered
    name = "random_forest" if kind == "*regression" else kind
    assert ref == f"kepler_{'decision_tree' if is_search(kind) else name}:1"
    by_hand = KINDS[kind]().fit(X, y)
    hand.register_model(
        *(by_hand, ref.partition(":")[0]),
        **{"X": X, "y": y, "X_test": X_test, "y_test": None if kind == "k_means" else y_test},
        pos_label=-1 if kind == "isolation_forest" else None,
    )
    (found,), (expected,) = ours.list_models(), hand.list_models()
    if is_search(kind):
        assert found.artifact.globals == expected.artifact.globals
        found, expected = (dataclasses.replace(v, artifact=None) for v in (found, expected))
        tables = [registry.trials(ref).to_frame() for registry in (ours, hand)]
        pd.testing.assert_frame_equal(*tables)
    assert found == expected
    assert found.metrics
    (line,) = lines
    assert line.startswith(f"{ref} registered (")
    np.testing.assert_array_equal(ours.load_model(ref)[0].predict(X), by_hand.predict(X))


def is_search(kind: str) -> bool:
    """Return whether a kind is a search, whose model has the seconds of its fits."""
    return kind in ("*grid", "*halving")


def test_nothing_inside_a_search_is_registered(
    registry: ModelRegistry, data: Data, lines: list[str]
) -> None:
    """A search over a pipeline is one version with its trials."""
    with registry.autoregister("m", report=lines.append):
        pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(3))
        grid = {"randomforestclassifier__max_depth": [1, 2]}
        GridSearchCV(pipeline, grid, cv=2).fit(data.X, data.y)
    assert [version.model_id for version in registry.list_models()] == ["m:1"]
    assert len(registry.trials("m").to_frame()) == 2
