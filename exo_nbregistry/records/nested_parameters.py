"""Hyperparameters of an estimator that contains another one, as in a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INNER_PARAMETERS = ("estimator", "base_estimator", "regressor", "classifier")
"""Parameters by which estimators of scikit-learn and of compatible libraries take another one."""


def inner_prefix(parameters: Mapping[str, Any]) -> str:
    """Return the prefix of the parameters of the innermost estimator.

    Parameters
    ----------
    parameters : mapping of str to object
        Hyperparameters as in a record.

    Returns
    -------
    str
        Such as ``estimator__svc__``; empty if the estimator is not wrapped.

    Examples
    --------
    >>> inner_prefix({"steps": ["scale", "svc"], "scale": "A", "svc": "B", "svc__C": 1.0})
    'svc__'
    """
    steps = parameters.get("steps")
    if isinstance(steps, list) and all(
        isinstance(name, str) and name in parameters for name in steps
    ):
        names = [name for name in steps if parameters[name] not in (None, "passthrough")]
        if not names:
            return ""
        prefix = f"{names[-1]}__"
        nested = {
            name.removeprefix(prefix): value
            for name, value in parameters.items()
            if str(name).startswith(prefix)
        }
        return prefix + inner_prefix(nested)
    for name in INNER_PARAMETERS:
        value = parameters.get(name)
        if isinstance(value, dict) and isinstance(value.get("params"), dict):
            return f"{name}__{inner_prefix(value['params'])}"
    return ""


def flatten_params(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters with those of nested estimators, in scikit-learn's notation.

    Parameters
    ----------
    parameters : mapping of str to object
        Hyperparameters as in a record, where an estimator is a dict of its class and parameters.

    Examples
    --------
    >>> flatten_params({"regressor": {"class": "Ridge", "params": {"alpha": 2.0}}})
    {'regressor': 'Ridge', 'regressor__alpha': 2.0}
    """
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        inner = value.get("params") if isinstance(value, dict) else None
        if isinstance(inner, dict) and value.keys() == {"class", "params"}:
            found[name] = value["class"]
            found |= {f"{name}__{key}": item for key, item in flatten_params(inner).items()}
        else:
            found[name] = value
    return found
