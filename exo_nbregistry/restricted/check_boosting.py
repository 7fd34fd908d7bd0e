"""Gradient boosting: every tree of every stage, and the number of outputs that it writes to.

The native loop over the stages checks the features of the first tree only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_trees import is_tree
from exo_nbregistry.restricted.check_values import Attributes


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
    for name in ("n_trees_per_iteration_", "_n_trees_per_iteration", "n_estimators_"):
        if name in attributes:
            attributes.count(name, least=1)
    loss = Attributes(attributes.get("_loss")) if "_loss" in attributes else None
    if expected > 1 and (loss is None or loss.get("n_classes") != expected):
        attributes.fail("_loss", "it must have the classes of the model")
    _check_first_prediction(attributes, expected)
    return []


def _classifies(attributes: Attributes) -> bool:
    return attributes.name.endswith("Classifier")


def _check_first_prediction(attributes: Attributes, outputs: int) -> None:
    """Check that the estimator of the first prediction returns a column for each tree."""
    first = attributes.get("init_")
    if first is None or isinstance(first, str) or outputs == 1:
        return
    held = Attributes(first)
    classes = held.get("classes_")
    if not isinstance(classes, np.ndarray) or classes.shape != (outputs,):
        held.fail("classes_", f"it must have the {outputs} classes of {attributes.name}")
    priors = held.get("class_prior_")
    if priors is not None and np.shape(priors) != (outputs,):
        held.fail("class_prior_", "it must have one value for each class")
