"""The first rows of data as plain values, and data made from them again."""

from __future__ import annotations

from datetime import date
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.model_input import assemble, read_form
from exo_nbregistry.introspection.column_values import (
    Values,
    is_missing,
    is_polars,
    iterate_columns,
)
from exo_nbregistry.introspection.dataset import column_names
from exo_nbregistry.values.json_codec import to_plain


def first_rows(X: Any, rows: int) -> Any:
    """Return the first rows of data, of the same kind."""
    if hasattr(X, "tocsr"):
        return X.tocsr()[:rows]
    return X.iloc[:rows] if hasattr(X, "iloc") else X[:rows]


def read_rows(X: Any) -> dict[str, Any]:
    """Return data as plain values.

    Parameters
    ----------
    X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        A few rows.

    Returns
    -------
    dict
        ``named``, whether the columns have names; ``columns``, their names, or ``x0``, ``x1``,
        ...; ``rows``, the values of each column; ``dtypes``, of each column, or of the array.
        Data of one dimension have no dtypes, so that a list and an array of texts are equal. A
        missing value is None; in a column of objects, NaN remains NaN. ``labels`` has the names of
        columns that are not text.

    Examples
    --------
    >>> import pandas as pd
    >>> read_rows(pd.DataFrame({"koi_period": [9.5, float("nan")]}))["rows"]
    {'koi_period': [9.5, None]}
    """
    dense = X.toarray() if hasattr(X, "tocsr") else X
    columns = [_plain(column) for column in iterate_columns(dense)]
    names = column_names(X)
    if len(names) != len(columns):
        names = tuple(f"x{position}" for position in range(len(columns)))
    read = {
        "named": hasattr(X, "columns"),
        # The keys of a record are sorted, so the order of columns is kept in a list.
        "columns": list(names),
        "rows": dict(zip(names, columns, strict=True)),
        "dtypes": _dtypes(dense),
    }
    labels = list(getattr(X, "columns", names))
    return read if labels == list(names) else read | {"labels": labels}


def _plain(column: Values) -> list[Any]:
    values = column.values
    if values.dtype.kind in "mM":
        texts = [str(item) for item in values.ravel()]
        return [None if text == "NaT" else text for text in texts]
    keep_nan = values.dtype.kind == "O" and column.dtype in ("object", "str")
    items = [_cell(item, keep_nan) for item in values.tolist()]
    if column.mask is None:
        return items
    return [None if gone else item for item, gone in zip(items, column.mask, strict=True)]


def _cell(value: Any, keep_nan: bool) -> Any:
    if is_missing(value):
        return float("nan") if keep_nan and isinstance(value, float) else None
    try:
        return value.isoformat() if isinstance(value, date) else to_plain(value, "input_example")
    except RecordError:
        return str(value)


def _dtypes(X: Any) -> list[Any]:
    """Return the dtype of each column of a frame, or of an array, for `rebuild`."""
    if is_polars(X):
        columns = X.get_columns() if hasattr(X, "get_columns") else []
        return [_polars_dtype(column) for column in columns]
    if hasattr(X, "iloc"):
        return [_dtype(dtype) for dtype in X.dtypes] if X.ndim == 2 else []
    import numpy as np

    array = np.asarray(X)
    return [array.dtype.str] if array.ndim > 1 else []


def _dtype(dtype: Any) -> Any:
    if not hasattr(dtype, "categories"):
        return str(dtype)
    labels = [_cell(label, keep_nan=False) for label in dtype.categories.tolist()]
    kind = str(dtype.categories.dtype)
    return {"categories": labels, "dtype": kind, "ordered": bool(dtype.ordered)}


def _polars_dtype(series: Any) -> Any:
    if str(series.dtype).startswith("Enum"):
        return {"categories": series.dtype.categories.to_list()}
    temporal = series.dtype.is_temporal() and str(series.dtype) != "Time"
    return series.to_numpy().dtype.str if temporal else str(series.dtype)


def possible_forms(X: Any) -> tuple[str, ...]:
    """Return the kinds of data that `rebuild` can make of rows, the most likely first."""
    if is_polars(X) and hasattr(X, "columns"):
        return ("polars", "frame")
    if hasattr(X, "columns"):
        return ("frame",)
    if hasattr(X, "tocsr"):
        return ("array",)
    import numpy as np

    try:
        flat = len(np.shape(X)) == 1
    except ValueError:  # sequences of different lengths
        flat = True
    return ("list", "vector", "series") if flat else ("array",)


def rebuild(example: dict[str, Any]) -> Any:
    """Return data with the values and dtypes of an example.

    Parameters
    ----------
    example : dict
        Result of `read_rows`, and the kind of the data as ``form``. An example of an older release
        has neither dtypes nor form.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"n": pd.Series([1, None], dtype="Int64")})
    >>> rebuild(read_rows(X) | {"form": "frame"}).equals(X)
    True
    """
    columns = {name: example["rows"][name] for name in example["columns"]}
    return assemble(columns, read_form(example))
