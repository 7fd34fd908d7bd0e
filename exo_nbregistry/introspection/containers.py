"""The container of training data: frame, array, texts, sparse matrix, mappings or steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.inference.model_input import FLAT
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.introspection.column_values import is_polars

STEPS = "steps"
# Containers that an older release rebuilds, by the name that it has for them.
_OLDER = {"sparse": "array"}
# A mapping of more keys is not a row of a table.
_MAX_KEYS = 4096


def possible_containers(model: Any, X: Any) -> tuple[str, ...]:
    """Return the containers in which a model may take its rows, the one of the training first.

    Parameters
    ----------
    model : object
        The model.
    X : array-like, sparse matrix, frame, or list of mappings
        Training data.

    Examples
    --------
    >>> possible_containers(None, ["deep transit", "noise"])
    ('list', 'vector', 'series')
    """
    if model_kind(model) == "forecast":
        return (STEPS,)
    if hasattr(X, "columns"):
        return ("polars", "frame") if is_polars(X) else ("frame",)
    if hasattr(X, "tocsr"):
        return ("sparse", "array")
    if is_records(X):
        return ("records",)
    import numpy as np

    try:
        flat = len(np.shape(X)) == 1
    except ValueError:  # sequences of different lengths
        flat = True
    if not flat:
        return ("array",)
    first = "series" if hasattr(X, "iloc") else "vector" if hasattr(X, "dtype") else "list"
    return (first, *(kind for kind in FLAT if kind != first))


def describe_container(container: str, X: Any) -> dict[str, Any]:
    """Return the parts of an example that name its container, for this and an older release."""
    found: dict[str, Any] = {"form": _OLDER.get(container, container)}
    if container in _OLDER:
        found["container"] = container
    if container == "sparse" and not type(X).__name__.endswith("array"):
        found["matrix"] = True
    missing = {} if container == "records" else missing_marks(X)
    return found | ({"missing": missing} if missing else {})


def missing_marks(X: Any) -> dict[str, str]:
    """Return how the columns of objects of a frame mark a missing value: ``nan`` or ``none``.

    Examples
    --------
    >>> import pandas as pd
    >>> missing_marks(pd.DataFrame({"site": pd.Series(["a", None], dtype=object)}))
    {'site': 'none'}
    """
    if not hasattr(X, "iloc") or getattr(X, "ndim", 0) != 2:
        return {}
    found = {}
    # A wide table has thousands of columns of numbers.
    for position in (n for n, dtype in enumerate(X.dtypes) if str(dtype) == "object"):
        name, column = X.columns[position], X.iloc[:, position]
        if len(gaps := column[column.isna()]):
            kinds = {"none" if gap is None else type(gap).__name__ for gap in gaps.tolist()}
            if kinds in ({"none"}, {"float"}):
                found[str(name)] = "none" if kinds == {"none"} else "nan"
    return found


def is_records(X: Any) -> bool:
    """Return whether data are a list of mappings of names to plain values.

    Examples
    --------
    >>> is_records([{"depth": 1.0}, {"site": "a"}]), is_records([{"depth": [1, 2]}])
    (True, False)
    """
    if not isinstance(X, list | tuple) or not X:
        return False
    return all(isinstance(row, Mapping) for row in X) and all(
        isinstance(name, str) and (is_missing(item) or _is_scalar(item))
        for row in X
        for name, item in row.items()
    )


def _is_scalar(value: Any) -> bool:
    is_number = hasattr(value, "dtype") and not getattr(value, "shape", (1,))
    return isinstance(value, str | int | float) or is_number


def record_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the values of each name of mappings as an array; None where a mapping has none.

    Empty for more than 4096 names.
    """
    import numpy as np

    names = dict.fromkeys(name for row in rows for name in row)
    if len(names) > _MAX_KEYS:
        return {}
    found = {}
    for name in names:
        items = [_python(row.get(name)) for row in rows]
        present = [item for item in items if not is_missing(item)]
        numeric = all(isinstance(i, int | float) and not isinstance(i, bool) for i in present)
        if numeric and present:
            found[name] = np.array([np.nan if is_missing(item) else item for item in items])
        else:
            values = np.empty(len(items), dtype=object)
            values[:] = items
            found[name] = np.array(items) if _are_booleans(items) else values
    return found


def _are_booleans(items: Sequence[Any]) -> bool:
    return all(isinstance(item, bool) for item in items)


def _python(value: Any) -> Any:
    return value.item() if hasattr(value, "dtype") else value
