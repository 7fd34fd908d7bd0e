"""Predictions and probabilities of any model: estimators, boosters, Keras, statsmodels, forecasts.

An export has a copy of this file, so it imports only NumPy, and the library of the model.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

_KERAS = {"keras", "tensorflow", "tf_keras"}
_STATSMODELS_OF_SHARES = ("Logit", "Probit", "MNLogit", "ConditionalLogit", "OrderedModel")
# Objectives of XGBoost and LightGBM, and losses of Keras, whose outputs refer to classes.
_CLASS_OBJECTIVES = ("binary", "multi", "cross_entropy")
_CLASS_LOSSES = ("crossentropy", "hinge", "focal")
# A forecast has all steps up to the last one.
MAX_STEPS = 100_000


class Raw(NamedTuple):
    """Outputs of a native model.

    Attributes
    ----------
    kind : str
        ``labels``, ``probabilities``, ``decisions``, ``numbers`` or ``unknown``.
    values : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        The values. Probabilities and decisions of one dimension refer to the positive class.
    reason : str
        Why the values have no metrics; empty otherwise.
    """

    kind: str
    values: Any
    reason: str = ""


def model_kind(model: Any) -> str:
    """Return how a model is called.

    Parameters
    ----------
    model : object
        Any model.

    Returns
    -------
    str
        ``estimator`` for ``model.predict(X)``, ``forecast`` for ``model.forecast(steps)``, or the
        library: ``xgboost``, ``lightgbm``, ``keras`` or ``statsmodels``.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> model_kind(Ridge())
    'estimator'
    """
    name = f"{type(model).__module__.partition('.')[0]}.{type(model).__name__}"
    if name in ("xgboost.Booster", "lightgbm.Booster"):
        return name.partition(".")[0]
    if _forecasts(model):
        return "forecast"
    if name.startswith("statsmodels.") and hasattr(model, "model"):
        return "statsmodels"
    roots = {part.__module__.partition(".")[0] for part in type(model).__mro__}
    return "keras" if roots & _KERAS and hasattr(model, "predict") else "estimator"


def _forecasts(model: Any) -> bool:
    """Return whether a model forecasts a number of steps after the end of its series."""
    try:
        if hasattr(model, "get_params") or not callable(getattr(model, "forecast", None)):
            return False
        return next(iter(inspect.signature(model.forecast).parameters), "") == "steps"
    except Exception:  # noqa: BLE001 - an attribute of a model can raise any error
        return False


def outputs(model: Any, data: Any, form: Mapping[str, Any]) -> tuple[Any, Any | None]:
    """Return the predictions of a model, and its probabilities by class.

    Parameters
    ----------
    model : object
        A fitted model.
    data : object
        Result of `assemble`.
    form : mapping
        Result of `read_form`. ``classes`` are the labels of a native model.

    Returns
    -------
    predictions : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Labels or numbers.
    probabilities : ndarray of shape (n_samples, n_classes) or None
        None without probabilities, or with those of several outputs.

    Raises
    ------
    ValueError
        If a native model has outputs that are not predictions.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier().fit([[0.0], [1.0]], ["dust", "dust"])
    >>> outputs(model, [[2.0]], {})
    (array(['dust'], dtype='<U4'), array([[1.]]))
    """
    if model_kind(model) == "estimator":
        shares = model.predict_proba(data) if hasattr(model, "predict_proba") else None
        return _dense(model.predict(data)), _table(shares)
    raw = raw_outputs(model, data)
    if raw is None or isinstance(raw, str):
        raise ValueError(f"the model cannot predict these rows: {raw}")
    return _labelled(raw, form)


def predictions(model: Any, data: Any, form: Mapping[str, Any]) -> Any:
    """Return the predictions of a model, as `outputs`, without its probabilities."""
    if model_kind(model) == "estimator":
        return _dense(model.predict(data))
    return outputs(model, data, form)[0]


def _labelled(raw: Raw, form: Mapping[str, Any]) -> tuple[Any, Any | None]:
    """Return the labels of scores, and the probabilities by class."""
    import numpy as np

    kind, values = form.get("outputs") or raw.kind, raw.values
    if kind == "multilabel":
        return (values > (0.0 if raw.kind == "decisions" else 0.5)).astype(int), None
    if kind not in ("probabilities", "decisions"):
        return values, None
    count = 2 if values.ndim == 1 else values.shape[1]
    classes = np.asarray(form.get("classes") or range(count))
    if values.ndim == 2:
        return classes[values.argmax(axis=1)], values if kind == "probabilities" else None
    positive = form.get("positive", 1)
    cut = 0.5 if kind == "probabilities" else 0.0
    predicted = np.where(values >= cut, classes[positive], classes[1 - positive])
    if kind == "decisions":
        return predicted, None
    pair = (1 - values, values) if positive else (values, 1 - values)
    return predicted, np.column_stack(pair)


def raw_outputs(model: Any, data: Any) -> Raw | str | None:
    """Return the outputs of a native booster, a Keras model or the results of statsmodels.

    Parameters
    ----------
    model : object
        Any model.
    data : array-like of shape (n_samples, n_features)
        Features.

    Returns
    -------
    Raw, str or None
        None for another model; the reason if it does not predict the rows.
    """
    readers = {
        "xgboost": _xgboost,
        "lightgbm": _lightgbm,
        "statsmodels": _statsmodels,
        "keras": _keras,
        "forecast": _forecast,
    }
    reader = readers.get(model_kind(model))
    return None if reader is None else reader(model, data)


def read_learner(booster: Any) -> dict[str, Any]:
    """Return the learner of an XGBoost booster's configuration: names and parameters as text."""
    import xgboost

    # Without warnings of a deprecated booster, which the user has seen in the training.
    with xgboost.config_context(verbosity=0):
        learner: dict[str, Any] = json.loads(booster.save_config())["learner"]
    return learner


