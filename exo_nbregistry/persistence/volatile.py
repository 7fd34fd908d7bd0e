"""Parts of a model's state that change although the model is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_SEARCH_TIMES = ("mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time")
_DISTRIBUTIONS = ("scipy.stats._continuous_distns", "scipy.stats._discrete_distns")
# Positions of the query counters in the state of a KDTree or BallTree.
_TREE_STATE_ITEMS = 13
_TREE_COUNTERS = (7, 8, 9, 10)
_MASKED_STATE_ITEMS = 7


def stable_state(value: Any, state: Any) -> Any:
    """Return the state of an object without timings, counters, addresses and cached flags.

    Parameters
    ----------
    value : object
        The object.
    state : object
        Its state, as pickle would write it.

    Returns
    -------
    object
        `state` unless the class of the object is known; `state` itself is not changed.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> stable_state(CountVectorizer(), {"_stop_words_id": 94, "lowercase": True})
    {'lowercase': True}
    """
    for base in type(value).__mro__:
        rule = _RULES.get(f"{base.__module__}.{base.__qualname__}")
        if rule is not None:
            state = rule(state)
    return state


def _search(state: Any) -> Any:
    """Remove the timings of a search, and the random state of its distributions."""
    if not isinstance(state, dict):
        return state
    stable = {name: item for name, item in state.items() if name != "refit_time_"}
    if type(results := stable.get("cv_results_")) is dict:
        stable["cv_results_"] = {k: v for k, v in results.items() if k not in _SEARCH_TIMES}
    if "param_distributions" in stable:
        stable["param_distributions"] = _distributions(stable["param_distributions"])
    return stable


def _distributions(space: Any) -> Any:
    """Return a search space with the class and arguments of scipy's distributions.

    They contain the global random state, although a search draws from its own.
    """
    if type(space) is dict:
        return {name: _distribution(value) for name, value in space.items()}
    return [*map(_distributions, space)] if type(space) is list else space


def _distribution(value: Any) -> Any:
    kind = type(getattr(value, "dist", None))
    if kind.__module__ not in _DISTRIBUTIONS or kind.__name__ == "rv_histogram":
        return value
    return (kind, value.args, value.kwds)


def _neighbor_tree(state: Any) -> Any:
    """Remove the counters of queries."""
    if not isinstance(state, tuple) or len(state) != _TREE_STATE_ITEMS:
        return state
    if any(type(state[position]) is not int for position in _TREE_COUNTERS):
        return state
    return tuple(0 if i in _TREE_COUNTERS else item for i, item in enumerate(state))


def _masked_array(state: Any) -> Any:
    """Set the fill value that NumPy sets when it is first needed."""
    if not isinstance(state, tuple) or len(state) != _MASKED_STATE_ITEMS or state[-1] is not None:
        return state
    import numpy as np

    dtype = state[2]
    return (*state[:-1], np.array(np.ma.default_fill_value(dtype), dtype))


def _without(*names: str) -> Callable[[Any], Any]:
    def remove(state: Any) -> Any:
        if not isinstance(state, dict):
            return state
        return {name: item for name, item in state.items() if name not in names}

    return remove


_FLAGS = _without("_has_sorted_indices", "_has_canonical_format", "has_canonical_format")

_RULES: dict[str, Callable[[Any], Any]] = {
    "sklearn.model_selection._search.BaseSearchCV": _search,
    # The id() of the stop words that were checked.
    "sklearn.feature_extraction.text._VectorizerMixin": _without("_stop_words_id"),
    # The positions of the classes, after the first transform.
    "sklearn.preprocessing._label.MultiLabelBinarizer": _without("_cached_dict"),
    # A Bunch ignores its state when it is loaded.
    "sklearn.utils._bunch.Bunch": lambda _state: None,
    "numpy.ma.MaskedArray": _masked_array,
    "numpy.ma.core.MaskedArray": _masked_array,
    # scipy computes these flags when they are first needed, from the indices.
    "scipy.sparse._compressed._cs_matrix": _FLAGS,
    "scipy.sparse._coo._coo_base": _FLAGS,
} | {
    f"sklearn.neighbors._{module}.{name}{bits}": _neighbor_tree
    for module, name in (("kd_tree", "BinaryTree"), ("ball_tree", "BinaryTree"))
    for bits in ("", "32", "64")
}
