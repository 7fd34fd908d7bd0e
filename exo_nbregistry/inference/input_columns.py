"""The columns that a model takes, and their values in the rows of a table.

Serving and the exported predict.py use this file, so that both read a row alike. An export has a
copy of it, so it imports only NumPy, pandas and the file beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from exo_nbregistry.inference.input_times import has_zone, is_date, read_times

NUMBER, WHOLE, BOOLEAN, TEXT = "number", "whole number", "boolean", "text"
CATEGORY, VALUE, DATE, DURATION = "category", "value", "date", "duration"
_KINDS = {
    "float": NUMBER,
    "int": WHOLE,
    "uint": WHOLE,
    "bool": BOOLEAN,
    "boolean": BOOLEAN,
    "str": TEXT,
    "string": TEXT,
    "category": CATEGORY,
    "object": VALUE,
    "datetime": DATE,
    "timedelta": DURATION,
}
_PHRASES = {
    NUMBER: "a number",
    WHOLE: "a whole number",
    BOOLEAN: "a boolean",
    TEXT: "text",
    CATEGORY: "text, a number or a boolean",
    VALUE: "text, a number or a boolean",
    DATE: "a date such as 2026-01-31",
    DURATION: "a duration such as 1 days 02:00:00",
}
NUMERIC = (NUMBER, WHOLE)
_PLAIN_NUMBERS = {int, float, type(None)}
_MAX_SHOWN = 40
_SLACK = 1e-9


class _Absent:
    """Placeholder for a field that a row does not have."""


ABSENT = _Absent()


class InputColumn(NamedTuple):
    """One column that a model takes.

    Attributes
    ----------
    name : str
        Column name.
    dtype : str
        Name of the dtype in the training data.
    kind : str
        Kind of its values.
    minimum, maximum : float or None
        Range in the training data.
    may_miss : bool
        Whether the training data has missing values in it.
    categories : frozenset or None
        Known categories and their texts.
    """

    name: str
    dtype: str
    kind: str
    minimum: float | None = None
    maximum: float | None = None
    may_miss: bool = False
    categories: frozenset[Any] | None = None

    def expected(self, value: Any) -> str:
        """Return a phrase for the values of the column, to contrast with this one."""
        if self.kind in NUMERIC and isinstance(value, int | float) and not isinstance(value, bool):
            try:
                fits = math.isfinite(value)
            except OverflowError:
                fits = False
            if fits:
                return f"{_PHRASES[self.kind]} that fits {self.dtype}"
        if self.kind == DATE and "," not in self.dtype and has_zone(value):
            return "a date without a time zone"
        return _PHRASES[self.kind]


class Cells(NamedTuple):
    """The values of one column.

    Attributes
    ----------
    values : ndarray of shape (n_rows,)
        Floats for numbers, otherwise objects; NaN or None where there is no value.
    invalid : dict of int to object
        By row, the values that are not of the column's kind.
    absent : list of int
        Rows without the field.
    """

    values: Any
    invalid: dict[int, Any]
    absent: list[int]


def kind_of(dtype: str | None) -> str | None:
    """Return the kind of the values of a dtype, or None if it is not supported.

    Examples
    --------
    >>> kind_of("float64"), kind_of("Sparse[int64, 0]"), kind_of("datetime64[ns]")
    ('number', 'whole number', 'date')
    """
    name = (dtype or "float64").lower().removeprefix("sparse[").replace(",", "[").rstrip("]")
    return _KINDS.get(name.partition("[")[0].rstrip("0123456789"))


def read_column(column: Mapping[str, Any]) -> InputColumn:
    """Return a column of ``model_info.json`` or of a signature.

    Examples
    --------
    >>> read_column({"name": "koi_depth", "dtype": "float64", "maximum": 950.0}).kind
    'number'
    """
    dtype = column.get("dtype") or "float64"
    low, high = column.get("minimum"), column.get("maximum")
    ordered = all(isinstance(x, int | float) and math.isfinite(x) for x in (low, high))
    labels = column.get("categories")
    return InputColumn(
        str(column["name"]),
        dtype,
        kind_of(dtype) or VALUE,
        low if ordered else None,
        high if ordered else None,
        bool(column.get("missing")),
        None if labels is None else frozenset([*labels, *map(str, labels)]),
    )


def limits(columns: Sequence[InputColumn]) -> tuple[Any, Any, Any, Any, Any]:
    """Return the limits of numeric columns, each an array of one value per column.

    Returns
    -------
    low, high : ndarray
        Range of the training data; infinite if it is unknown.
    slack : ndarray
        How far a value may be outside the range: ten digits of it are enough to be in range.
    smallest, largest : ndarray
        Range of the dtype.
    """
    import numpy as np

    low, high, slack, smallest, largest = np.zeros((5, len(columns)))
    for place, column in enumerate(columns):
        if column.minimum is None or column.maximum is None:
            low[place], high[place] = -np.inf, np.inf
        else:
            low[place], high[place] = column.minimum, column.maximum
            slack[place] = _SLACK * max(abs(column.minimum), abs(column.maximum))
        dtype = np.dtype(_plain_dtype(column.dtype))
        if dtype.kind == "f":
            smallest[place], largest[place] = np.finfo(dtype).min, np.finfo(dtype).max
        else:
            whole = np.iinfo(dtype)
            # The largest int64 is not a float, but the number after it is.
            smallest[place] = whole.min
            largest[place] = np.nextafter(float(whole.max) + 1, 0)
    return low, high, slack, smallest, largest


def _plain_dtype(dtype: str) -> str:
    """Return the dtype of NumPy for a nullable or sparse one."""
    return dtype.lower().removeprefix("sparse[").partition(",")[0].rstrip("]")


def read_cells(values: Any, column: InputColumn) -> Cells:
    """Return the values of a column, and the rows whose values have another kind.

    Parameters
    ----------
    values : sequence
        A list, array or series of one value per row. `ABSENT` marks a row without the field.
    column : InputColumn
        The column.

    Examples
    --------
    >>> read_cells([1.5, "deep", None], InputColumn("koi_depth", "float64", NUMBER))
    Cells(values=array([1.5, nan, nan]), invalid={1: 'deep'}, absent=[])
    """
    import numpy as np

    if column.kind in NUMERIC and (numbers := _numbers(values)) is not None:
        return Cells(numbers, {}, [])
    if hasattr(values, "iloc"):
        values = values.astype(object).to_numpy()
    invalid: dict[int, Any] = {}
    absent: list[int] = []
    items: list[Any] = []
    for row, value in enumerate(values):
        item = None
        if value is ABSENT:
            absent.append(row)
        elif not is_missing(value) and (item := _as_kind(value, column.kind)) is None:
            invalid[row] = value
        items.append(item)
    if column.kind in NUMERIC:
        return Cells(np.array(items, dtype=np.float64), invalid, absent)
    found = np.empty(len(items), dtype=object)
    found[:] = items
    if column.kind in (DATE, DURATION):
        found = read_times(found, column.dtype.lower(), invalid)
    return Cells(found, invalid, absent)


def _numbers(values: Any) -> Any:
    """Return an array, a series or a list of numbers as floats; None for anything else."""
    import numpy as np

    dtype = getattr(values, "dtype", None)
    if getattr(dtype, "kind", None) in ("i", "u", "f"):
        if hasattr(values, "iloc") and not isinstance(dtype, np.dtype):
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.asarray(values, dtype=np.float64)
    if isinstance(values, list) and set(map(type, values)) <= _PLAIN_NUMBERS:
        try:
            return np.array(values, dtype=np.float64)
        except OverflowError:
            return None
    return None


def _as_kind(value: Any, kind: str) -> Any:
    """Return a value of this kind, or None; text is never read as a number."""
    if kind == DATE:
        return value if is_date(value) else None
    if kind == DURATION:
        return value if isinstance(value, str) or hasattr(value, "total_seconds") else None
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if kind == TEXT:
        return value if isinstance(value, str) else None
    if kind == BOOLEAN or isinstance(value, bool):
        wanted = kind in (BOOLEAN, CATEGORY, VALUE) and isinstance(value, bool)
        return value if wanted else None
    if kind in (CATEGORY, VALUE):
        return value if isinstance(value, str | int | float) else None
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, NaT or NA."""
    if isinstance(value, str):
        return False
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return hasattr(value, "is_integer") and bool(value != value)


def short_value(value: Any) -> str:
    """Return a value as a short Python literal.

    Examples
    --------
    >>> short_value("x" * 99)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'"
    """
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 3]}..."
    return repr(text) if isinstance(value, str) else text
