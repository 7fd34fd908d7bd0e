"""Models whose trees are damaged: decision trees, boosting, histograms and search trees."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.neighbors import BallTree, KDTree, KNeighborsClassifier
from sklearn.neighbors._kd_tree import newObj
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.tree._tree import Tree

from tests.security.payload import Collection
from tests.security.stream import Reduced, dumped

TREES = Collection()
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
LABELS = (X[:, 0] + X[:, 1] > 0).astype(int)
TARGET = X @ [1.0, 2.0, 3.0, 4.0]
FAR = 100_000_000


def _nodes(change: Callable[[Any], None]) -> bytes:
    """Return a decision tree with changed nodes."""
    model = DecisionTreeClassifier(random_state=0).fit(X, LABELS)
    return dumped(_changed(model, lambda state: change(state["nodes"])))


def _changed(model: Any, change: Callable[[dict[str, Any]], None], arguments: Any = None) -> Any:
    tree = model.tree_
    _, old_arguments, state = tree.__reduce__()
    state = {key: copy.copy(item) for key, item in state.items()}
    change(state)
    model.tree_ = Reduced(Tree, arguments or old_arguments, state)
    return model


def _state(**changes: Any) -> bytes:
    model = DecisionTreeClassifier(random_state=0).fit(X, LABELS)
    return dumped(_changed(model, lambda state: state.update(changes)))


def _set(field: str, index: int, value: float) -> Callable[[Any], None]:
    def change(nodes: Any) -> None:
        nodes[field][index] = value

    return change


def _with_arguments(*arguments: Any) -> bytes:
    model = DecisionTreeClassifier(random_state=0).fit(X, LABELS)
    return dumped(_changed(model, lambda _: None, arguments))


TREES.add("tree: child far outside", lambda: _nodes(_set("left_child", 0, FAR)))
TREES.add("tree: child before the start", lambda: _nodes(_set("right_child", 0, -FAR)))
TREES.add("tree: a loop", lambda: _nodes(_set("left_child", 0, 0)))
TREES.add("tree: a loop of two", lambda: _nodes(_set("left_child", 1, 0)))
TREES.add("tree: two parents", lambda: _nodes(_set("left_child", 0, 2)))
TREES.add("tree: feature far outside", lambda: _nodes(_set("feature", 0, FAR)))
TREES.add("tree: negative feature", lambda: _nodes(_set("feature", 0, -FAR)))
TREES.add("tree: feature next to the last", lambda: _nodes(_set("feature", 0, 4)))
TREES.add("tree: depth of 0", lambda: _state(max_depth=0))
TREES.add("tree: negative depth", lambda: _state(max_depth=-5))
TREES.add("tree: a billion nodes", lambda: _state(node_count=10**9))
TREES.add("tree: no nodes", lambda: _state(node_count=0))
TREES.add("tree: negative nodes", lambda: _state(node_count=-1))
TREES.add("tree: too few values", lambda: _state(values=np.zeros((1, 1, 2))))
TREES.add("tree: values of integers", lambda: _state(values=np.zeros((1, 1, 2), int)))
TREES.add("tree: nodes of floats", lambda: _state(nodes=np.zeros(9)))
TREES.add("tree: no array", lambda: _state(nodes=None))
TREES.add("tree: more features", lambda: _with_arguments(FAR, np.array([2]), 1))
TREES.add("tree: fewer features", lambda: _with_arguments(1, np.array([2]), 1))
TREES.add("tree: more outputs", lambda: _with_arguments(4, np.array([2]), 1000))
TREES.add("tree: more classes", lambda: _with_arguments(4, np.array([FAR]), 1))
TREES.add("tree: negative classes", lambda: _with_arguments(4, np.array([-2]), 1))
TREES.add("tree: classes of floats", lambda: _with_arguments(4, np.array([2.0]), 1))


@TREES("tree: without nodes")
def _no_state() -> bytes:
    model = DecisionTreeClassifier().fit(X, LABELS)
    model.tree_ = Reduced(Tree, (4, np.array([2]), 1))
    return dumped(model)


@TREES("tree: no tree")
def _no_tree() -> bytes:
    model = DecisionTreeClassifier().fit(X, LABELS)
    model.tree_ = 5
    return dumped(model)


@TREES("tree: of a wider model")
def _wider() -> bytes:
    model = DecisionTreeClassifier().fit(X, LABELS)
    wide = RNG.normal(size=(60, 400))
    model.tree_ = DecisionTreeClassifier().fit(wide, wide[:, 399] > 0).tree_
    return dumped(model)


@TREES("tree: of a regressor")
def _of_a_regressor() -> bytes:
    model = DecisionTreeClassifier().fit(X, LABELS)
    model.tree_ = DecisionTreeRegressor().fit(X, TARGET).tree_
    return dumped(model)


@TREES("tree: alone")
def _alone() -> bytes:
    return dumped(DecisionTreeClassifier().fit(X, LABELS).tree_)


@TREES("tree: in another attribute", harmless=True)
def _elsewhere() -> bytes:
    model = DecisionTreeClassifier().fit(X, LABELS)
    model.extra_ = [model.tree_]
    return dumped(model)


@TREES("tree: more features than its holder knows")
def _holder() -> bytes:
    model = DecisionTreeClassifier().fit(X, LABELS)
    model.n_features_in_ = 2
    return dumped(model)


@TREES("forest: a damaged tree in the middle")
def _forest() -> bytes:
    model = RandomForestClassifier(5, random_state=0).fit(X, LABELS)
    _changed(model.estimators_[3], lambda state: _set("feature", 0, FAR)(state["nodes"]))
    return dumped(model)


@TREES("forest: more classes than its trees", harmless=True)
def _forest_classes() -> bytes:
    model = RandomForestClassifier(5, random_state=0).fit(X, LABELS)
    model.n_classes_ = 500
    model.classes_ = np.arange(500)
    return dumped(model)


@TREES("forest: more outputs than its trees", harmless=True)
def _forest_outputs() -> bytes:
    model = RandomForestRegressor(5, random_state=0).fit(X, TARGET)
    model.n_outputs_ = 1000
    return dumped(model)


@TREES("forest: trees of a wider model")
def _forest_wider() -> bytes:
    model = RandomForestClassifier(3, random_state=0).fit(X, LABELS)
    wide = RNG.normal(size=(60, 400))
    model.estimators_ = RandomForestClassifier(3).fit(wide, wide[:, 399] > 0).estimators_
    return dumped(model)


@TREES("isolation: more features")
def _isolation() -> bytes:
    model = IsolationForest(n_estimators=3, random_state=0).fit(X)
    model._decision_path_lengths = [np.zeros(1)]
    model.estimators_features_ = [np.array([FAR])] * 3
    return dumped(model)


@TREES("boosting: a bad tree that is not the first")
def _boosting() -> bytes:
    model = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(X, LABELS)
    wide = RNG.normal(size=(60, 400))
    model.estimators_[1, 0] = DecisionTreeRegressor().fit(wide, wide[:, 399])
    return dumped(model)


@TREES("boosting: trees of another shape")
def _boosting_shape() -> bytes:
    model = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(X, LABELS)
    model.estimators_ = np.array([["x"]], dtype=object)
    return dumped(model)


@TREES("boosting: too many classes")
def _boosting_classes() -> bytes:
    model = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(X, LABELS)
    model.estimators_ = np.repeat(model.estimators_, 50, axis=1)
    return dumped(model)


def _histogram(change: Callable[[Any], None]) -> bytes:
    model = HistGradientBoostingClassifier(
        max_iter=3, min_samples_leaf=2, categorical_features=[3]
    ).fit(np.column_stack([X[:, :3], np.arange(60) % 5]), LABELS)
    change(model)
    return dumped(model)


def _first_node(field: str, value: float) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        model._predictors[1][0].nodes[field][0] = value

    return change


def _predictor(**changes: Any) -> Callable[[Any], None]:
    return lambda model: vars(model._predictors[1][0]).update(changes)


TREES.add("histogram: child", lambda: _histogram(_first_node("left", FAR)))
TREES.add("histogram: a loop", lambda: _histogram(_first_node("left", 0)))
TREES.add("histogram: feature", lambda: _histogram(_first_node("feature_idx", FAR)))


@TREES("histogram: set of categories")
def _bitset() -> bytes:
    def change(model: Any) -> None:
        nodes = model._predictors[1][0].nodes
        nodes["is_categorical"][0], nodes["bitset_idx"][0] = 1, FAR
        nodes["feature_idx"][0] = 3

    return _histogram(change)


TREES.add("histogram: nodes of floats", lambda: _histogram(_predictor(nodes=np.zeros(9))))
TREES.add("histogram: no nodes", lambda: _histogram(_predictor(nodes=None)))
TREES.add(
    "histogram: sets of another shape",
    lambda: _histogram(_predictor(raw_left_cat_bitsets=np.zeros((1, 2), np.uint32))),
)
TREES.add(
    "histogram: no predictors",
    lambda: _histogram(lambda model: vars(model).update(_predictors=[5])),
)
TREES.add(
    "histogram: thresholds of bins",
    lambda: _histogram(lambda model: vars(model._bin_mapper).update(bin_thresholds_=[])),
)
TREES.add(
    "histogram: fewer features",
    lambda: _histogram(lambda model: vars(model).update(n_features_in_=2)),
)


def _search_tree(index: int, value: Any, kind: type = KDTree) -> bytes:
    """Return a search tree with a changed item of its state."""
    tree = kind(X, leaf_size=5)
    model = KNeighborsClassifier(algorithm="kd_tree" if kind is KDTree else "ball_tree")
    model.fit(X, LABELS)
    function, arguments, state = tree.__reduce__()
    changed = list(state)
    changed[index] = value(changed[index]) if callable(value) else value
    model._tree = Reduced(function, arguments, tuple(changed))
    return dumped(model)


def _far(array: Any) -> Any:
    array = np.array(array)
    array[...] = FAR
    return array


def _far_nodes(nodes: Any) -> Any:
    nodes = np.array(nodes)
    nodes["idx_end"] = FAR
    return nodes


TREES.add("search tree: rows", lambda: _search_tree(0, np.zeros((1, 4))))
TREES.add("search tree: columns", lambda: _search_tree(0, np.zeros((60, 1))))
TREES.add("search tree: row numbers", lambda: _search_tree(1, _far))
TREES.add("search tree: ends of nodes", lambda: _search_tree(2, _far_nodes))
TREES.add("search tree: bounds of nodes", lambda: _search_tree(3, np.zeros((1, 1, 1))))
TREES.add("search tree: size of leaves", lambda: _search_tree(4, 0), harmless=True)
TREES.add("search tree: levels", lambda: _search_tree(5, 60), harmless=True)
TREES.add("search tree: nodes", lambda: _search_tree(6, FAR))
TREES.add("search tree: metric", lambda: _search_tree(10, 5), harmless=True)
TREES.add("search tree: a short state", lambda: _search_tree(11, lambda _: "x"))
TREES.add("ball tree: row numbers", lambda: _search_tree(1, _far, BallTree))
TREES.add("ball tree: rows", lambda: _search_tree(0, np.zeros((1, 4)), BallTree))


@TREES("search tree: without a state")
def _empty_search_tree() -> bytes:
    model = KNeighborsClassifier(algorithm="kd_tree").fit(X, LABELS)
    model._tree = Reduced(newObj, (KDTree,))
    return dumped(model)


@TREES("search tree: alone without a state")
def _lone_search_tree() -> bytes:
    return dumped(Reduced(newObj, (KDTree,)))
