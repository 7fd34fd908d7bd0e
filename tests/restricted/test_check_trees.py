"""Depths and parents of the nodes of many trees at once."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from exo_nbregistry.restricted.check_trees import check_nodes, node_depths, tree_parents
from exo_nbregistry.restricted.rejection import Rejection

X = np.random.RandomState(0).rand(300, 4)


def test_depths_are_those_of_scikit_learn() -> None:
    """The depth of each node of a grown tree is one less than scikit-learn counts."""
    tree = DecisionTreeRegressor(random_state=0).fit(X, X[:, 0] * X[:, 1]).tree_
    inner = np.flatnonzero(tree.children_left != -1)
    counts = np.array([tree.node_count])
    parents = tree_parents(
        inner,
        tree.children_left[inner],
        tree.children_right[inner],
        counts,
        np.zeros(tree.node_count, dtype=int),
        part="Tree.nodes",
    )
    assert (node_depths(parents) == tree.compute_node_depths() - 1).all()


def test_a_long_chain_is_measured() -> None:
    """The depth of a chain of a million nodes takes twenty rounds."""
    count = 10**6
    parents = np.maximum(np.arange(count) - 1, 0)
    assert (node_depths(parents) == np.arange(count)).all()


def test_trees_of_different_sizes_are_checked_together() -> None:
    """A tree of one node, a large one and a pruned one pass; no tree is fine too."""
    trees = [
        DecisionTreeRegressor(max_depth=depth, max_leaf_nodes=leaves, ccp_alpha=alpha)
        .fit(X, X[:, 0])
        .tree_
        for depth, leaves, alpha in ((None, None, 0.0), (None, 5, 0.0), (3, None, 1.0))
    ]
    check_nodes(trees)
    check_nodes([])


@pytest.mark.parametrize(
    ("left", "right"), [([1], [1]), ([0], [1]), ([1], [3]), ([-5], [1]), ([1], [0])]
)
def test_children_that_are_no_tree_are_rejected(left: list[int], right: list[int]) -> None:
    """Children are two different later nodes of the same tree."""
    with pytest.raises(Rejection, match=r"Tree\.nodes"):
        tree_parents(
            np.array([0]),
            np.array(left),
            np.array(right),
            np.array([3]),
            np.zeros(3, dtype=int),
            part="Tree.nodes",
        )
