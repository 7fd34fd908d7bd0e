"""KD trees, ball trees and their metrics: indices, ranges of nodes and shapes.

Queries follow these without limits: an index outside the data reads other memory of the process.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_values import (
    check_permutation,
    full_name,
    inconsistent,
    int_in_range,
)

METRICS = "sklearn.metrics._dist_metrics"
_METRICS = (
    "BrayCurtis",
    "Canberra",
    "Chebyshev",
    "Dice",
    "Euclidean",
    "Hamming",
    "Haversine",
    "Jaccard",
    "Kulsinski",
    "Mahalanobis",
    "Manhattan",
    "Matching",
    "Minkowski",
    "RogersTanimoto",
    "RussellRao",
    "SEuclidean",
    "SokalMichener",
    "SokalSneath",
)
_SUFFIXES = ("", "32", "64")
# The classes of metrics that compute distances themselves: others call a Python function, or are
# abstract.
METRIC_NAMES = frozenset(f"{name}Distance{suffix}" for name in _METRICS for suffix in _SUFFIXES)
SEARCH_TREES = frozenset(
    f"sklearn.neighbors.{module}.{name}{suffix}"
    for module, name in (("_kd_tree", "KDTree"), ("_ball_tree", "BallTree"))
    for suffix in _SUFFIXES
)
_STATE_LENGTH = 13
_NODE_FIELDS = ("idx_start", "idx_end", "is_leaf", "radius")


def is_metric(value: object) -> bool:
    """Return whether a value is a native distance metric."""
    return type(value).__module__ == METRICS


def metric_state(metric: Any) -> tuple[Any, ...]:
    """Return the power, the vector and the matrix of a metric."""
    return tuple(metric.__reduce__()[2])


def check_metric(metric: object, state: object, features: int | None = None) -> None:
    """Check the state of a metric; with `features`, that it fits data with so many columns."""
    name = type(metric).__name__
    if name not in METRIC_NAMES:
        inconsistent(name, "it does not compute distances itself")
    if type(state) is not tuple or len(state) != 3:
        inconsistent(name, "its state must be a power, a vector and a matrix")
    power, vector, matrix = state
    if type(power) not in (float, int, np.float64):
        inconsistent(f"{name}.p", "it must be a number")
    for part, values, ndim in (("vec", vector, 1), ("mat", matrix, 2)):
        if (
            not isinstance(values, np.ndarray)
            or values.dtype != np.float64
            or values.ndim != ndim
            or not values.flags.c_contiguous
        ):
            inconsistent(f"{name}.{part}", f"it must be an array of float64 with {ndim} dimensions")
    _check_size(name, vector, matrix, features)


def _check_size(name: str, vector: Any, matrix: Any, features: int | None) -> None:
    size = None
    if name.startswith("Mahalanobis"):
        size = len(matrix)
        if matrix.shape != (size, size) or not matrix.any():
            inconsistent(f"{name}.mat", "it must be a square matrix")
    elif name.startswith("SEuclidean"):
        size = len(vector)
    elif name.startswith("Minkowski") and len(vector):
        # Without weights, old versions have an empty vector and new ones a vector of one zero.
        size = None if len(vector) == 1 and features != 1 and not vector.any() else len(vector)
    elif name.startswith("Haversine"):
        size = 2
    if features is not None and size is not None and size != features:
        inconsistent(name, f"it must be a metric of {features} features")


def check_search_tree(tree: object, state: object) -> None:
    """Check the parts of a KD tree or ball tree against each other."""
    name = type(tree).__name__
    if full_name(type(tree)) not in SEARCH_TREES:
        inconsistent(name, "it is not a KD tree or a ball tree")
    if type(state) is not tuple or len(state) != _STATE_LENGTH:
        inconsistent(name, f"its state must have {_STATE_LENGTH} parts")
    data, order, nodes, bounds = state[:4]
    for part, values, ndim in (
        ("data", data, 2),
        ("idx_array", order, 1),
        ("node_data", nodes, 1),
        ("node_bounds", bounds, 3),
    ):
        if (
            not isinstance(values, np.ndarray)
            or values.ndim != ndim
            or not values.flags.c_contiguous
        ):
            inconsistent(f"{name}.{part}", f"it must be an array with {ndim} dimensions")
    for value in state[4:11]:
        int_in_range(value, f"{name}.n_nodes", 0)
    rows, features = data.shape
    if order.dtype != np.intp or order.shape != (rows,):
        inconsistent(f"{name}.idx_array", "it must have one index for each row")
    check_permutation(order, f"{name}.idx_array")
    kind = np.float32 if name.endswith("32") else np.float64
    sides = 2 if name.startswith("KD") else 1
    if data.dtype != kind or bounds.dtype != kind:
        inconsistent(f"{name}.data", "it must have the precision of its class")
    if bounds.shape != (sides, len(nodes), features) or state[6] != len(nodes):
        inconsistent(f"{name}.node_bounds", "it must have one entry for each node and feature")
    _check_nodes(name, nodes, rows)
    if not is_metric(state[11]):
        inconsistent(f"{name}.dist_metric", "it must be a distance metric")
    check_metric(state[11], metric_state(state[11]), features)
    weights = state[12]
    if weights is not None and getattr(weights, "shape", None) != (rows,):
        inconsistent(f"{name}.sample_weight", "it must have one weight for each row")


def _check_nodes(name: str, nodes: np.ndarray, rows: int) -> None:
    """Check that each inner node divides its rows between its two children."""
    part = f"{name}.node_data"
    if nodes.dtype.names != _NODE_FIELDS or len(nodes) == 0 or rows == 0:
        inconsistent(part, "it must have nodes with the fields of a search tree")
    start, end, leaf = (nodes[field] for field in _NODE_FIELDS[:3])
    if not (start[0] == 0 and end[0] == rows):
        inconsistent(part, "the root must have all rows")
    level = np.zeros(1, dtype=np.intp)
    while len(level):
        inner = level[leaf[level] == 0]
        if len(inner) and 2 * inner[-1] + 2 >= len(nodes):
            inconsistent(part, "an inner node must have two children")
        left, right = 2 * inner + 1, 2 * inner + 2
        divided = (
            (start[left] == start[inner])
            & (end[left] == start[right])
            & (end[right] == end[inner])
            & (start[left] <= end[left])
            & (start[right] <= end[right])
        )
        if not divided.all():
            inconsistent(part, "the children of a node must divide its rows")
        level = np.sort(np.concatenate([left, right]))


def is_search_tree(value: object) -> bool:
    """Return whether a value is an object of the native code of KD trees and ball trees."""
    return type(value).__module__ in ("sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree")
