"""Arguments of native constructors are checked before the call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn._loss import _loss
from sklearn.linear_model import _sgd_fast
from sklearn.metrics import DistanceMetric
from sklearn.metrics._dist_metrics import PyFuncDistance64
from sklearn.neighbors import BallTree, KDTree
from sklearn.neighbors._kd_tree import NodeHeap
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.restricted.native_constructors import CALLS
from exo_nbregistry.restricted.rejection import Rejection

TREE = "sklearn.tree._tree.Tree"
KD_TREE = "sklearn.neighbors._kd_tree.newObj"
METRIC = "sklearn.metrics._dist_metrics.newObj"


def call_of(value: Any) -> tuple[str, tuple[Any, ...]]:
    """Return the name and the arguments of the call that pickle writes for a value."""
    function, arguments = value.__reduce__()[:2]
    return f"{function.__module__}.{function.__qualname__}", arguments


LOSSES = [
    getattr(module, name)(*arguments)
    for module, names, arguments in (
        (_loss, ("CyHalfSquaredError", "CyHalfBinomialLoss", "CyHalfMultinomialLoss"), ()),
        (_loss, ("CyPinballLoss", "CyHuberLoss", "CyHalfTweedieLoss"), (0.5,)),
        (_sgd_fast, ("ModifiedHuber",), ()),
        (_sgd_fast, ("Hinge", "EpsilonInsensitive"), (0.1,)),
    )
    for name in names
]


@pytest.mark.parametrize(
    "value",
    [
        DecisionTreeClassifier().fit([[0.0], [1.0]], [[0, 1], [1, 0]]).tree_,
        KDTree(np.zeros((3, 2))),
        BallTree(np.zeros((3, 2))),
        DistanceMetric.get_metric("euclidean"),
        DistanceMetric.get_metric("minkowski", p=3, dtype=np.float32),
        *LOSSES,
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_call_of_an_honest_model_is_allowed(value: Any) -> None:
    """The call that pickle writes for each native class passes its check."""
    name, arguments = call_of(value)
    CALLS[name](*arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        (TREE, ()),
        (TREE, (4, np.array([2]), 2)),
        (TREE, (4, np.array([2]), 10**8)),
        (TREE, (4, np.array([0]), 1)),
        (TREE, (4, np.array([2**40]), 1)),
        (TREE, (-1, np.array([2]), 1)),
        (TREE, (4, np.array([2.0]), 1)),
        (TREE, (4, np.array([2], dtype=np.int32), 1)),
        (TREE, (4, [2], 1)),
        (TREE, (True, np.array([2]), 1)),
        (KD_TREE, (dict,)),
        (KD_TREE, (BallTree,)),
        (KD_TREE, (NodeHeap,)),
        (KD_TREE, (KDTree, 1)),
        (KD_TREE, ("KDTree",)),
        (METRIC, (PyFuncDistance64,)),
        (METRIC, (KDTree,)),
        ("sklearn._loss._loss.CyHalfSquaredError", (1.0,)),
        ("sklearn._loss._loss.CyPinballLoss", ()),
        ("sklearn._loss._loss.CyPinballLoss", (print,)),
        ("sklearn.linear_model._sgd_fast.Hinge", (1.0, 2.0)),
        ("sklearn._loss._loss.__pyx_unpickle_CyHalfMultinomialLoss", (dict, 1, ())),
        (
            "sklearn._loss._loss.__pyx_unpickle_CyHalfMultinomialLoss",
            (_loss.CyHalfMultinomialLoss, 1, (print,)),
        ),
    ],
)
def test_other_arguments_are_rejected(name: str, arguments: tuple[Any, ...]) -> None:
    """A call that no fitted model has is not made."""
    with pytest.raises(Rejection) as caught:
        CALLS[name](*arguments)
    assert caught.value.reason.endswith(".")
