"""The data that a model takes, made from columns of plain values.

Training, serving and the exported predict.py use this file, so that a model gets the same kind of
data everywhere. An export has a copy of it, so of this package it imports only files that are
copied too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.inference.model_output import outputs as outputs

# Keys of a stored example, and of model_info.json.
KEYS = ("named", "columns", "dtypes", "labels", "missing", "matrix")
OUTPUT_KEYS = ("outputs", "classes", "positive")
# Containers of one value in each row, such as a text.
FLAT = ("list", "vector", "series")
_NUMBERS = {f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (8, 16, 32, 64)}
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


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
    >>> read_form({"form": "frame", "columns": ["depth"], "dtypes": ["float64"], "rows": {}})
    {'columns': ['depth'], 'dtypes': ['float64'], 'container': 'frame'}
    """
    form = {key: stored[key] for key in (*KEYS, *OUTPUT_KEYS) if key in stored}
    container = stored.get("container") or stored.get("form")
    names = getattr(model, "feature_names_in_", None)
    if container is None:
        container = "frame" if stored.get("named", names is not None) else "array"
    elif container == "array" and names is not None and list(names) == form["columns"]:
        # The model was fitted on a frame, and only its values were registered.
        form["dtypes"] = None
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
    if container == "steps":
        return _steps(*columns.values())
    if container == "records":
        return _records(columns)
    values = _filled(columns, form.get("missing") or {})
    if container == "list":
        return _plain(values[0])
    if container == "vector":
        return _objects(values[0]) if not dtypes else _array(values, dtypes[0]).ravel()
    if container in ("array", "sparse"):
        array = _array(values, dtypes[0] if dtypes else None)
        return _sparse(array, form) if container == "sparse" else array
    if container == "series":
        import pandas as pd

        return _series(values[0], dtypes[0]) if dtypes else pd.Series(_plain(values[0]))
    if container == "polars":
        frame = _polars_frame(list(columns), values, dtypes or [None] * len(values))
        if frame is not None:
            return frame
    return _frame(list(form.get("labels") or columns), values, dtypes)


def _plain(values: Any) -> list[Any]:
    # Times would become integers.
    is_time = getattr(getattr(values, "dtype", None), "kind", "") in ("m", "M")
    return list(values.tolist()) if hasattr(values, "tolist") and not is_time else list(values)


def _filled(columns: Mapping[str, Any], missing: Mapping[str, str]) -> list[Any]:
    """Return the columns, with the missing values of the training data in columns of objects."""
    marks = {"nan": float("nan"), "none": None}
    return [
        [marks[missing[name]] if is_missing(item) else item for item in _plain(values)]
        if name in missing
        else values
        for name, values in columns.items()
    ]


def _objects(values: Any) -> Any:
    import numpy as np

    items = _plain(values)
    vector = np.empty(len(items), dtype=object)
    vector[:] = items
    return vector


