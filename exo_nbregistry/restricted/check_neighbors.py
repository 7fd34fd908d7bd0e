"""Neighbors: the rows of the fit, their labels, and the tree that indexes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_search_trees import is_search_tree
from exo_nbregistry.restricted.check_sparse import is_sparse
from exo_nbregistry.restricted.check_values import Attributes, check_indices

# Arguments of native code, which reads a norm for each row without comparing lengths.
_NORMS = frozenset({"X_norm_squared", "Y_norm_squared"})


def check_neighbors(estimator: object) -> list[Any]:
    """Check that the rows of a neighbors estimator have its features, and each row a label.

    The native search compares rows of the input with the stored ones without asking whether they
    have the same length.
    """
    attributes = Attributes(estimator)
    if "_fit_X" not in attributes:
        return []
    features = attributes.features
    rows = attributes.get("_fit_X")
    if not is_sparse(rows):
        rows = attributes.array("_fit_X", ndim=2)
    count = int(rows.shape[0])
    attributes.last_axis("_fit_X", features)
    if "n_samples_fit_" in attributes and attributes.count("n_samples_fit_") != count:
        attributes.fail("n_samples_fit_", f"it must be the number of rows, {count:,}")
    for name in ("effective_metric_params_", "metric_params"):
        if name in attributes and not _NORMS.isdisjoint(attributes.get(name)):
            attributes.fail(name, "norms of rows are not part of a model")
    tree: Any = attributes.get("_tree")
    if tree is not None:
        if not is_search_tree(tree):
            attributes.fail("_tree", "it must be a KD tree or a ball tree")
        if tree.__getstate__()[0].shape != (count, features):
            attributes.fail("_tree", "it must have the rows of _fit_X")
    _check_labels(attributes, count)
    return []


def _check_labels(attributes: Attributes, rows: int) -> None:
    """Check that each row has a label, and that labels of classes are numbers of classes."""
    labels = attributes.get("_y")
    if labels is None:
        return
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "fiub":
        attributes.fail("_y", "it must be an array of numbers")
    if not labels.ndim or len(labels) != rows:
        attributes.fail("_y", f"it must have one label for each of the {rows:,} rows")
    classes = attributes.get("classes_")
    if classes is None:
        return
    several = classes if isinstance(classes, list) else [classes]
    columns = labels.reshape(rows, -1).T
    if len(several) != len(columns):
        attributes.fail("classes_", "it must have the classes of each output")
    for column, names in zip(columns, several, strict=True):
        if not isinstance(names, np.ndarray) or names.ndim != 1:
            attributes.fail("classes_", "it must be an array")
        check_indices(column, len(names), attributes.part("_y"))


def check_density(estimator: object) -> list[Any]:
    """Check that the tree of a kernel density estimate has its features."""
    attributes = Attributes(estimator)
    if "tree_" in attributes:
        tree: Any = attributes.get("tree_")
        if not is_search_tree(tree) or tree.__getstate__()[0].shape[1] != attributes.features:
            attributes.fail("tree_", "it must be a search tree of the model's features")
    return []