def _xgboost(booster: Any, X: Any) -> Raw:
    import xgboost

    objective = read_learner(booster)["objective"]["name"]
    # The names of a frame are checked against those of the booster; an array has none.
    names = None if hasattr(X, "columns") else booster.feature_names
    if hasattr(X, "get_columns"):
        # XGBoost reads polars frames only where pyarrow is installed.
        X, names = X.to_numpy(), list(X.columns)
    values = booster.predict(xgboost.DMatrix(X, feature_names=names, enable_categorical=True))
    if objective in ("binary:hinge", "multi:softmax"):
        return Raw("labels", values.astype(int))
    return _by_objective(objective, values)


def _lightgbm(booster: Any, X: Any) -> Raw:
    objective = booster.dump_model(num_iteration=1).get("objective", "").split(" ")[0]
    if objective in ("", "custom"):
        reason = "its objective is a function, so that the kind of its outputs is unknown"
        return Raw("numbers", _dense(booster.predict(X)), reason)
    return _by_objective(objective, _dense(booster.predict(X)))


def _by_objective(objective: str, values: Any) -> Raw:
    if objective.startswith(("rank", "lambdarank", "survival:cox")):
        return Raw("numbers", values, f"its objective {objective} has no metrics here")
    if objective == "binary:logitraw":
        return Raw("decisions", values)
    return Raw("probabilities" if is_class_objective(objective) else "numbers", values)


def is_class_objective(objective: str) -> bool:
    """Return whether an objective of XGBoost or LightGBM makes a classifier.

    Examples
    --------
    >>> is_class_objective("binary:logistic"), is_class_objective("reg:squarederror")
    (True, False)
    """
    return objective.startswith(_CLASS_OBJECTIVES)


def is_class_loss(loss: Any) -> bool:
    """Return whether a loss of Keras, as name, function or object, makes a classifier.

    Examples
    --------
    >>> is_class_loss("binary_crossentropy"), is_class_loss("mse")
    (True, False)
    """
    name = str(getattr(loss, "name", getattr(loss, "__name__", loss))).lower()
    return any(part in name for part in _CLASS_LOSSES)


def has_class_results(results: Any) -> bool:
    """Return whether results of statsmodels have probabilities of classes."""
    family = type(getattr(results.model, "family", None)).__name__
    return type(results.model).__name__ in _STATSMODELS_OF_SHARES or family == "Binomial"


def _statsmodels(results: Any, X: Any) -> Raw | str:
    if not hasattr(results, "predict") or hasattr(results, "forecast"):
        return "it forecasts its own series, not the rows of X_test"
    kind = "probabilities" if has_class_results(results) else "numbers"
    return Raw(kind, _dense(results.predict(X)))


def _forecast(model: Any, steps: Any) -> Raw | str:
    import numpy as np

    steps = np.asarray(steps).reshape(-1)
    if steps.dtype.kind not in "iu" or (len(steps) and steps.min() < 1):
        return "it forecasts its own series, not the rows of X_test; pass y_test alone"
    last = int(steps.max(initial=1))
    if last > MAX_STEPS:
        return f"step must be at most {MAX_STEPS:,}, got {last:,}"
    return Raw("numbers", np.asarray(model.forecast(last))[steps - 1])


def _keras(model: Any, X: Any) -> Raw | str:
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
        return Raw("unknown", values)
    if not is_class_loss(loss):
        return Raw("numbers", values)
    are_shares = bool((values >= 0).all() and (values <= 1).all())
    return Raw("probabilities" if are_shares else "decisions", values)


def _table(shares: Any) -> Any | None:
    """Return probabilities by class; None for the list of tables of several outputs."""
    import numpy as np

    if shares is None or (isinstance(shares, list) and shares and hasattr(shares[0], "shape")):
        return None
    table = _dense(shares)
    return table if np.ndim(table) == 2 else None


def _dense(values: Any) -> Any:
    import numpy as np

    return np.asarray(values.toarray() if hasattr(values, "toarray") else values)
