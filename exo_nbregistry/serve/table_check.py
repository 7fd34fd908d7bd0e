"""Hold a table against a model's signature, and say everything that is wrong with it at once."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.dataset import is_missing, series_values
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.metadata import Column, ModelMetadata
from exo_nbregistry.serve.table_errors import Faults

if TYPE_CHECKING:
    import numpy as np

NUMBER, WHOLE, BOOLEAN, TEXT = "number", "whole number", "boolean", "text"
_KINDS = {"float": NUMBER, "int": WHOLE, "uint": WHOLE, "bool": BOOLEAN}
_KINDS |= {"str": TEXT, "object": TEXT, "category": TEXT}
_SHOWN = 40
_SLACK = 1e-9


class _Absent:
    """Stands where a row has no such field at all."""


ABSENT = _Absent()


def kind_of(column: Column) -> str | None:
    """Return what a column takes: a number, whole number, boolean or text; None for others.

    Examples
    --------
    >>> kind_of(Column("koi_depth", "float64")), kind_of(Column("seen", "datetime64[ns]"))
    ('number', None)
    """
    return _KINDS.get(column.dtype.rstrip("0123456789"))


def served_columns(metadata: ModelMetadata) -> tuple[Column, ...]:
    """Return the columns that a version takes.

    Parameters
    ----------
    metadata : ModelMetadata
        Of the version.

    Returns
    -------
    tuple of Column
        In the model's order.

    Raises
    ------
    RegistryError
        If they are not known, or of a kind that cannot be served.
    """
    columns = metadata.signature.columns if metadata.signature else ()
    if not columns:
        raise RegistryError(
            f"{metadata.model_id} cannot be served: what it takes is not known. Register it with "
            "its training table, register_model(..., X=X)."
        )
    strange = [column for column in columns if kind_of(column) is None]
    if strange:
        raise RegistryError(
            f"{metadata.model_id} cannot be served: its column {strange[0].name} holds "
            f"{strange[0].dtype}, and only numbers, booleans and text are served."
        )
    return columns


def check_table(
    table: Mapping[str, Any],
    columns: Sequence[Column],
    *,
    rows: int,
    model_id: str,
    extrapolate: bool = False,
) -> tuple[dict[str, np.ndarray[Any, Any]], list[list[str]]]:
    """Return a table as the model knows it, or refuse it.

    Parameters
    ----------
    table : mapping of str to sequence
        For each column its values, ``ABSENT`` where a row has none; or pandas series.
    columns : sequence of Column
        What the model takes. A value may be missing only in a column that had missing values
        in the training data: how the model deals with them was never tried in another.
    rows : int
        Number of rows.
    model_id : str
        For the message.
    extrapolate : bool, default=False
        Whether values outside the range of the training data are let through.

    Returns
    -------
    table : dict of str to ndarray
        In the model's order and dtypes.
    outside : list of list of str
        For each row the columns whose values are outside the range of the training data.

    Raises
    ------
    TableMismatchError
        With everything that is wrong.

    Examples
    --------
    >>> columns = [Column("depth", "float64", 0.0, 9.0), Column("teq", "float64", 0.0, 9.0)]
    >>> check_table({"depth": ["deep"], "tec": [1.0]}, columns, rows=1, model_id="k:1")
    Traceback (most recent call last):
    ...
    exo_nbregistry.serve.table_errors.TableMismatchError: k:1 does not take this: depth must be a \
