"""Check a table against a model's signature, and report all problems at once."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.introspection.column_values import is_missing, series_values
from exo_nbregistry.records.metadata import Column, ModelMetadata
from exo_nbregistry.serve.table_errors import TableProblems

if TYPE_CHECKING:
    import numpy as np

NUMBER, WHOLE, BOOLEAN, TEXT = "number", "whole number", "boolean", "text"
_KINDS = {"float": NUMBER, "int": WHOLE, "uint": WHOLE, "bool": BOOLEAN}
_KINDS |= {"str": TEXT, "object": TEXT, "category": TEXT}
_PHRASES = {
    NUMBER: "a number",
    WHOLE: "a whole number",
    BOOLEAN: "a boolean",
    TEXT: "text",
}
_MAX_SHOWN = 40
_MAX_UNEXPECTED = 50
_SLACK = 1e-9


class _Absent:
    """Placeholder for a field that a row does not have."""


ABSENT = _Absent()


def kind_of(column: Column) -> str | None:
    """Return the kind of a column: number, whole number, boolean or text; None for others.

    Examples
    --------
    >>> kind_of(Column("koi_depth", "float64")), kind_of(Column("seen", "datetime64[ns]"))
    ('number', None)
    """
    return _KINDS.get(column.dtype.rstrip("0123456789"))


def served_columns(metadata: ModelMetadata) -> tuple[Column, ...]:
    """Return the columns that a version needs.

    Parameters
    ----------
    metadata : ModelMetadata
        Metadata of the version.

    Returns
    -------
    tuple of Column
        In the model's order.

    Raises
    ------
    RegistryError
        If the version has no signature, or a column of a kind that is not supported.
    """
    columns = metadata.signature.columns if metadata.signature else ()
    if not columns:
        raise RegistryError(
            f"{metadata.model_id} cannot be served: its columns are unknown. Register it with its "
            "training table: register_model(..., X=X)."
        )
    unsupported = [column for column in columns if kind_of(column) is None]
    if unsupported:
        raise RegistryError(
            f"{metadata.model_id} cannot be served: its column {unsupported[0].name} has dtype "
            f"{unsupported[0].dtype}; only numbers, booleans and text are supported."
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
    """Return a table in the model's order and dtypes.

    Parameters
    ----------
    table : mapping of str to sequence
        For each column a list, array or pandas series; in a list, ``ABSENT`` marks a field that
        the row does not have.
    columns : sequence of Column
        Columns of the signature. A value may be missing only in a column that had missing values
        in the training data.
    rows : int
        Number of rows.
    model_id : str
        Version to name in the error.
    extrapolate : bool, default=False
        Whether values outside the range of the training data are accepted.

    Returns
    -------
    table : dict of str to ndarray
        Column by column.
    outside : list of list of str
        For each row the columns whose values are outside the range of the training data.

    Raises
    ------
    TableMismatchError
        If the table does not match; the error lists all problems.

    Examples
    --------
    >>> columns = [Column("depth", "float64", 0.0, 9.0), Column("teq", "float64", 0.0, 9.0)]
    >>> check_table({"depth": ["deep"], "tec": [1.0]}, columns, rows=1, model_id="k:1")
    Traceback (most recent call last):
    ...
    exo_nbregistry.serve.table_errors.TableMismatchError: The data does not match the signature \
