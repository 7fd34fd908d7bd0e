"""Facts of a data set: columns, classes and an input example."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.metadata import Column
from exo_nbregistry.values.json_codec import to_plain

if TYPE_CHECKING:
    import numpy as np

MAX_COLUMNS = 4096


class Values(NamedTuple):
    """A column: dtype regardless of storage, values, and mask of missing values."""

    dtype: str
    values: np.ndarray[Any, Any]
    mask: np.ndarray[Any, Any] | None = None


def column_names(X: Any) -> tuple[str, ...]:
    """Return the column names of a frame as text; empty for anything else.

    Examples
    --------
    >>> import pandas as pd
    >>> column_names(pd.DataFrame({"koi_period": [1.0], 2: [0]}))
    ('koi_period', '2')
    """
    return tuple(str(name) for name in getattr(X, "columns", ()))


def read_columns(X: Any, names: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return dtype, range and missing values of each column.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        A one-dimensional `X`, such as a list of texts, is one column.
    names : sequence of str, optional
        Used if there are as many as columns, else ``x0``, ``x1``, ...

    Returns
    -------
    tuple of Column
        Empty for more than 4096 columns or two dimensions.

    Examples
    --------
    >>> import pandas as pd
    >>> read_columns(pd.DataFrame({"depth": [1.5, None]}), ["depth"])
    (Column(name='depth', dtype='float64', minimum=1.5, maximum=1.5, missing=1),)
    """
    shape = _shape(X)
    if len(shape) > 2 or (width := shape[1] if len(shape) == 2 else 1) > MAX_COLUMNS:
        return ()
    if len(names) != width:
        names = [f"x{position}" for position in range(width)]
    columns = zip(names, iterate_columns(X), strict=True)
    return tuple(_describe(name, values) for name, values in columns)


def _shape(X: Any) -> tuple[int, ...]:
    import numpy as np

    return tuple(X.shape) if hasattr(X, "shape") else np.asarray(X).shape


def iterate_columns(X: Any) -> Iterator[Values]:
    """Yield the columns of a table; of a sparse one the stored values and one zero."""
    import numpy as np

    if hasattr(X, "iloc") and X.ndim == 2:
        yield from (series_values(X.iloc[:, position]) for position in range(X.shape[1]))
    elif hasattr(X, "iloc"):
        yield series_values(X)
    elif hasattr(X, "tocsc"):
        X = X.tocsc()
        for first, last in zip(X.indptr[:-1], X.indptr[1:], strict=True):
            zero = [] if last - first == X.shape[0] else [0]
            yield array_values(np.append(X.data[first:last], zero).astype(X.dtype))
    else:
        X = np.asarray(X)
        parts = np.moveaxis(X, 1, 0) if X.ndim > 1 else [X]
        yield from (array_values(part) for part in parts)


def series_values(series: Any) -> Values:
    """Return the values of a pandas series as numpy arrays, for any storage."""
    import numpy as np

    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return array_values(series.to_numpy())
    if str(dtype).startswith("Sparse"):
        return array_values(np.asarray(series))
    plain = getattr(dtype, "numpy_dtype", None)
    if plain is not None and plain.kind in "biuf":
        missing = series.isna().to_numpy()
        values = series.to_numpy(dtype=plain, na_value=np.nan if plain.kind == "f" else 0)
        return Values(plain.name, values, missing if missing.any() else None)
    name = "str" if dtype.type is str else str(dtype)
    return Values(name, series.astype(object).to_numpy())


def array_values(values: np.ndarray[Any, Any]) -> Values:
    """Return an array with its dtype; the dtype of texts is ``str``."""
    if values.dtype.kind in "UT":
        return Values("str", values.astype(object))
    if values.dtype.kind == "O":
        items = values.ravel().tolist()
        texts = all(isinstance(item, str) or is_missing(item) for item in items)
        return Values("str" if texts and items else "object", values)
    return Values(values.dtype.name, values)


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, NaT or NA."""
    if isinstance(value, str):
        return False
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return hasattr(value, "is_integer") and bool(value != value)


def _describe(name: str, column: Values) -> Column:
    import numpy as np

    dtype, values, mask = column
    if values.dtype.kind == "O":
        return Column(name, dtype, missing=sum(map(is_missing, values.tolist())))
    missing = np.isnan(values) if values.dtype.kind in "fcmM" else mask
    count = 0 if missing is None else int(missing.sum())
    if values.dtype.kind not in "iuf" or count == values.size:
        return Column(name, dtype, missing=count)
    present = values if not count or missing is None else values[~missing]
    return Column(name, dtype, float(present.min()), float(present.max()), count)


def class_distribution(y: Any) -> dict[Any, int]:
    """Return the number of rows of each class.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels.

    Returns
    -------
    dict of label to int
        Counts in the order of the labels, without missing labels. Empty for values that are not
        labels: fractions, or several outputs.

    Examples
    --------
    >>> class_distribution(["planet", "dust", "dust"])
    {'dust': 2, 'planet': 1}
    """
    from collections import Counter

    import numpy as np

    values = np.asarray(y)
    if values.ndim != 1:
        return {}
    labels = [label for label in values.tolist() if not is_missing(label)]
    if any(isinstance(label, float) and not label.is_integer() for label in labels):
        return {}
    counts = Counter(labels)
    try:
        return {label: counts[label] for label in sorted(counts)}
    except TypeError:
        return {label: counts[label] for label in sorted(counts, key=str)}


def input_example(X: Any, rows: int = 5) -> dict[str, list[Any]]:
    """Return the first rows as plain values.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Data.
    rows : int, default=5
        Maximum number of rows.

    Returns
    -------
    dict of str to list
        Values by column, None where missing; columns without a name are ``x0``, ``x1``, ...

    Examples
    --------
    >>> import pandas as pd
    >>> input_example(pd.DataFrame({"koi_period": [9.5, float("nan")]}))
    {'koi_period': [9.5, None]}
    """
    if hasattr(X, "tocsr"):
        X = X.tocsr()[:rows].toarray()
    X = X.iloc[:rows] if hasattr(X, "iloc") else X[:rows]
    columns = [_plain(column) for column in iterate_columns(X)]
    names = column_names(X)
    if len(names) != len(columns):
        names = tuple(f"x{position}" for position in range(len(columns)))
    return dict(zip(names, columns, strict=True))


def _plain(column: Values) -> list[Any]:
    values = column.values
    if values.dtype.kind in "mM":
        values = values.astype(str).astype(object)
        values[values == "NaT"] = None
    items = [_cell(item) for item in values.tolist()]
    if column.mask is None:
        return items
    return [None if gone else item for item, gone in zip(items, column.mask, strict=True)]


def _cell(value: Any) -> Any:
    if is_missing(value):
        return None
    try:
        return value.isoformat() if isinstance(value, date) else to_plain(value, "input_example")
    except RecordError:
        return str(value)
