"""Clusterings: the columns of centers, the counts of batches, and linked trees."""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_values import Attributes, check_indices

_CENTERS = "cluster_centers_"


def check_centers(estimator: object) -> list[Any]:
    """Check that cluster centers have the features of the model.

    The native assignment of rows to centers does not compare their lengths.
    """
    attributes = Attributes(estimator)
    if _CENTERS not in attributes:
        return []
    features = attributes.features
    centers = attributes.array(_CENTERS, kinds="f", ndim=2)
    attributes.last_axis(_CENTERS, features)
    for name in ("_counts", "weight_sums_"):
        if name in attributes and attributes.array(name, ndim=1).shape != (len(centers),):
            attributes.fail(name, "it must have one value for each center")
    if "labels_" in attributes:
        labels = attributes.array("labels_", kinds="iu", ndim=1)
        check_indices(labels, len(centers), attributes.part("labels_"), least=-1)
    if "_X_mean" in attributes:
        attributes.last_axis("_X_mean", features)
    _check_bisections(attributes, features)
    return []


def _check_bisections(attributes: Attributes, features: int) -> None:
    """Check the tree of BisectingKMeans: its centers, and that it ends."""
    stack = [attributes.get("_bisecting_tree")]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if node is None:
            continue
        held = Attributes(node)
        if id(node) in seen:
            attributes.fail("_bisecting_tree", "each node must have one parent")
        seen.add(id(node))
        children = [held.get("left"), held.get("right")]
        if (children[0] is None) != (children[1] is None):
            held.fail("left", "a node must have two children or none")
        center = held.array("center", kinds="f", ndim=1)
        if len(center) != features:
            held.fail("center", f"it must have {features} values")
        stack += children


def check_birch(estimator: object) -> list[Any]:
    """Check that the list of leaves of Birch ends."""
    attributes = Attributes(estimator)
    leaf: Any = attributes.get("dummy_leaf_")
    seen: set[int] = set()
    while leaf is not None:
        if id(leaf) in seen:
            attributes.fail("dummy_leaf_", "the list of leaves must end")
        seen.add(id(leaf))
        leaf = Attributes(leaf).get("next_leaf_")
    if "subcluster_centers_" in attributes:
        attributes.last_axis("subcluster_centers_", attributes.features)
    return []


def check_feature_groups(estimator: object) -> list[Any]:
    """Check that FeatureAgglomeration has the group of each feature."""
    attributes = Attributes(estimator)
    if "labels_" not in attributes:
        return []
    labels = attributes.array("labels_", kinds="iu", ndim=1)
    if len(labels) != attributes.features:
        attributes.fail("labels_", "it must have one group for each feature")
    check_indices(labels, len(labels), attributes.part("labels_"))
    return []


def check_linkage(estimator: object) -> list[Any]:
    """Check that the merges of HDBSCAN refer to earlier clusters, each merged once."""
    attributes = Attributes(estimator)
    if "_single_linkage_tree_" not in attributes:
        return []
    merges = attributes.get("_single_linkage_tree_")
    if not isinstance(merges, np.ndarray) or merges.ndim != 1:
        attributes.fail("_single_linkage_tree_", "it must be an array of merges")
    fields = ("left_node", "right_node", "value", "cluster_size")
    if merges.dtype.names != fields:
        attributes.fail("_single_linkage_tree_", "it must have the fields of merges")
    count = len(merges)
    part = attributes.part("_single_linkage_tree_")
    both = np.concatenate([merges["left_node"], merges["right_node"]])
    check_indices(both, 2 * count + 1, part)
    if (both >= np.tile(np.arange(count), 2) + count + 1).any():
        attributes.fail("_single_linkage_tree_", "a merge must refer to earlier clusters")
    if len(np.unique(both)) != len(both):
        attributes.fail("_single_linkage_tree_", "a cluster must be merged once")
    return []
