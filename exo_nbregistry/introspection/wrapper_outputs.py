"""Outputs of other models than estimators: native boosters, Keras models, statsmodels results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exo_nbregistry.introspection.output_kinds import Kind, Outputs, are_shares
from exo_nbregistry.introspection.target import to_array
from exo_nbregistry.introspection.xgboost_config import read_learner

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_KERAS = ("keras", "tensorflow", "tf_keras")
_STATSMODELS_OF_SHARES = ("Logit", "Probit", "MNLogit", "ConditionalLogit", "OrderedModel")


def wrapper_outputs(model: Any, X: Any) -> Outputs | str | None:
    """Return the outputs of a native booster, a Keras model or the results of statsmodels.

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
    if name.startswith("statsmodels.") and hasattr(model, "model"):
        return _statsmodels(model, X)
    roots = {part.__module__.partition(".")[0] for part in type(model).__mro__}
    if roots & set(_KERAS) and hasattr(model, "predict"):
        return _keras(model, X)
    return None


def _xgboost(booster: Any, X: Any) -> Outputs | str:
    import xgboost

    objective = read_learner(booster)["objective"]["name"]
    # The names of a frame are checked against those of the booster; an array has none.
    names = None if hasattr(X, "columns") else booster.feature_names
    if hasattr(X, "get_columns"):
        # XGBoost reads polars frames only where pyarrow is installed.
        X, names = X.to_numpy(), list(X.columns)
    values = booster.predict(xgboost.DMatrix(X, feature_names=names, enable_categorical=True))
    if objective in ("binary:hinge", "multi:softmax"):
        return Outputs("labels", values.astype(int))
    return _by_objective(objective, values)


def _lightgbm(booster: Any, X: Any) -> Outputs | str:
    objective = booster.dump_model(num_iteration=1).get("objective", "").split(" ")[0]
    if objective in ("", "custom"):
        return "its objective is a function, so that the kind of its outputs is unknown"
    return _by_objective(objective, to_array(booster.predict(X)))


def _by_objective(objective: str, values: Array) -> Outputs | str:
    if objective.startswith(("rank", "lambdarank", "survival:cox")):
        return f"its objective {objective} has no metrics here"
    if objective == "binary:logitraw":
        return Outputs("decisions", values)
    is_classifier = objective.startswith(("binary", "multi", "cross_entropy"))
    kind: Kind = "probabilities" if is_classifier else "numbers"
    return Outputs(kind, values)


def _statsmodels(results: Any, X: Any) -> Outputs | str:
    if not hasattr(results, "predict") or hasattr(results, "forecast"):
        return "it forecasts its own series, not the rows of X_test"
    kind = type(results.model).__name__
    family = type(getattr(results.model, "family", None)).__name__
    are_shares = kind in _STATSMODELS_OF_SHARES or family == "Binomial"
    return Outputs("probabilities" if are_shares else "numbers", to_array(results.predict(X)))


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