of k:1: depth must be a number, not 'deep'; teq is missing; tec is not a column of the model (did \
you mean teq?).
    """
    problems = TableProblems(rows)
    checked: dict[str, np.ndarray[Any, Any]] = {}
    outside: list[list[str]] = [[] for _ in range(rows)]
    for column in columns:
        if column.name not in table:
            problems.add(column.name, "missing", "is missing")
            continue
        values = _converted(table[column.name], column, problems)
        if values is None:
            continue
        checked[column.name] = values
        strays = _out_of_range(values, column)
        if strays and not extrapolate:
            message = _range_message(values[strays[0]], column)
            problems.add(column.name, "out_of_range", message, strays)
        for row in strays:
            outside[row].append(column.name)
    _add_unexpected(table, [column.name for column in columns], problems)
    if problems:
        raise problems.error(model_id)
    return checked, outside


def _add_unexpected(
    table: Mapping[str, Any], columns: Sequence[str], problems: TableProblems
) -> None:
    known = set(columns)
    unexpected = [name for name in table if name not in known]
    # A request can have a million names.
    for number, name in enumerate(unexpected[:_MAX_UNEXPECTED], 1):
        message = "is not a column of the model"
        near = difflib.get_close_matches(name[:_MAX_SHOWN], columns, n=1)
        if near:
            message += f" (did you mean {near[0]}?)"
        if number == _MAX_UNEXPECTED < len(unexpected):
            message += f", and neither are {len(unexpected) - number} others"
        problems.add(name[:_MAX_SHOWN], "unexpected", message)


def _converted(values: Any, column: Column, problems: TableProblems) -> np.ndarray[Any, Any] | None:
    """Return a column's values in its dtype, or None if they have a problem."""
    import numpy as np

    numeric = kind_of(column) in (NUMBER, WHOLE)
    if numeric and (plain := _numeric(values)) is not None:
        converted = plain
    else:
        before = len(problems)
        items = _items(values, column, problems)
        if len(problems) > before:
            return None
        converted = np.array(items, dtype=np.float64 if numeric else object)
    missing = np.flatnonzero(
        np.isnan(converted) if numeric else [item is None for item in converted]
    ).tolist()
    if missing and not column.missing:
        text = "must have a value, because the training data has no missing values"
        problems.add(column.name, "missing_values", text, missing)
        return None
    return _in_dtype(converted, column, problems, missing)


def _numeric(values: Any) -> np.ndarray[Any, Any] | None:
    """Return an array or series of numbers as floats; None for anything else."""
    import numpy as np

    if isinstance(values, np.ndarray):
        plain, mask = values, None
    elif hasattr(values, "iloc"):
        _, plain, mask = series_values(values)
    else:
        return None
    if plain.dtype.kind not in "iuf":
        return None
    floats = plain.astype(np.float64)
    if mask is not None:
        floats[mask] = np.nan
    return floats


def _items(values: Any, column: Column, problems: TableProblems) -> list[Any]:
    """Return values as the column's kind, a missing one as NaN or None."""
    kind = kind_of(column) or TEXT
    missing = math.nan if kind in (NUMBER, WHOLE) else None
    items: list[Any] = []
    for row, value in enumerate(values):
        if value is ABSENT:
            problems.add(column.name, "missing", "is missing", [row])
        elif is_missing(value):
            items.append(missing)
        elif (item := _as_kind(value, kind)) is None:
            problems.add(
                column.name, "wrong_dtype", f"must be {_PHRASES[kind]}, not {_short(value)}", [row]
            )
        else:
            items.append(item)
    return items


def _as_kind(value: Any, kind: str | None) -> Any:
    """Return a value of this kind, or None; text is never read as a number."""
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
    values: np.ndarray[Any, Any], column: Column, problems: TableProblems, missing: list[int]
) -> np.ndarray[Any, Any] | None:
    import numpy as np

    kind = kind_of(column) or TEXT
    if kind == TEXT or (kind == BOOLEAN and missing):
        return values
    if kind == BOOLEAN:
        return values.astype(bool)
    dtype = np.dtype(column.dtype)
    if kind == WHOLE:
        whole = np.iinfo(dtype)
        # The largest int64 is not a float, but the number after it is.
        bad = (values < float(whole.min)) | (values >= float(whole.max) + 1)
        bad |= (values != np.floor(values)) & ~np.isnan(values)
    else:
        limits = np.finfo(dtype)
        bad = (values < float(limits.min)) | (values > float(limits.max))
    if bad.any():
        rows = np.flatnonzero(bad).tolist()
        expected = f"{_PHRASES[kind]} that fits {column.dtype}"
        message = f"must be {expected}, not {_short(values[rows[0]].item())}"
        problems.add(column.name, "wrong_dtype", message, rows)
        return None
    # Integers have no missing value, so such a column stays float.
    return values if kind == WHOLE and missing else values.astype(dtype)


def _out_of_range(values: np.ndarray[Any, Any], column: Column) -> list[int]:
    """Return the rows whose values are outside the range of the training data."""
    import numpy as np

    if column.minimum is None or column.maximum is None:
        return []
    # Ten digits of a value are enough to be in range.
    slack = _SLACK * max(abs(column.minimum), abs(column.maximum))
    strays: list[int] = np.flatnonzero(
        (values < column.minimum - slack) | (values > column.maximum + slack)
    ).tolist()
    return strays


def _range_message(value: Any, column: Column) -> str:
    return (
        f"is {value.item():g}, outside the range of the training data, {column.minimum:g} to "
        f"{column.maximum:g}"
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 3]}..."
    return repr(text) if isinstance(value, str) else text
