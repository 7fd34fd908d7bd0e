"""Checks of the states of classes with their own ``__setstate__``, before it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_search_trees import (
    METRIC_NAMES,
    METRICS,
    SEARCH_TREES,
    check_metric,
    check_search_tree,
)
from exo_nbregistry.restricted.check_splines import SPLINE, check_spline_state
from exo_nbregistry.restricted.check_values import inconsistent, int_in_range
from exo_nbregistry.restricted.native_random import RANDOM_STATES
from exo_nbregistry.restricted.own_states import OWN_STATES
from exo_nbregistry.restricted.rejection import Rejection

__all__ = ["STATES"]


def check_tree_state(tree: Any, state: object) -> None:
    """Check the sizes and the dtype of the nodes and values of a decision tree.

    ``Tree.__setstate__`` copies as many bytes as the nodes and the number of outputs require.
    """
    if type(state) is not dict or set(state) != {"max_depth", "node_count", "nodes", "values"}:
        inconsistent("Tree", "its state must have nodes, values, a count and a depth")
    if tree.node_count:
        inconsistent("Tree", "its state is set twice")
    nodes, values = state["nodes"], state["values"]
    if (
        type(nodes) is not np.ndarray
        or nodes.ndim != 1
        or not nodes.flags.c_contiguous
        or nodes.dtype != _node_dtype()
    ):
        inconsistent("Tree.nodes", "they must have the dtype of this scikit-learn and platform")
    count = int_in_range(state["node_count"], "Tree.node_count", 1)
    if count != len(nodes):
        inconsistent("Tree.nodes", f"there must be {count:,} nodes, got {len(nodes):,}")
    int_in_range(state["max_depth"], "Tree.max_depth", 0, count)
    shape = (count, int(tree.n_outputs), int(tree.max_n_classes))
    if (
        type(values) is not np.ndarray
        or values.dtype != np.float64
        or values.shape != shape
        or not values.flags.c_contiguous
    ):
        inconsistent("Tree.values", f"they must be an array of float64 of the shape {shape}")


def _node_dtype() -> np.dtype[Any]:
    # The tree exists, so its module has been imported.
    dtype: np.dtype[Any] = sys.modules["sklearn.tree._tree"].NODE_DTYPE
    return dtype


def check_predictor_state(_predictor: object, state: object) -> None:
    """Check that the nodes of a histogram predictor have its dtype, without a conversion."""
    if type(state) is not dict:
        inconsistent("TreePredictor", "its state must be a dict")
    nodes = state.get("nodes")
    module = sys.modules["sklearn.ensemble._hist_gradient_boosting.predictor"]
    if type(nodes) is not np.ndarray or nodes.dtype != module.PREDICTOR_RECORD_DTYPE:
        inconsistent(
            "TreePredictor.nodes", "they must have the dtype of this scikit-learn and platform"
        )


def check_isotonic_state(_regression: object, state: object) -> None:
    """Check the thresholds, from which ``__setstate__`` builds the function."""
    if type(state) is not dict:
        inconsistent("IsotonicRegression", "its state must be a dict")
    if "f_" in state:
        inconsistent("IsotonicRegression.f_", "the function is not part of a stored model")
    if type(state.get("out_of_bounds", "nan")) is not str:
        inconsistent("IsotonicRegression.out_of_bounds", "it must be a text")
    x, y = (state.get(name) for name in ("X_thresholds_", "y_thresholds_"))
    if x is None and y is None:
        return
    if not (type(x) is type(y) is np.ndarray and x.dtype.kind == y.dtype.kind == "f"):
        inconsistent("IsotonicRegression.X_thresholds_", "it must be an array of numbers")
    if not (x.ndim == y.ndim == 1 and len(x) == len(y) > 0):
        inconsistent("IsotonicRegression.X_thresholds_", "it must have the length of y_thresholds_")


def _check_metric_state(metric: object, state: object) -> None:
    check_metric(metric, state)


def _check_dict(holder: object, state: object) -> None:
    """Check a state that ``__setstate__`` ignores, or copies to the instance attributes."""
    if type(state) is not dict:
        raise Rejection(f"The state of {type(holder).__name__} must be a dict.")


def _check_empty(holder: object, state: object) -> None:
    if state is not None and (type(state) is not tuple or state):
        raise Rejection(f"{type(holder).__name__} must have an empty state.")


STATES: dict[str, Callable[[object, object], None]] = {
    "sklearn.tree._tree.Tree": check_tree_state,
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor": check_predictor_state,
    "sklearn.isotonic.IsotonicRegression": check_isotonic_state,
    SPLINE: check_spline_state,
    "sklearn.utils._bunch.Bunch": _check_dict,
    "sklearn._loss._loss.CyHalfMultinomialLoss": _check_empty,
    "scipy.sparse._coo.coo_matrix": _check_dict,
    **dict.fromkeys(SEARCH_TREES, check_search_tree),
    **{f"{METRICS}.{name}": _check_metric_state for name in METRIC_NAMES},
    **RANDOM_STATES,
    **OWN_STATES,
}
