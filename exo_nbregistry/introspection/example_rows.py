"""The first rows of data as plain values, and data made from them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.inference.model_input import assemble, read_form
from exo_nbregistry.introspection.column_values import (
    Values,
    array_values,
    is_polars,
    iterate_columns,
)
from exo_nbregistry.introspection.containers import record_columns
from exo_nbregistry.introspection.dataset import column_names
from exo_nbregistry.values.json_codec import to_plain


def first_rows(X: Any, rows: int) -> Any:
    """Return the first rows of data, of the same kind."""
    if hasattr(X, "tocsr"):
        return X.tocsr()[:rows]
    return X.iloc[:rows] if hasattr(X, "iloc") else X[:rows]


def read_rows(X: Any, names: Sequence[str] = ()) -> dict[str, Any]:
    """Return data as plain values.

    Parameters
    ----------
    X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        A few rows.
    names : sequence of str, optional
        Names of the columns of an array.

    Returns
    -------
    dict
        ``named``, whether the columns have names; ``columns``, their names, or ``x0``, ``x1``,
        ...; ``rows``, the values of each column; ``dtypes``, of each column, or of the array.
        A list of values has no dtypes. A missing value is None; in a column of objects, NaN
        remains NaN. ``labels`` has the names of columns that are not text.

    Examples
    --------
    >>> import pandas as pd
    >>> read_rows(pd.DataFrame({"koi_period": [9.5, float("nan")]}))["rows"]
    {'koi_period': [9.5, None]}
    """
    dense = X.toarray() if hasattr(X, "tocsr") else X
    columns = [_plain(column) for column in iterate_columns(dense)]
    names = column_names(X) or tuple(names)
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


def read_records(X: Sequence[Any], rows: int) -> dict[str, Any]:
    """Return the first mappings of a list as `read_rows`, with the columns of all of them."""
    columns = {name: array_values(values) for name, values in record_columns(X).items()}
    return {
        "named": False,
        "columns": list(columns),
        "rows": {name: _plain(column)[:rows] for name, column in columns.items()},
        "dtypes": [column.dtype for column in columns.values()],
    }


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
        # A series of texts is stored as a list of the same texts.
        is_flat = X.ndim < 2 and str(X.dtype) in ("str", "object")
        dtypes = X.dtypes if X.ndim == 2 else [X.dtype]
        return [] if is_flat else [_dtype(dtype) for dtype in dtypes]
    import numpy as np

    array = np.asarray(X)
    # Texts have the longest length in their dtype, and objects have none to keep.
    flat = array.ndim < 2 and (not hasattr(X, "dtype") or array.dtype.kind in "OUST")
    return [] if flat else [array.dtype.str]


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


def rebuild(example: dict[str, Any], model: Any = None) -> Any:
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
    return assemble(columns, read_form(example, model))
