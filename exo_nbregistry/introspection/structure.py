"""Structure of a model: pipelines, searches and other estimators that contain an estimator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.introspection.dataset import column_names
from exo_nbregistry.records.nested_parameters import INNER_PARAMETERS
from exo_nbregistry.values.attribute import read_attribute

# A search is named by the estimator that it chose.
_CHOSEN = ("best_estimator_", "estimator")
# Deeper nesting is not followed: an estimator can contain itself.
MAX_NESTING = 12
_MIXINS = {
    "classifier": "ClassifierMixin",
    "regressor": "RegressorMixin",
    "clusterer": "ClusterMixin",
    "outlier_detector": "OutlierMixin",
    "density_estimator": "DensityMixin",
}


def is_estimator(value: Any) -> bool:
    """Return whether an object, which is not a class, has ``get_params``."""
    return not isinstance(value, type) and callable(read_attribute(value, "get_params"))


def is_kind(model: Any, kind: str) -> bool:
    """Return whether a model is of a kind of scikit-learn.

    Parameters
    ----------
    model : object
        Any model.
    kind : {'classifier', 'regressor', 'clusterer', 'outlier_detector', 'density_estimator'}
        The kind.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> is_kind(Ridge(), "regressor"), is_kind(Ridge(), "classifier")
    (True, False)
    """
    from sklearn import base, utils

    if read_attribute(model, "_estimator_type") == kind:
        return True
    try:
        if kind == "density_estimator":
            return bool(utils.get_tags(model).estimator_type == kind)
        return bool(getattr(base, f"is_{kind}")(model))
    except Exception:  # noqa: BLE001 - the code of a model can raise any error
        # A class without BaseEstimator has no tags, but may have a mixin.
        return _has_base(model, _MIXINS[kind])


def is_pipeline(model: Any) -> bool:
    """Return whether a model is a bundle or a pipeline of scikit-learn or a compatible library."""
    is_chain = _has_base(model, "Pipeline") or isinstance(model, Bundle)
    return is_chain and isinstance(read_attribute(model, "steps"), list)


def is_search(model: Any) -> bool:
    """Return whether a model searches the hyperparameters of another estimator."""
    return _has_base(model, "BaseSearchCV")


def _has_base(model: Any, name: str) -> bool:
    return any(base.__name__ == name for base in type(model).__mro__)


def last_step(pipeline: Any) -> Any:
    """Return the last step of a pipeline that is an estimator, or None."""
    # An estimator can define an equality that is not a bool, so steps are not compared.
    steps = [step for _, step in pipeline.steps if step is not None and not isinstance(step, str)]
    return steps[-1] if steps else None


def inner_estimator(model: Any) -> tuple[str, Any] | None:
    """Return the estimator that another estimator contains, with the name of its parameter.

    Parameters
    ----------
    model : object
        Any model.

    Returns
    -------
    tuple of (str, object) or None
        None if the model is not an estimator, or contains none or several estimators.

    Examples
    --------
    >>> from sklearn.compose import TransformedTargetRegressor
    >>> from sklearn.linear_model import Ridge
    >>> inner_estimator(TransformedTargetRegressor(Ridge()))
    ('regressor', Ridge())
    """
    found: Iterable[tuple[str, Any]]
    if is_search(model):
        found = ((name, read_attribute(model, name)) for name in _CHOSEN)
    else:
        found = _parameters(model)
    return next(((name, value) for name, value in found if is_estimator(value)), None)


def _parameters(model: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parameters that can hold an estimator."""
    if not is_estimator(model):
        return
    try:
        # Not the attributes: a forest has an attribute `estimator` that is not a parameter.
        params = dict(model.get_params(deep=False))
    except Exception:  # noqa: BLE001 - the code of a model can raise any error
        return
    yield from ((name, params[name]) for name in INNER_PARAMETERS if name in params)


def required_imports(model: Any, X: Any = None) -> tuple[str, ...]:
    """Return the names that a model needs although its file does not import them.

    Parameters
    ----------
    model : object
        Fitted model.
    X : array-like of shape (n_samples, n_features), optional
        Training data.

    Returns
    -------
    tuple of str
        The DataFrame of pandas for a model whose columns are chosen by name, else empty.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> import pandas as pd
    >>> X = pd.DataFrame({"koi_period": [1.0, 2.0]})
    >>> required_imports(DecisionTreeClassifier().fit(X, [0, 1]))
    ('pandas.DataFrame',)
    """
    names = read_attribute(model, "feature_names_in_")
    # LightGBM names the columns of an array.
    named = isinstance(names, Iterable) and any(
        not str(name).startswith("Column_") for name in names
    )
    return ("pandas.DataFrame",) if column_names(X) or named else ()