number, not 'deep'; teq is missing; tec is none of its columns (did you mean teq?).
    """
    faults = Faults(rows)
    checked: dict[str, np.ndarray[Any, Any]] = {}
    outside: list[list[str]] = [[] for _ in range(rows)]
    for column in columns:
        if column.name not in table:
            faults.add(column.name, "missing", "is missing")
            continue
        values = _converted(table[column.name], column, faults)
        if values is None:
            continue
        checked[column.name] = values
        strays = _strays(values, column)
        if strays and not extrapolate:
            faults.add(column.name, "out_of_range", _stray(values[strays[0]], column), strays)
        for row in strays:
            outside[row].append(column.name)
    names = [column.name for column in columns]
    for name in table:
        if name not in names:
            near = difflib.get_close_matches(str(name), names, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            faults.add(str(name)[:_SHOWN], "unexpected", f"is none of its columns{hint}")
    if faults:
        raise faults.error(model_id)
    return checked, outside


def _converted(values: Any, column: Column, faults: Faults) -> np.ndarray[Any, Any] | None:
    """Return a column's values in its dtype, or None if that cannot be."""
    import numpy as np

    numeric = kind_of(column) in (NUMBER, WHOLE)
    if numeric and (plain := _numeric(values)) is not None:
        converted = plain
    else:
        before = len(faults)
        items = _items(values, column, faults)
        if len(faults) > before:
            return None
        converted = np.array(items, dtype=np.float64 if numeric else object)
    missing = np.flatnonzero(
        np.isnan(converted) if numeric else [item is None for item in converted]
    ).tolist()
    if missing and not column.missing:
        text = "is missing a value, and the training data had one in every row"
        faults.add(column.name, "missing_values", text, missing)
        return None
    return _in_dtype(converted, column, faults, missing)


def _numeric(values: Any) -> np.ndarray[Any, Any] | None:
    """Return a series of numbers as floats; None for anything else."""
    import numpy as np

    if not hasattr(values, "iloc"):
        return None
    _, plain, mask = series_values(values)
    if plain.dtype.kind not in "iuf":
        return None
    floats = plain.astype(np.float64)
    if mask is not None:
        floats[mask] = np.nan
    return floats


def _items(values: Any, column: Column, faults: Faults) -> list[Any]:
    """Return values one by one as the column's kind, None or NaN where one is missing."""
    kind = kind_of(column)
    gone = math.nan if kind in (NUMBER, WHOLE) else None
    items: list[Any] = []
    for row, value in enumerate(values):
        if value is ABSENT:
            faults.add(column.name, "missing", "is missing", [row])
        elif is_missing(value):
            items.append(gone)
        elif (item := _as_kind(value, kind)) is None:
            faults.add(column.name, "wrong_dtype", f"must be a {kind}, not {_short(value)}", [row])
        else:
            items.append(item)
    return items


def _as_kind(value: Any, kind: str | None) -> Any:
    """Return a value that is of this kind, or None; text is no number, whatever it says."""
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if kind == TEXT:
        return value if isinstance(value, str) else None
    if kind == BOOLEAN or isinstance(value, bool):
        return value if kind == BOOLEAN and isinstance(value, bool) else None
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _in_dtype(
    values: np.ndarray[Any, Any], column: Column, faults: Faults, missing: list[int]
) -> np.ndarray[Any, Any] | None:
    import numpy as np

    kind = kind_of(column)
    if kind == TEXT or (kind == BOOLEAN and missing):
        return values
    if kind == BOOLEAN:
        return values.astype(bool)
    dtype = np.dtype(column.dtype)
    limits = np.iinfo(dtype) if kind == WHOLE else np.finfo(dtype)
    bad = (values < float(limits.min)) | (values > float(limits.max))
    if kind == WHOLE:
        bad |= (values != np.floor(values)) & ~np.isnan(values)
    if bad.any():
        rows = np.flatnonzero(bad).tolist()
        text = f"must be a {kind} that fits {column.dtype}, not {_short(values[rows[0]].item())}"
        faults.add(column.name, "wrong_dtype", text, rows)
        return None
    # A whole number that is missing is a float's NaN: there is no other.
    return values if kind == WHOLE and missing else values.astype(dtype)


def _strays(values: np.ndarray[Any, Any], column: Column) -> list[int]:
    """Return the rows whose values are outside the range of the training data."""
    import numpy as np

    if column.minimum is None or column.maximum is None:
        return []
    # A value that was written with ten digits on its way is the same value.
    slack = _SLACK * max(abs(column.minimum), abs(column.maximum))
    strays: list[int] = np.flatnonzero(
        (values < column.minimum - slack) | (values > column.maximum + slack)
    ).tolist()
    return strays


def _stray(value: Any, column: Column) -> str:
    return (
        f"is {value.item():g}, outside of the training data's {column.minimum:g} to "
        f"{column.maximum:g}"
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
    return repr(text) if isinstance(value, str) else text
