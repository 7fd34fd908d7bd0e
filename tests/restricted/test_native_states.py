"""States of classes with their own ``__setstate__`` are checked before they are set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import DistanceMetric
from sklearn.neighbors import BallTree, KDTree
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import Bunch

from exo_nbregistry.restricted.native_states import STATES
from exo_nbregistry.restricted.rejection import Rejection

X = np.random.RandomState(0).rand(40, 3)


def check(value: Any, state: Any) -> None:
    """Check a state of an object."""
    STATES[f"{type(value).__module__}.{type(value).__qualname__}"](value, state)


def tree() -> tuple[Any, dict[str, Any]]:
    """Return a native tree without nodes, and the state of a fitted one."""
    create, arguments, state = DecisionTreeClassifier().fit(X, np.arange(40) % 2).tree_.__reduce__()
    return create(*arguments), dict(state)


def test_the_state_of_a_tree_is_allowed_once() -> None:
    """The nodes of a tree are set exactly once."""
    native, state = tree()
    check(native, state)
    native.__setstate__(state)
    with pytest.raises(Rejection, match="twice"):
        check(native, state)


TREE_CHANGES: list[tuple[str, Any]] = [
    ("node_count", lambda value: value + 1),
    ("node_count", lambda _: 10**9),
    ("node_count", lambda _: 0),
    ("max_depth", lambda _: 2**62),
    ("max_depth", lambda _: -1),
    ("nodes", lambda value: value[:-1]),
    ("nodes", lambda value: value[::-1]),
    ("nodes", lambda value: value.view("u1")),
    ("nodes", lambda value: np.zeros(len(value), dtype=[("left_child", "<i8")])),
    ("nodes", lambda value: value.reshape(1, -1)),
    ("nodes", lambda value: value.tolist()),
    ("values", lambda value: value[:-1]),
    ("values", lambda value: value[:, :, :1]),
    ("values", lambda value: value.astype(np.float32)),
    ("values", lambda value: np.asfortranarray(np.repeat(value, 2, axis=1))),
    ("other", lambda _: 1),
]


@pytest.mark.parametrize(
    ("name", "change"),
    [pytest.param(*each, id=f"{place} {each[0]}") for place, each in enumerate(TREE_CHANGES)],
)
def test_a_tree_whose_arrays_have_other_sizes_is_rejected(name: str, change: Any) -> None:
    """Sizes and dtypes of nodes and values are those that the native code copies."""
    native, state = tree()
    with pytest.raises(Rejection, match="Tree"):
        check(native, state | {name: change(state.get(name))})


@pytest.mark.parametrize("kind", [KDTree, BallTree])
@pytest.mark.parametrize("part", range(13))
def test_each_part_of_a_search_tree_is_checked(kind: Any, part: int) -> None:
    """The state of a search tree is allowed, and no part can be text."""
    native = kind(X, leaf_size=4)
    state = native.__getstate__()
    check(native, state)
    with pytest.raises(Rejection):
        check(native, (*state[:part], "text", *state[part + 1 :]))
    with pytest.raises(Rejection):
        check(native, state[:part])


@pytest.mark.parametrize(
    ("name", "options", "state"),
    [
        ("euclidean", {}, (2.0, np.zeros(1), np.zeros(1))),
        ("euclidean", {}, (2.0, np.zeros(1, dtype=np.float32), np.zeros((1, 1)))),
        ("euclidean", {}, ("2", np.zeros(1), np.zeros((1, 1)))),
        ("euclidean", {}, (2.0, np.zeros(1), np.zeros((1, 1)), print)),
        ("mahalanobis", {"VI": np.eye(3)}, (2.0, np.zeros(1), np.ones((3, 1)))),
        ("mahalanobis", {"VI": np.eye(3)}, (2.0, np.zeros(1), np.zeros((1, 1)))),
    ],
)
def test_a_metric_of_other_shapes_is_rejected(
    name: str, options: dict[str, Any], state: tuple[Any, ...]
) -> None:
    """A metric has a number, a vector and a square matrix."""
    metric: Any = DistanceMetric.get_metric(name, **options)
    check(metric, metric.__reduce__()[2])
    with pytest.raises(Rejection):
        check(metric, state)


@pytest.mark.parametrize(
    "state",
    [
        {"f_": print},
        {"X_thresholds_": np.zeros(2), "y_thresholds_": np.zeros(3)},
        {"X_thresholds_": np.zeros(2), "y_thresholds_": None},
        {"X_thresholds_": np.zeros(0), "y_thresholds_": np.zeros(0)},
        {"X_thresholds_": ["a"], "y_thresholds_": ["b"]},
        [],
    ],
)
def test_an_isotonic_function_is_built_from_checked_thresholds(state: Any) -> None:
    """Thresholds have equal lengths, and the function itself is not stored."""
    model = IsotonicRegression().fit(X[:, 0], X[:, 1])
    check(model, model.__getstate__())
    with pytest.raises(Rejection):
        check(model, state)


def test_nodes_of_a_predictor_are_not_converted() -> None:
    """A predictor has nodes of exactly the dtype of this scikit-learn."""
    model = HistGradientBoostingRegressor(max_iter=1, min_samples_leaf=3).fit(X, X[:, 0])
    predictor = model._predictors[0][0]
    check(predictor, predictor.__getstate__())
    for nodes in (np.zeros(3, dtype=[("left", "f8")]), None, [1]):
        with pytest.raises(Rejection, match="nodes"):
            check(predictor, {"nodes": nodes})


def test_a_bunch_ignores_its_state() -> None:
    """The state of a bunch is a dict."""
    check(Bunch(), {})
    with pytest.raises(Rejection):
        check(Bunch(), (None, {"keys": print}))


def test_estimators_have_the_reviewed_setstate_of_their_base() -> None:
    """Only the states in the table are set by other code than BaseEstimator."""
    assert "sklearn.base.BaseEstimator" not in STATES
    assert "__setstate__" in vars(BaseEstimator)