def _records(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one mapping for each row, without its missing values."""
    rows = zip(*(_plain(values) for values in columns.values()), strict=True)
    return [
        {name: item for name, item in zip(columns, row, strict=True) if not is_missing(item)}
        for row in rows
    ]


def _steps(values: Any) -> Any:
    """Return steps of a forecast as whole numbers from 1."""
    import numpy as np

    try:
        numbers = np.array(_numbers(values), dtype=float)
        if (np.isfinite(numbers) & (numbers >= 1) & (np.mod(numbers, 1) == 0)).all():
            return numbers.astype(int)
    except (TypeError, ValueError):
        pass
    raise ValueError("step must be a whole number from 1")


def _array(values: Sequence[Any], dtype: str | None) -> Any:
    import numpy as np

    if dtype is None:
        return np.column_stack([np.asarray(column) for column in values])
    kind = np.dtype(dtype).kind
    if kind in "UO":
        table = np.column_stack([_objects(column) for column in values])
        return table if kind == "O" or any(map(is_missing, table.flat)) else table.astype(str)
    if kind in "mM":
        return np.column_stack([_temporal(_plain(column), dtype) for column in values])
    return _in_dtype(np.moveaxis(np.array([_number_array(v) for v in values]), 0, 1), dtype)


def _in_dtype(array: Any, dtype: str) -> Any:
    """Return numbers in a dtype; integers that are missing or fractions remain floats."""
    import numpy as np

    if np.dtype(dtype).kind in "iu" and array.dtype.kind == "f":
        return array if (np.mod(array, 1) != 0).any() else array.astype(dtype)
    return array.astype(dtype, copy=False)


def _numbers(values: Any) -> list[Any]:
    """Return numbers, also of their texts, with NaN for a missing one."""
    return [
        float("nan") if is_missing(v) else float(v) if isinstance(v, str) else v
        for v in _plain(values)
    ]


def _number_array(values: Any) -> Any:
    import numpy as np

    kind = getattr(getattr(values, "dtype", None), "kind", "")
    return np.asarray(values if kind and kind in "biufc" else _numbers(values))


def _sparse(array: Any, form: Mapping[str, Any]) -> Any:
    from scipy import sparse

    return sparse.csr_matrix(array) if form.get("matrix") else sparse.csr_array(array)


def _frame(names: Sequence[Any], values: Sequence[Any], dtypes: Sequence[Any] | None) -> Any:
    import numpy as np
    import pandas as pd

    index = pd.Index([tuple(name) if isinstance(name, list) else name for name in names])
    wanted = {str(d) for d in dtypes or (getattr(v, "dtype", None) for v in values)}
    if len(wanted) == 1 and wanted <= _NUMBERS:
        # A frame of one block is made many times faster than one column by column.
        block = _in_dtype(np.column_stack([_number_array(v) for v in values]), *wanted)
        if str(block.dtype) in wanted:
            return pd.DataFrame(block, columns=index, copy=False)
    if dtypes is not None:
        values = [_series(*pair) for pair in zip(values, dtypes, strict=True)]
    return pd.DataFrame(dict(enumerate(values))).set_axis(index, axis=1)


def _series(values: Any, dtype: Any) -> Any:
    import pandas as pd

    if isinstance(dtype, dict):
        return pd.Series(_categories(_plain(values), dtype))
    if dtype.startswith("datetime64"):
        moments = pd.to_datetime(_plain(values), format="ISO8601", utc="," in dtype)
        return pd.Series(moments).astype(dtype)
    if dtype.startswith("timedelta64"):
        return pd.Series(pd.to_timedelta(_plain(values))).astype(dtype)
    if dtype in _NUMBERS:
        return pd.Series(_in_dtype(_number_array(values), dtype))
    if dtype.lower().startswith("bool"):
        items = [None if is_missing(item) else _boolean(item) for item in _plain(values)]
        series = pd.Series(items, dtype=object)
        return series if dtype == "bool" and series.isna().any() else series.astype(dtype)
    if dtype.startswith("Sparse["):
        kind, _, fill = dtype.removeprefix("Sparse[").removesuffix("]").partition(", ")
        sparse = pd.SparseDtype(kind, fill == "True" if kind == "bool" else float(fill))
        return pd.Series(_numbers(values), dtype=object).astype(sparse)
    is_number = dtype.lower().startswith(("int", "uint", "float"))
    items = _numbers(values) if is_number else _plain(values)
    return pd.Series(items, dtype=object).astype(dtype)


def _boolean(value: Any) -> bool:
    text = str(value).lower()
    if text.removesuffix(".0") not in _BOOLEANS:
        raise ValueError(f"{value!r} is not a boolean; use true or false")
    return _BOOLEANS[text.removesuffix(".0")]


def _categories(items: Sequence[Any], dtype: Mapping[str, Any]) -> Any:
    """Return a categorical of known categories; an unknown value is missing."""
    import pandas as pd

    labels = dtype["categories"]
    # A CSV has the text of a category.
    codes = {str(label): code for code, label in enumerate(labels)}
    codes |= {label: code for code, label in enumerate(labels)}
    found = [
        -1 if is_missing(item) else codes.get(item, codes.get(str(item), -1)) for item in items
    ]
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
        items = [None if is_missing(item) else item for item in _plain(values)]
        if isinstance(dtype, dict):
            series.append(polars.Series(name, items, dtype=polars.Enum(dtype["categories"])))
        elif str(dtype).startswith("<"):
            series.append(polars.Series(name, _temporal(items, dtype)))
        else:
            kind = getattr(polars, str(dtype), None)
            series.append(polars.Series(name, items, dtype=kind, strict=False))
    return polars.DataFrame(series)


def _temporal(values: Sequence[Any], dtype: str) -> Any:
    """Return times or durations as an array; a duration is stored as a number and its unit."""
    import numpy as np

    numbers = dtype.startswith("<m")
    return np.array(
        [int(v.split()[0]) if numbers and isinstance(v, str) else v for v in values], dtype=dtype
    )
