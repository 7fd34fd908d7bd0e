"""The columns that a version takes, and the errors of a table that does not match them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference import input_columns
from exo_nbregistry.inference.input_columns import short_value
from exo_nbregistry.inference.row_problems import range_message
from exo_nbregistry.inference.table_errors import TableProblems

if TYPE_CHECKING:
    from exo_nbregistry.inference.row_check import CheckedRows

_MAX_SHOWN = 40
_MAX_UNEXPECTED = 50
_NO_VALUE = "must have a value, because the training data has no missing values"


def kind_of(column: Any) -> str | None:
    """Return the kind of a column, such as number or text; None for others.

    Examples
    --------
    >>> from exo_nbregistry.records.metadata import Column
    >>> kind_of(Column("koi_depth", "float64")), kind_of(Column("quarter", "period[Q-DEC]"))
    ('number', None)
    """
    return input_columns.kind_of(column.dtype)


def input_columns_of(metadata: Any) -> tuple[Any, ...]:
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
    columns: tuple[Any, ...] = metadata.signature.columns if metadata.signature else ()
    if not columns:
        raise RegistryError(
            f"{metadata.model_id} cannot predict tables: its columns are unknown. Register it with "
            "its training table: register_model(..., X=X)."
        )
    unsupported = [column for column in columns if kind_of(column) is None]
    if unsupported:
        raise RegistryError(
            f"{metadata.model_id} cannot predict tables: its column {unsupported[0].name} has "
            f"dtype {unsupported[0].dtype}; only numbers, booleans, text, categories and times are "
            "supported."
        )
    return columns


def describe_columns(columns: Sequence[Any], form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the columns as `RowCheck` takes them, with the categories of the stored example."""
    found = [asdict(column) for column in columns]
    dtypes = form.get("dtypes") or ()
    if len(dtypes) == len(found):
        for column, dtype in zip(found, dtypes, strict=True):
            if isinstance(dtype, Mapping):
                column["categories"] = dtype["categories"]
    return found


def require_match(
    checked: CheckedRows, names: Sequence[str], *, model_id: str, extrapolate: bool
) -> None:
    """Raise one error with all problems of a table that does not match the signature.

    Parameters
    ----------
    checked : CheckedRows
        The table.
    names : sequence of str
        All columns of the table.
    model_id : str
        Version to name in the error.
    extrapolate : bool
        Whether values outside the range of the training data are accepted.

    Raises
    ------
    TableMismatchError
        If the table does not match the signature.
    """
    problems = TableProblems(checked.rows)
    for row, reason in checked.reasons.items():
        problems.add("body", "wrong_dtype", reason, [row])
    known = checked.check.names
    flagged = checked.by_place()
    absent = set(checked.absent_columns)
    for n, name in enumerate(known):
        if name in absent:
            problems.add(name, "missing", "is missing")
        elif n in flagged:
            _add_column(checked, n, flagged[n], problems, extrapolate=extrapolate)
    _add_unexpected(names, known, problems)
    if problems:
        raise problems.error(model_id)


def require_columns(checked: CheckedRows, *, model_id: str) -> None:
    """Raise an error that names the columns that a whole table does not have.

    Raises
    ------
    TableMismatchError
        Always.
    """
    problems = TableProblems(checked.rows)
    for name in checked.absent_columns:
        problems.add(name, "missing", checked.missing_message(name))
    raise problems.error(model_id)


def _add_column(
    checked: CheckedRows,
    n: int,
    rows: Mapping[int, Sequence[int]],
    problems: TableProblems,
    *,
    extrapolate: bool,
) -> None:
    column = checked.check.columns[n]
    invalid, missing, outside = (list(rows.get(kind, ())) for kind in range(3))
    absent = [row for row in missing if checked.is_absent(row, n)]
    empty = [row for row in missing if not checked.is_absent(row, n)]
    if absent:
        problems.add(column.name, "missing", "is missing", absent)
    if invalid:
        value = checked.unreadable[invalid[0], n]
        message = f"must be {column.expected(value)}, not {short_value(value)}"
        problems.add(column.name, "wrong_dtype", message, invalid)
    if empty:
        problems.add(column.name, "missing_values", _NO_VALUE, empty)
    if outside and not extrapolate:
        message = range_message(checked.value(outside[0], n), column, None)
        problems.add(column.name, "out_of_range", message, outside)


def _add_unexpected(names: Sequence[str], columns: Sequence[str], problems: TableProblems) -> None:
    known = set(columns)
    unexpected = [name for name in names if name not in known]
    # A request can have a million names.
    for number, name in enumerate(unexpected[:_MAX_UNEXPECTED], 1):
        message = "is not a column of the model"
        near = difflib.get_close_matches(name[:_MAX_SHOWN], columns, n=1)
        if near:
            message += f" (did you mean {near[0]}?)"
        if number == _MAX_UNEXPECTED < len(unexpected):
            message += f", and neither are {len(unexpected) - number} others"
        problems.add(name[:_MAX_SHOWN], "unexpected", message)
