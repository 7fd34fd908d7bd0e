"""Checks of the arguments of native constructors, before they are called."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from exo_nbregistry.restricted.allow_list import canonical_name
from exo_nbregistry.restricted.check_search_trees import METRIC_NAMES, METRICS, SEARCH_TREES
from exo_nbregistry.restricted.check_values import full_name, int_in_range
from exo_nbregistry.restricted.rejection import Rejection

__all__ = ["CALLS"]

_LOSSES = "sklearn._loss._loss"
_STOCHASTIC = "sklearn.linear_model._sgd_fast"

# The number of floating-point arguments of each loss.
_LOSS_ARGUMENTS = {
    f"{_LOSSES}.CyAbsoluteError": 0,
    f"{_LOSSES}.CyExponentialLoss": 0,
    f"{_LOSSES}.CyHalfBinomialLoss": 0,
    f"{_LOSSES}.CyHalfGammaLoss": 0,
    f"{_LOSSES}.CyHalfPoissonLoss": 0,
    f"{_LOSSES}.CyHalfSquaredError": 0,
    f"{_LOSSES}.CyHalfTweedieLoss": 1,
    f"{_LOSSES}.CyHalfTweedieLossIdentity": 1,
    f"{_LOSSES}.CyHuberLoss": 1,
    f"{_LOSSES}.CyPinballLoss": 1,
    f"{_STOCHASTIC}.Classification": 0,
    f"{_STOCHASTIC}.EpsilonInsensitive": 1,
    f"{_STOCHASTIC}.Hinge": 1,
    f"{_STOCHASTIC}.Huber": 1,
    f"{_STOCHASTIC}.Log": 0,
    f"{_STOCHASTIC}.ModifiedHuber": 0,
    f"{_STOCHASTIC}.Regression": 0,
    f"{_STOCHASTIC}.SquaredEpsilonInsensitive": 1,
    f"{_STOCHASTIC}.SquaredHinge": 1,
    f"{_STOCHASTIC}.SquaredLoss": 0,
}


def check_tree_arguments(*arguments: object) -> None:
    """Check ``Tree(n_features, n_classes, n_outputs)``, which reads `n_outputs` class counts.

    Examples
    --------
    >>> check_tree_arguments(4, np.array([2]), 1)
    """
    if len(arguments) != 3:
        raise Rejection("Tree requires three arguments.")
    n_features, n_classes, n_outputs = arguments
    int_in_range(n_features, "Tree.n_features", 0)
    outputs = int_in_range(n_outputs, "Tree.n_outputs", 1)
    if (
        type(n_classes) is not np.ndarray
        or n_classes.dtype != np.intp
        or n_classes.shape != (outputs,)
    ):
        raise Rejection("Tree requires one number of classes for each output.")
    numbers = n_classes.tolist()
    if min(numbers) < 1 or max(numbers) > 2**31 - 1:
        raise Rejection("The number of classes of a Tree must be positive.")


def _check_loss(name: str, expected: int, *arguments: object) -> None:
    given = [value for value in arguments if type(value) in (float, int, np.float64)]
    # The SGD losses have a default for their threshold.
    fewest = 0 if name.startswith(_STOCHASTIC) else expected
    if len(given) != len(arguments) or not fewest <= len(arguments) <= expected:
        raise Rejection(f"{name.rpartition('.')[2]} was called with arguments that it never has.")


def _check_multinomial(*arguments: object) -> None:
    """Check the call that pickle writes for the multinomial loss, which has no state."""
    match arguments:
        case (type() as kind, int(), None | ()) if (
            canonical_name(full_name(kind)) == f"{_LOSSES}.CyHalfMultinomialLoss"
        ):
            return
    raise Rejection("CyHalfMultinomialLoss was called with arguments that it never has.")


def _check_new(module: str, *arguments: object) -> None:
    """Check ``newObj(cls)``: it must create an instance of a listed kind of its own module."""
    match arguments:
        case (type() as kind,) if kind.__module__ == module:
            if full_name(kind) in SEARCH_TREES:
                return
            if module == METRICS and kind.__qualname__ in METRIC_NAMES:
                return
    raise Rejection(f"{module}.newObj may only create a class of its own module.")


CALLS: dict[str, Callable[..., None]] = {
    "sklearn.tree._tree.Tree": check_tree_arguments,
    "sklearn.neighbors._kd_tree.newObj": partial(_check_new, "sklearn.neighbors._kd_tree"),
    "sklearn.neighbors._ball_tree.newObj": partial(_check_new, "sklearn.neighbors._ball_tree"),
    f"{METRICS}.newObj": partial(_check_new, METRICS),
    f"{_LOSSES}.__pyx_unpickle_CyHalfMultinomialLoss": _check_multinomial,
    **{name: partial(_check_loss, name, count) for name, count in _LOSS_ARGUMENTS.items()},
}
