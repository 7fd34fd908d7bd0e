"""Hyperparameters that equal the defaults of their estimators."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from exo_nbregistry.introspection.structure import MAX_NESTING, is_estimator, is_pipeline


def default_parameters(model: Any) -> tuple[str, ...]:
    """Return the names of the hyperparameters that have their default values.

    Parameters
    ----------
    model : object
        Usually an estimator.

    Returns
    -------
    tuple of str
        Names in scikit-learn's notation, such as ``estimator__C``, sorted.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> "alpha" in default_parameters(Ridge()), "alpha" in default_parameters(Ridge(alpha=2.0))
    (True, False)
    """
    return tuple(sorted(_defaults(model, 0)))


def _defaults(model: Any, depth: int) -> Iterator[str]:
    if not is_estimator(model) or depth > MAX_NESTING:
        return
    try:
        params: dict[str, Any] = dict(model.get_params(deep=False))
        defaults = _signature_defaults(type(model))
        steps = params.pop("steps") if is_pipeline(model) else []
        inner = {str(name): step for name, step in steps}
        equal = [name for name, value in params.items() if _is_default(name, value, defaults)]
    except Exception:  # noqa: BLE001 - the code of a model can raise any error
        return
    yield from map(str, equal)
    for name, value in {**params, **inner}.items():
        yield from (f"{name}__{found}" for found in _defaults(value, depth + 1))


def _signature_defaults(kind: type) -> dict[str, Any]:
    """Return the defaults of a class; those of a base class count if it passes them on."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if "__init__" in vars(base) and base is not object:
            parameters = inspect.signature(vars(base)["__init__"]).parameters.values()
            found |= {item.name: item.default for item in parameters}
    return found


def _is_default(name: str, value: Any, defaults: Mapping[str, Any]) -> bool:
    default = defaults.get(name, inspect.Parameter.empty)
    if value is default:
        return True
    # Types count: max_features=1 means one column, and max_features=1.0 all columns.
    return type(value) is type(default) and bool(
        value == default or (value != value and default != default)
    )
