"""Rows to predict, by column, with the fields that the model does not use."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference.input_columns import ABSENT

MAX_PASSED = 100
_NESTED = (list, dict)
_NOT_A_ROW = "must be an object with a value for each column"


class Batch(NamedTuple):
    """Rows to predict.

    Attributes
    ----------
    table : dict of str to sequence
        For each column of the model that the rows have, one value per row.
    rows : int
        Number of rows.
    names : tuple of str
        All names that the rows have.
    is_table : bool
        Whether all rows have the same columns, so that a missing column is an error of the table.
    passed : dict of str to sequence, or list of dict
        The other columns of a table, or the other fields of each row.
    reasons : dict of int to str
        Rows that cannot be read, and why.
    """

    table: Mapping[str, Any]
    rows: int
    names: tuple[str, ...]
    is_table: bool
    passed: Any
    reasons: Mapping[int, str]

    def of_row(self, row: int) -> dict[str, Any]:
        """Return the fields of a row that the model does not use, at most 100 plain values."""
        if isinstance(self.passed, list):
            found: dict[str, Any] = self.passed[row]
            return found
        names = list(self.passed)[:MAX_PASSED]
        return {name: _at(self.passed[name], row) for name in names}


def rows_batch(rows: Sequence[Any], known: Collection[str]) -> Batch:
    """Return rows that are mappings of column to value.

    Parameters
    ----------
    rows : sequence
        The rows. Anything but a mapping is a row that cannot be read. If the model has one column,
        a text or a number is its value.
    known : collection of str
        Columns of the model.

    Examples
    --------
    >>> batch = rows_batch([{"kepid": 7, "koi_depth": 100.0}, [1]], ["koi_depth"])
    >>> batch.table["koi_depth"][0], batch.passed, batch.reasons
    (100.0, [{'kepid': 7}, {}], {1: 'must be an object with a value for each column'})
    """
    only = next(iter(known)) if len(known) == 1 else None
    reasons = {}
    read: list[Mapping[Any, Any]] = []
    for number, row in enumerate(rows):
        if type(row) is dict or isinstance(row, Mapping):
            read.append(row)
        elif only is not None and isinstance(row, str | int | float):
            read.append({only: row})
        else:
            read.append({})
            reasons[number] = _NOT_A_ROW
    columns = _columns(read)
    table = {str(name): values for name, values in columns.items() if str(name) in known}
    others = {name: str(name) for name in columns if str(name) not in known}
    passed = _passed(read, columns, others)
    return Batch(table, len(read), tuple(map(str, columns)), False, passed, reasons)


def _columns(rows: Sequence[Mapping[Any, Any]]) -> dict[Any, list[Any]]:
    """Return the fields of rows by name."""
    names = list(rows[0]) if rows else []
    if len(names) > 1 and all(type(row) is dict and len(row) == len(names) for row in rows):
        # Rows with the same fields are read many times faster.
        try:
            found = list(map(itemgetter(*names), rows))
        except KeyError:
            pass
        else:
            return dict(zip(names, map(list, zip(*found, strict=True)), strict=True))
    present = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name, ABSENT) for row in rows] for name in present}


def _passed(
    rows: Sequence[Mapping[Any, Any]], columns: Mapping[Any, Sequence[Any]], others: dict[Any, str]
) -> list[dict[str, Any]]:
    """Return the fields of each row that the model does not use, without lists and mappings."""
    if not others:
        return [{} for _ in rows]
    kinds = {type(value) for name in others for value in columns[name]}
    has_gaps = any(issubclass(kind, (*_NESTED, type(ABSENT))) for kind in kinds)
    if has_gaps or len(others) > MAX_PASSED:
        return [_others(row, others) for row in rows]
    names = tuple(others.values())
    lines = zip(*(columns[name] for name in others), strict=True)
    return [dict(zip(names, line, strict=True)) for line in lines]


def _others(row: Mapping[Any, Any], others: Mapping[Any, str]) -> dict[str, Any]:
    """Return the fields of a row that the model does not use, without lists and mappings."""
    found = {
        others[name]: value
        for name, value in row.items()
        if name in others and not isinstance(value, _NESTED)
    }
    return found if len(found) <= MAX_PASSED else dict(islice(found.items(), MAX_PASSED))


def columns_batch(
    table: Mapping[str, Any],
    rows: int,
    known: Collection[str],
    reasons: Mapping[int, str] | None = None,
) -> Batch:
    """Return rows that are given as columns.

    Raises
    ------
    RegistryError
        If a column does not have one value per row.
    """
    for name, values in table.items():
        if len(values) != rows:
            raise RegistryError(
                f"The column {name:.80} has {len(values)} values for {rows} rows; pass one per row."
            )
    return Batch(
        {name: values for name, values in table.items() if name in known},
        rows,
        tuple(table),
        True,
        {name: values for name, values in table.items() if name not in known},
        reasons or {},
    )


def _at(values: Any, row: int) -> Any:
    """Return one value as JSON can hold it."""
    value = values.iloc[row] if hasattr(values, "iloc") else values[row]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and math.isnan(value):
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)
