"""Gradient boosting: every tree of every stage, and the number of outputs that it writes to.

The native loop over the stages checks the features of the first tree only.
"""

from __future__ import annotations

import gc
import types
import warnings
from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_trees import is_tree
from exo_nbregistry.restricted.check_values import Attributes

_ROW_COUNTS = (1, 3)
_NOT_FOLLOWED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, np.ufunc)


def check_gradient_boosting(estimator: object) -> list[Any]:
    """Check the stages of GradientBoostingClassifier and GradientBoostingRegressor."""
    attributes = Attributes(estimator)
    if "estimators_" not in attributes:
        return []
    stages = attributes.array("estimators_", kinds="O", ndim=2)
    features = attributes.features
    outputs = stages.shape[1]
    for tree in stages.ravel().tolist():
        native: Any = vars(tree).get("tree_")
        if (
            not is_tree(native)
            or native.n_features != features
            or native.n_outputs != 1
            or native.max_n_classes != 1
        ):
            attributes.fail("estimators_", "each must be a tree with the features of the model")
    classes = len(attributes.array("classes_", kinds="fiubOUS")) if _classifies(attributes) else 1
    expected = classes if classes > 2 else 1
    if outputs != expected:
        attributes.fail("estimators_", f"each stage must have {expected} trees, got {outputs}")
    return []


def _classifies(attributes: Attributes) -> bool:
    return attributes.name.endswith("Classifier")


def is_boosting(kind: type) -> bool:
    """Return whether a class is gradient boosting, not its variant with histograms."""
    return any(
        base.__name__ == "BaseGradientBoosting" and base.__module__.startswith("sklearn.")
        for base in kind.__mro__
    )


def check_first_predictions(estimators: list[Any]) -> None:
    """Check that the first prediction of each model has a column for each tree of a stage.

    Any estimator can make the first prediction, and the stages write to its columns without
    limits. So it predicts some rows, after all other checks, inner models first.
    """
    waiting = {id(each): each for each in estimators if "estimators_" in vars(each)}
    while waiting:
        ready = [each for each in waiting.values() if not _inner(each, waiting)]
        if not ready:
            Attributes(next(iter(waiting.values()))).fail("init_", "it contains its own model")
        for each in ready:
            _check_first_prediction(each)
            del waiting[id(each)]


def _inner(estimator: object, waiting: dict[int, Any]) -> bool:
    """Return whether the first prediction of a model is made by another waiting model."""
    stack: list[object] = [vars(estimator).get("init_")]
    seen: set[int] = set()
    while stack:
        value = stack.pop()
        if id(value) in waiting:
            return True
        if id(value) not in seen and not isinstance(value, _NOT_FOLLOWED):
            seen.add(id(value))
            stack += gc.get_referents(value)
    return False


def _check_first_prediction(estimator: Any) -> None:
    attributes = Attributes(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Several numbers of rows: a step before it could return the same rows for all of them.
        for count in _ROW_COUNTS:
            rows = np.zeros((count, attributes.features), dtype=np.float32)
            try:
                found = estimator._raw_predict_init(rows)
            except Exception as error:  # noqa: BLE001 - any estimator can be the first
                attributes.fail("init_", f"it cannot predict ({type(error).__name__})")
            if found.shape != (count, attributes.get("estimators_").shape[1]):
                attributes.fail("init_", "it must predict a column for each tree of a stage")
