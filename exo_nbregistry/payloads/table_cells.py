"""Columns of a table as text cells that are read back with the same type and values."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from exo_nbregistry.values.json_codec import canonical_json, decode, encode, to_plain


def format_cells(values: Any, name: str) -> tuple[list[str], dict[str, Any]]:
    """Return the cells of a pandas Series, and the form that `parse_cells` needs.

    A missing value is an empty cell. `name` names the column in errors.
    """
    import pandas as pd

    dtype = values.dtype
    form: dict[str, Any] = {"dtype": str(dtype), "as": _kind(values)}
    items = values.tolist() if form["as"] in ("json", "text") else list(values.array)
    if isinstance(dtype, pd.CategoricalDtype):
        categories, inner = format_cells(pd.Series(dtype.categories), name)
        form |= {"categories": categories, "inner": inner, "ordered": bool(dtype.ordered)}
        return ["" if code < 0 else categories[code] for code in values.cat.codes], form | {
            "codes": None
            if len(set(categories)) == len(categories) and "" not in categories
            else values.cat.codes.tolist()
        }
    missing = [bool(flag) for flag in pd.isna(values)] if form["as"] != "json" else []
    format_item = _FORMATS.get(form["as"]) or (lambda item: _json(item, name))
    cells = ["" if missing and missing[i] else format_item(item) for i, item in enumerate(items)]
    if form["as"] == "text" and any(missing):
        form["missing"] = [i for i, flag in enumerate(missing) if flag]
    return cells, form


def parse_cells(cells: Sequence[str], form: dict[str, Any]) -> Any:
    """Return the pandas array or Series of the cells of a column."""
    import numpy as np
    import pandas as pd

    kind, dtype = form["as"], form["dtype"]
    if kind == "category":
        categories = pd.Index(parse_cells(form["categories"], form["inner"]))
        places = {text: i for i, text in enumerate(form["categories"])}
        codes = form["codes"] or [places.get(cell, -1) for cell in cells]
        return pd.Categorical.from_codes(codes, categories=categories, ordered=form["ordered"])
    if kind == "json":
        return _objects([decode(json.loads(cell)) for cell in cells])
    if kind == "text":
        missing = set(form.get("missing", ()))
        texts = [None if i in missing else cell for i, cell in enumerate(cells)]
        return pd.array(texts, dtype=dtype) if dtype != "object" else _objects(texts)
    if kind == "datetime":
        moments = pd.Series(cells, dtype=object)
        return pd.to_datetime(moments, format="ISO8601", utc="," in dtype).astype(dtype)
    if kind == "timedelta":
        return pd.to_timedelta(pd.Series([cell or None for cell in cells], dtype=object)).astype(
            dtype
        )
    parsed = [None if cell == "" else _PARSES[kind](cell) for cell in cells]
    if dtype[:1].isupper() or dtype == "boolean":  # types of pandas with missing values
        return pd.array(parsed, dtype=dtype)
    if kind == "float":
        return np.array([np.nan if value is None else value for value in parsed], dtype=dtype)
    return np.array(parsed, dtype=dtype)


def _objects(values: list[Any]) -> Any:
    import numpy as np
    import pandas as pd

    array = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        array[i] = value
    return pd.Series(array, dtype=object)


def _kind(values: Any) -> str:
    import pandas as pd
    from pandas.api import types

    dtype = values.dtype
    if str(dtype) == "category":
        return "category"
    if types.is_bool_dtype(dtype):
        return "bool"
    if types.is_integer_dtype(dtype):
        return "int"
    if types.is_float_dtype(dtype):
        return "float"
    if types.is_datetime64_any_dtype(dtype):
        return "datetime"
    if types.is_timedelta64_dtype(dtype):
        return "timedelta"
    if isinstance(dtype, pd.StringDtype):
        return "text"
    # Text with None is written unchanged, and other objects as JSON.
    return "text" if all(type(value) is str or value is None for value in values) else "json"


def _json(value: Any, name: str) -> str:
    return canonical_json(encode(to_plain(value, f"column {name!r:.80}"))).decode()


_FORMATS: dict[str, Callable[[Any], str]] = {
    "bool": str,
    "int": lambda value: str(int(value)),
    "float": lambda value: str(value),
    "datetime": lambda value: value.isoformat(),
    "timedelta": lambda value: value.isoformat(),
    "text": str,
}
_PARSES: dict[str, Callable[[str], Any]] = {
    "bool": lambda cell: cell == "True",
    "int": int,
    "float": float,
}
