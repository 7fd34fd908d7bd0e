"""Decision trees and forests: each node, and the tree compared with the estimator that holds it.

Prediction follows the children and reads the features of nodes without limits, and the decision
path writes as many steps as the depth that is stored in the tree.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_values import (
    Attributes,
    check_indices,
    full_name,
    inconsistent,
)

TREE = "sklearn.tree._tree.Tree"

_BATCH_NODES = 16_000


def is_tree(value: object) -> bool:
    """Return whether a value is a native decision tree."""
    return full_name(type(value)) == TREE


def check_tree_holder(estimator: object) -> list[Any]:
    """Compare a tree with its estimator, and return it for `check_nodes`."""
    attributes = Attributes(estimator)
    if "tree_" not in attributes:
        return []
    tree: Any = attributes.get("tree_")
    if not is_tree(tree):
        attributes.fail("tree_", "it must be a decision tree")
    features = attributes.features
    if tree.n_features != features:
        attributes.fail("tree_", f"it must have the {features} features of its estimator")
    if "n_outputs_" in attributes and attributes.count("n_outputs_") != tree.n_outputs:
        attributes.fail("tree_", "it must have the outputs of its estimator")
    if "n_classes_" in attributes:
        given: Any = attributes.get("n_classes_")
        classes: Any = given.tolist() if isinstance(given, np.ndarray | np.integer) else given
        expected = tree.n_classes.tolist()
        if type(classes) is int:
            classes = [classes]
        if classes != expected or {*map(type, classes)} != {int}:
            attributes.fail("tree_", "it must have the classes of its estimator")
    return [tree]


def check_nodes(trees: list[Any]) -> None:
    """Check the nodes of all trees of a model, many at once while they fit in the cache."""
    batch: list[Any] = []
    count = 0
    for tree in trees:
        batch.append(tree)
        count += tree.node_count
        if count >= _BATCH_NODES:
            _check_batch(batch)
            batch, count = [], 0
    if batch:
        _check_batch(batch)


def _check_batch(trees: list[Any]) -> None:
    states = [tree.__getstate__() for tree in trees]
    counts = np.array([state["node_count"] for state in states], dtype=np.int64)
    if any(len(state["nodes"]) != count for state, count in zip(states, counts, strict=True)):
        inconsistent("Tree.node_count", "it must be the number of nodes")
    if (counts < 1).any():
        inconsistent("Tree.nodes", "a tree must have a node")
    # Copies of single fields: the nodes are many times larger, and a copy of all takes longer.
    left, right, feature = (
        np.concatenate([state["nodes"][name] for state in states])
        for name in ("left_child", "right_child", "feature")
    )
    depths = np.array([state["max_depth"] for state in states], dtype=np.int64)
    start = np.repeat(np.cumsum(counts) - counts, counts)
    inner = np.flatnonzero(left != -1)
    if (right[left == -1] != -1).any():
        inconsistent("Tree.nodes", "a node must have two children or none")
    features = np.repeat([tree.n_features for tree in trees], counts).take(inner)
    used = feature.take(inner)
    if not ((used >= 0) & (used < features)).all():
        inconsistent("Tree.nodes", "a node splits on a feature that the model does not have")
    parents = tree_parents(
        inner, left.take(inner), right.take(inner), counts, start, part="Tree.nodes"
    )
    real = np.maximum.reduceat(node_depths(parents), np.cumsum(counts) - counts)
    if (real > depths).any() or (depths > counts).any():
        inconsistent("Tree.max_depth", "it must be the depth of the tree")


def joined(arrays: list[np.ndarray]) -> np.ndarray:
    """Return structured arrays of one dtype as one array.

    NumPy compares the fields of each pair of arrays, which takes longer than the copy.
    """
    plain = np.dtype((np.void, arrays[0].dtype.itemsize))
    return np.concatenate([array.view(plain) for array in arrays]).view(arrays[0].dtype)


def tree_parents(
    inner: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    counts: np.ndarray,
    start: np.ndarray,
    *,
    part: str,
) -> np.ndarray:
    """Return the parent of each node of many trees, after checking that these are trees.

    Parameters
    ----------
    inner : ndarray of shape (n_inner,)
        Positions of the nodes with children, over all trees.
    left, right : ndarray of shape (n_inner,)
        Their children, counted from the root of their tree.
    counts : ndarray of shape (n_trees,)
        Number of nodes of each tree.
    start : ndarray of shape (n_nodes,)
        Position of the root of the tree of each node.
    part : str
        Name of the nodes, for messages.
    """
    root = start.take(inner)
    here = inner - root
    size = np.repeat(counts, counts).take(inner)
    for child in (left, right):
        if not ((child > here) & (child < size)).all():
            inconsistent(part, "a child must come after its parent, within the tree")
    total = len(start)
    children = np.concatenate([left, right]).astype(np.int64) + np.tile(root, 2)
    seen = np.bincount(children, minlength=total)
    roots = np.cumsum(counts) - counts
    # A child comes after its parent, so a root is not a child in its own tree.
    seen[roots] += 1
    if (seen != 1).any():
        inconsistent(part, "each node must have one parent")
    parents: np.ndarray = np.arange(total)
    parents[children] = np.tile(inner, 2)
    return parents


def node_depths(parents: np.ndarray) -> np.ndarray:
    """Return the depth of each node; the parent of a root is the root itself.

    Each round doubles the distance, so that a chain of a million nodes takes twenty rounds.

    Examples
    --------
    >>> node_depths(np.array([0, 0, 0, 1])).tolist()
    [0, 1, 1, 2]
    """
    depths: np.ndarray = (parents != np.arange(len(parents))).astype(np.int32)
    jump = parents
    while True:
        # `take` is faster than an index.
        steps = depths.take(jump)
        if not steps.any():
            return depths
        depths += steps
        jump = jump.take(jump)


def check_forest(estimator: object) -> list[Any]:
    """Check that the trees of a forest have its features."""
    attributes = Attributes(estimator)
    if "estimators_" not in attributes:
        return []
    features = attributes.features
    for tree in attributes.items("estimators_"):
        if Attributes(tree).features != features:
            attributes.fail("estimators_", f"each tree must have the {features} features")
    return []


def check_bagging(estimator: object) -> list[Any]:
    """Check that each estimator of a bag has the features that are chosen for it."""
    attributes = Attributes(estimator)
    if "estimators_" not in attributes or "estimators_features_" not in attributes:
        return []
    features = attributes.features
    estimators = attributes.items("estimators_")
    chosen = attributes.items("estimators_features_", len(estimators))
    for each, columns in zip(estimators, chosen, strict=True):
        if not isinstance(columns, np.ndarray) or columns.ndim != 1:
            attributes.fail("estimators_features_", "it must hold arrays of column numbers")
        if len(columns) > features:
            attributes.fail("estimators_features_", f"it must choose at most {features} columns")
        check_indices(columns, features, attributes.part("estimators_features_"))
        if "n_features_in_" in vars(each) and Attributes(each).features != len(columns):
            attributes.fail("estimators_features_", "it must have the columns of each estimator")
    return []
