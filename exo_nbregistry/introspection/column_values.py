"""Values of the columns of arrays, frames and sparse matrices as NumPy arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from exo_nbregistry.inference.input_columns import is_missing

if TYPE_CHECKING:
    import numpy as np


class Values(NamedTuple):
    """A column: dtype regardless of storage, values, and mask of missing values."""

    dtype: str
    values: np.ndarray[Any, Any]
    mask: np.ndarray[Any, Any] | None = None


def iterate_columns(X: Any) -> Iterator[Values]:
    """Yield the columns of a table; of a sparse one the stored values and one zero."""
    import numpy as np

    if is_polars(X):
        series = X.get_columns() if hasattr(X, "get_columns") else [X]
        yield from (polars_values(column) for column in series)
    elif hasattr(X, "iloc") and X.ndim == 2:
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


def is_polars(data: Any) -> bool:
    """Return whether data is a frame or a series of polars."""
    return type(data).__module__.partition(".")[0] == "polars"


def polars_values(series: Any) -> Values:
    """Return the values of a polars series as numpy arrays, with the dtype names of numpy."""
    import numpy as np

    dtype = series.dtype
    missing = series.is_null().to_numpy()
    mask = missing if missing.any() else None
    if dtype.is_integer():
        return Values(str(dtype).lower(), series.fill_null(0).to_numpy(), mask)
    if str(dtype) == "Boolean":
        return Values("bool", series.fill_null(value=False).to_numpy(), mask)
    if dtype.is_float() or (dtype.is_temporal() and str(dtype) != "Time"):
        return array_values(series.to_numpy())
    values = np.empty(len(series), dtype=object)
    values[:] = series.to_list()
    if str(dtype).startswith(("Categorical", "Enum")):
        return Values("category", values)
    return array_values(values)


def array_values(values: np.ndarray[Any, Any]) -> Values:
    """Return an array with its dtype; the dtype of texts is ``str``."""
    if values.dtype.kind in "UT":
        return Values("str", values.astype(object))
    if values.dtype.kind == "O":
        items = values.ravel().tolist()
        texts = all(isinstance(item, str) or is_missing(item) for item in items)
        return Values("str" if texts and items else "object", values)
    return Values(values.dtype.name, values)
