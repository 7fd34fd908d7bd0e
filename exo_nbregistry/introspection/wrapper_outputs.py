"""Outputs of models that are not scikit-learn estimators: native boosters and Keras models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from exo_nbregistry.introspection.output_kinds import Kind, Outputs, are_shares
from exo_nbregistry.introspection.target import to_array

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_KERAS = ("keras", "tensorflow", "tf_keras")


def wrapper_outputs(model: Any, X: Any) -> Outputs | str | None:
    """Return the outputs of a native booster or a Keras model.

    Parameters
    ----------
    model : object
        Any model.
    X : array-like of shape (n_samples, n_features)
        Features.

    Returns
    -------
    Outputs, str or None
        None for another model; the reason if its objective has no metrics here.
    """
    name = f"{type(model).__module__.partition('.')[0]}.{type(model).__name__}"
    if name == "xgboost.Booster":
        return _xgboost(model, X)
    if name == "lightgbm.Booster":
        return _lightgbm(model, X)
    roots = {part.__module__.partition(".")[0] for part in type(model).__mro__}
    if roots & set(_KERAS) and hasattr(model, "predict"):
        return _keras(model, X)
    return None


def _xgboost(booster: Any, X: Any) -> Outputs | str:
    import xgboost

    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    # The names of a frame are checked against those of the booster; an array has none.
    names = None if hasattr(X, "columns") else booster.feature_names
    values = booster.predict(xgboost.DMatrix(X, feature_names=names, enable_categorical=True))
    if objective in ("binary:hinge", "multi:softmax"):
        return Outputs("labels", values.astype(int))
    return _by_objective(objective, values)


def _lightgbm(booster: Any, X: Any) -> Outputs | str:
    objective = booster.dump_model(num_iteration=1).get("objective", "").split(" ")[0]
    return _by_objective(objective, to_array(booster.predict(X)))


def _by_objective(objective: str, values: Array) -> Outputs | str:
    if objective.startswith(("rank", "lambdarank", "survival:cox")):
        return f"its objective {objective} has no metrics here"
    if objective == "binary:logitraw":
        return Outputs("decisions", values)
    is_classifier = objective.startswith(("binary", "multi", "cross_entropy"))
    kind: Kind = "probabilities" if is_classifier else "numbers"
    return Outputs(kind, values)


def _keras(model: Any, X: Any) -> Outputs | str:
    import numpy as np

    values = model.predict(X.to_numpy() if hasattr(X, "to_numpy") else X, verbose=0)
    if isinstance(values, list | tuple | dict):
        return "it has several output layers"
    values = np.asarray(values)
    if values.ndim > 2:
        return f"its output has {values.ndim} dimensions"
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    loss = getattr(model, "loss", None)
    if loss is None:
        return Outputs("unknown", values)
    name = str(getattr(loss, "name", loss)).lower()
    if "crossentropy" not in name and "hinge" not in name and "focal" not in name:
        return Outputs("numbers", values)
    return Outputs("probabilities" if are_shares(values) else "decisions", values)
