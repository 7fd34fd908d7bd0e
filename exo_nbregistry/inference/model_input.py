"""The data that a model takes, made from columns of plain values.

Training, serving and the exported predict.py use this file, so that a model gets the same kind of
data everywhere. An export has a copy of it, so of this package it imports only the file of the
outputs, which is copied too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.model_output import outputs as outputs

# What is read from a stored example, or from model_info.json.
KEYS = ("named", "dtypes", "labels", "matrix", "kind", "outputs", "classes", "positive")
FLAT = ("list", "vector", "series")


def read_form(stored: Mapping[str, Any], model: Any = None) -> dict[str, Any]:
    """Return the form of the data that a model takes.

    Parameters
    ----------
    stored : mapping
        A stored input example, of any release, or empty.
    model : object, optional
        The model, which decides between a frame and an array if nothing is stored.

    Returns
    -------
    dict
        ``container`` and the details that `assemble` and `outputs` use.

    Examples
    --------
    >>> read_form({"form": "frame", "dtypes": ["float64"], "rows": {}})
    {'dtypes': ['float64'], 'container': 'frame'}
    """
    form = {key: stored[key] for key in KEYS if key in stored}
    container = stored.get("container") or stored.get("form")
    names = getattr(model, "feature_names_in_", None)
    if container is None:
        container = "frame" if stored.get("named", names is not None) else "array"
    elif container == "array" and names is not None and len(names) == len(stored["columns"]):
        # The model was fitted on a frame, and only its values were registered.
        form = {key: value for key, value in form.items() if key != "dtypes"}
        container = "frame"
    return form | {"container": container}


def assemble(columns: Mapping[str, Any], form: Mapping[str, Any]) -> Any:
    """Return columns in the container and with the dtypes of the training data.

    Parameters
    ----------
    columns : mapping of str to sequence
        A list, array or series of each column, in the order of the model.
    form : mapping
        Result of `read_form`. A column without a dtype is used unchanged.

    Returns
    -------
    object
        Frame, array, sparse matrix, series, or list of values.

    Raises
    ------
    TypeError, ValueError
        If a value does not fit its dtype.

    Examples
    --------
    >>> assemble({"text": ["deep transit"]}, {"container": "list"})
    ['deep transit']
    >>> assemble({"n": [1, None]}, {"container": "frame", "dtypes": ["Int64"]})["n"].dtype
    Int64Dtype()
    """
    container, dtypes = form["container"], form.get("dtypes")
    values = list(columns.values())
    if container == "list":
        return _plain(values[0])
    if container == "vector":
        return _objects(values[0])
    if container in ("array", "sparse"):
        array = _array(values, dtypes[0] if dtypes else None)
        return _sparse(array, form) if container == "sparse" else array
    import pandas as pd

    if container == "series":
        return pd.Series(_plain(values[0]))
    if container == "polars":
        frame = _polars_frame(list(columns), values, dtypes or [None] * len(values))
        if frame is not None:
            return frame
    return _frame(columns, dtypes, form.get("labels"))


def _plain(values: Any) -> list[Any]:
    return list(values.tolist()) if hasattr(values, "tolist") else list(values)


def _objects(values: Any) -> Any:
    import numpy as np

    items = _plain(values)
    vector = np.empty(len(items), dtype=object)
    vector[:] = items
    return vector


def _array(values: Sequence[Any], dtype: str | None) -> Any:
    import numpy as np

    if dtype is None:
        return np.column_stack([np.asarray(column) for column in values])
    return np.moveaxis(np.array([_plain(v) for v in values], dtype=np.dtype(dtype)), 0, 1)


def _sparse(array: Any, form: Mapping[str, Any]) -> Any:
    from scipy import sparse

    return sparse.csr_matrix(array) if form.get("matrix") else sparse.csr_array(array)


def _frame(columns: Mapping[str, Any], dtypes: Sequence[Any] | None, labels: Any) -> Any:
    import numpy as np
    import pandas as pd

    names = list(columns) if labels is None else list(labels)
    values = list(columns.values())
    found = {getattr(column, "dtype", None) for column in values}
    wanted = {str(dtype) for dtype in dtypes} if dtypes else {str(kind) for kind in found}
    if len(found) == 1 and wanted == {str(kind) for kind in found} and wanted <= _NUMBERS:
        # A frame of one block is made many times faster than one column by column.
        return pd.DataFrame(np.column_stack(values), columns=names, copy=False)
    if dtypes is not None:
        values = [_series(*pair) for pair in zip(values, dtypes, strict=True)]
    frame = pd.DataFrame(dict(enumerate(values)))
    return frame.set_axis(pd.Index(names), axis=1)


_NUMBERS = {f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (8, 16, 32, 64)}


def _series(values: Any, dtype: Any) -> Any:
    import pandas as pd

    items = _plain(values)
    if isinstance(dtype, dict):
        return pd.Series(_categories(items, dtype))
    if dtype == "category":
        return pd.Series(items, dtype="category")
    if dtype.startswith("datetime64"):
        moments = pd.to_datetime(items, format="ISO8601", utc="," in dtype)
        return pd.Series(moments).astype(dtype)
    if dtype.startswith("timedelta64"):
        return pd.Series(pd.to_timedelta(items)).astype(dtype)
    if dtype.startswith("Sparse["):
        kind, _, fill = dtype.removeprefix("Sparse[").removesuffix("]").partition(", ")
        dtype = pd.SparseDtype(kind, fill == "True" if kind == "bool" else float(fill))
    series = pd.Series(items, dtype=object)
    if str(dtype).startswith(("int", "uint")) and series.isna().any():
        return series.astype("float64")  # integers have no missing value
    if dtype == "bool" and series.isna().any():
        return series
    return series.astype(dtype)


def _categories(items: Sequence[Any], dtype: Mapping[str, Any]) -> Any:
    """Return a categorical of known categories; an unknown value is missing."""
    import pandas as pd

    labels = dtype["categories"]
    # A CSV has the text of a category.
    codes = {str(label): code for code, label in enumerate(labels)}
    codes |= {label: code for code, label in enumerate(labels)}
    found = [codes.get(item, -1) for item in items]
    index = pd.Index(labels, dtype=dtype["dtype"])
    return pd.Categorical.from_codes(found, index, ordered=dtype["ordered"])


def _polars_frame(names: Sequence[str], columns: Sequence[Any], dtypes: Sequence[Any]) -> Any:
    """Return a frame of polars, or None without polars."""
    try:
        import polars
    except ImportError:
        return None
    series = []
    for name, values, dtype in zip(names, columns, dtypes, strict=True):
        items = _plain(values)
        if isinstance(dtype, dict):
            series.append(polars.Series(name, items, dtype=polars.Enum(dtype["categories"])))
        elif str(dtype).startswith("<"):
            series.append(polars.Series(name, _temporal(items, dtype)))
        else:
            series.append(polars.Series(name, items, dtype=getattr(polars, str(dtype), None)))
    return polars.DataFrame(series)


def _temporal(values: Sequence[Any], dtype: str) -> Any:
    """Return times or durations as an array; a duration is stored as a number and its unit."""
    import numpy as np

    numbers = dtype.startswith("<m")
    return np.array([int(v.split()[0]) if v and numbers else v for v in values], dtype=dtype)
