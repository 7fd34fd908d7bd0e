"""Facts of a fitted estimator: name, hyperparameters, columns and classes."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterable, Mapping, Set
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.containers import is_records, record_columns
from exo_nbregistry.introspection.dataset import column_names, read_columns
from exo_nbregistry.introspection.structure import (
    MAX_NESTING,
    inner_estimator,
    is_estimator,
    is_pipeline,
    is_search,
    last_step,
)
from exo_nbregistry.records.metadata import Signature
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.json_codec import to_plain

logger = logging.getLogger("exo_nbregistry")

_SCALARS = (bool, int, float, str, type(None))
MAX_ARRAY_ITEMS = 100
MAX_ITEMS = 1000


def algorithm_name(model: Any) -> str:
    """Return the name of the algorithm.

    Parameters
    ----------
    model : object
        Usually an estimator.

    Returns
    -------
    str
        Class name. Of a pipeline its last step is used, and of a search the estimator that it
        chose. Any other estimator that contains one keeps its name, followed by that of the
        inner estimator.

    Examples
    --------
    >>> from sklearn.calibration import CalibratedClassifierCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> algorithm_name(make_pipeline(StandardScaler(), SVC()))
    'SVC'
    >>> algorithm_name(CalibratedClassifierCV(SVC()))
    'CalibratedClassifierCV(SVC)'
    """
    return _algorithm(model, 0)


def _algorithm(model: Any, depth: int) -> str:
    name = type(model).__name__
    if depth > MAX_NESTING:
        return name
    if is_pipeline(model):
        step = last_step(model)
        return name if step is None else _algorithm(step, depth + 1)
    found = inner_estimator(model)
    if found is None:
        return name
    inner = _algorithm(found[1], depth + 1)
    # Freezing does not change what an estimator predicts.
    return inner if is_search(model) or name == "FrozenEstimator" else f"{name}({inner})"


def hyperparameters(model: Any) -> dict[str, Any]:
    """Return the hyperparameters of an estimator as plain values.

    Parameters
    ----------
    model : object
        Usually an estimator.

    Returns
    -------
    dict of str to object
        Parameters by name; those of a pipeline's steps as ``step__parameter``, with the class
        of each step under its name and their order under ``steps``. A nested estimator is
        ``{"class": ..., "params": {...}}``. A fitted search also has ``best_params_``. Functions,
        classes and other objects are given by qualified name, large arrays by shape and dtype.
        Empty for an object without ``get_params``.

    Examples
    --------
    >>> from sklearn.pipeline import Pipeline
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> hyperparameters(DecisionTreeClassifier(max_depth=3))["max_depth"]
    3
    >>> found = hyperparameters(Pipeline([("tree", DecisionTreeClassifier(max_depth=3))]))
    >>> found["tree__max_depth"], found["tree"]
    (3, 'sklearn.tree._classes.DecisionTreeClassifier')
    """
    found: dict[str, Any] = to_plain(_params(model, 0), "hyperparameters")
    return found


def _params(model: Any, depth: int) -> dict[str, Any]:
    if not is_estimator(model):
        return {}
    try:
        params = dict(model.get_params(deep=False))
    except Exception as error:  # noqa: BLE001 - a faulty __init__ must not stop a registration
        logger.warning(
            "Cannot read the hyperparameters of %s: %s.", _name(model), short_error(error)
        )
        return {}
    if not is_pipeline(model):
        # Two searches over one grid differ only in their results.
        if isinstance(best := read_attribute(model, "best_params_"), Mapping):
            params["best_params_"] = best
        return {str(name): _plain(value, depth) for name, value in params.items()}
    steps = params.pop("steps")
    found = {str(name): _plain(value, depth) for name, value in params.items()}
    found["steps"] = [name for name, _ in steps]
    for name, step in steps:
        found[name] = _name(step) if is_estimator(step) else _plain(step, depth)
        nested = _params(step, depth + 1)
        found |= {f"{name}__{parameter}": value for parameter, value in nested.items()}
    return found


def plain_parameter(value: Any) -> Any:
    """Return one value as plain values, in the form of `hyperparameters`.

    Examples
    --------
    >>> import numpy as np
    >>> plain_parameter(np.int64(3)), plain_parameter(len)
    (3, 'builtins.len')
    """
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> Any:
    if depth > MAX_NESTING:
        return _name(value)
    if type(value) in _SCALARS:  # Most values are; the checks below take a while.
        return _stored(value)
    try:
        return _unusual(value, depth)
    except Exception:  # noqa: BLE001 - the attributes of a value can raise any error
        return _name(value)


def _unusual(value: Any, depth: int) -> Any:
    if is_estimator(value):
        return {"class": _name(value), "params": _params(value, depth + 1)}
    if isinstance(value, Mapping | Set | list | tuple | range):
        return _container(value, depth + 1)
    if isinstance(value, complex | os.PathLike) or _is_dtype(value):
        return str(value)
    if not isinstance(value, type) and hasattr(value, "shape") and hasattr(value, "ndim"):
        return _array(value, depth + 1)
    if hasattr(value, "get_n_splits") and hasattr(value, "split"):
        public = {name: item for name, item in vars(value).items() if not name.startswith("_")}
        return {"class": _name(value), "params": _container(public, depth + 1)}
    return _stored(value)


def _stored(value: Any) -> Any:
    try:
        return to_plain(value, "hyperparameters")
    except RecordError:
        return _name(value)


def _is_dtype(value: Any) -> bool:
    bases = ((base.__module__, base.__name__) for base in type(value).__mro__)
    return ("numpy", "dtype") in bases


def _container(value: Any, depth: int) -> Any:
    if len(value) > MAX_ITEMS:
        return f"{type(value).__name__} of {len(value)} items"
    if isinstance(value, Mapping):
        return {_key(key, depth): _plain(item, depth) for key, item in value.items()}
    items = [_plain(item, depth) for item in value]
    if isinstance(value, Set):
        return sorted(items, key=repr)
    return tuple(items) if isinstance(value, tuple) else items


def _key(key: Any, depth: int) -> Any:
    plain = _plain(key, depth)
    return plain if isinstance(plain, str | bool | int | float | None) else str(plain)


def _array(value: Any, depth: int) -> Any:
    if not value.ndim or (hasattr(value, "tolist") and value.size <= MAX_ARRAY_ITEMS):
        return _plain(value.tolist(), depth)
    dtype = f" of {value.dtype}" if hasattr(value, "dtype") else ""
    return f"{type(value).__name__}{dtype}, shape {tuple(value.shape)}"


def _name(value: Any) -> str:
    if isinstance(value, functools.partial):
        return f"functools.partial({_name(value.func)})"
    name = read_attribute(value, "__qualname__") or read_attribute(value, "__name__")
    if not isinstance(name, str):
        return f"{type(value).__module__}.{type(value).__qualname__}"
    return f"{read_attribute(value, '__module__') or type(value).__module__}.{name}"


def feature_columns(model: Any, X: Any = None) -> tuple[str, ...]:
    """Return the input columns of a model, in order.

    Parameters
    ----------
    model : object
        Fitted model.
    X : array-like of shape (n_samples, n_features), optional
        Training data.

    Returns
    -------
    tuple of str
        Columns of `X` if it is a frame, else the recorded names of the estimator or of the first
        step of a pipeline. Empty if their names are unknown.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> import pandas as pd
    >>> X = pd.DataFrame({"koi_period": [1.0, 2.0]})
    >>> feature_columns(DecisionTreeClassifier().fit(X, [0, 1]))
    ('koi_period',)
    """
    names: Any = tuple(record_columns(X)) if is_records(X) else column_names(X)
    if not names:
        names = read_attribute(model, "feature_names_in_")
    if names is None and is_pipeline(model) and model.steps:
        return feature_columns(model.steps[0][1])
    return tuple(str(name) for name in names) if isinstance(names, Iterable) else ()


def class_labels(model: Any) -> tuple[Any, ...] | None:
    """Return the class labels of a model, in the order of ``predict_proba``.

    Parameters
    ----------
    model : object
        Fitted model.

    Returns
    -------
    tuple or None
        Plain labels, a tuple for each of several outputs; None for a regressor.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> class_labels(DecisionTreeClassifier().fit([[0], [1]], ["planet", "dust"]))
    ('dust', 'planet')
    """
    classes = read_attribute(model, "classes_")
    if not isinstance(classes, Iterable):
        return None
    labels = (
        tuple(item.tolist()) if getattr(item, "ndim", 0) else _plain(item, 0) for item in classes
    )
    return tuple(labels)


def read_signature(model: Any, X: Any) -> Signature:
    """Return the signature of a model.

    Parameters
    ----------
    model : object
        Fitted model.
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Training data.

    Returns
    -------
    Signature
        Columns and class labels. Columns without a name are ``x0``, ``x1``, ... as in
        scikit-learn. More than 4096 columns are omitted, because a record is at most 1 MiB.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = np.array([[1.0], [2.0]])
    >>> read_signature(DecisionTreeClassifier().fit(X, [0, 1]), X).columns
    (Column(name='x0', dtype='float64', minimum=1.0, maximum=2.0, missing=0),)
    """
    return Signature(read_columns(X, feature_columns(model, X)), class_labels(model))
