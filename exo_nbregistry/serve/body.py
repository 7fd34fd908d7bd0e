"""What a client may send: JSON or CSV, of limited size, with each field once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.metadata import Column
from exo_nbregistry.serve.table_check import BOOLEAN, NUMBER, WHOLE, kind_of

_BOOLEANS = {"true": True, "false": False}


class RefusedError(RegistryError):
    """A request is not answered.

    Attributes
    ----------
    status : int
        HTTP status.
    field : str
        What is wrong: a column's name, ``body``, or a header's name.
    reason : str
        Why.
    """

    def __init__(self, status: int, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.status = status
        self.field = field
        self.reason = reason


def parse_row(body: bytes) -> dict[str, Any]:
    """Return the one row that a JSON body holds.

    Raises
    ------
    RefusedError
        If it is something else.

    Examples
    --------
    >>> parse_row(b'{"koi_depth": 100.5}')
    {'koi_depth': 100.5}
    """
    row = _json(body)
    if not isinstance(row, dict):
        raise RefusedError(422, "body", "must be an object with a value for each feature")
    return row


def parse_rows(body: bytes, *, max_rows: int) -> list[dict[str, Any]]:
    """Return the rows that a JSON body holds as a list of objects.

    Raises
    ------
    RefusedError
        If it is something else, or too long.
    """
    rows = _json(body)
    if not isinstance(rows, list):
        raise RefusedError(422, "body", "must be a list of objects")
    _limit(rows, max_rows)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise RefusedError(422, "body", f"must be a list of objects, and row {number} is none")
    return rows


def parse_csv(body: bytes, columns: Sequence[Column], *, max_rows: int) -> list[dict[str, Any]]:
    r"""Return the rows of a CSV body; an empty cell is a missing value.

    Cells that are not of their column's kind stay text, for the signature's check to name.

    Raises
    ------
    RefusedError
        If it is no CSV with a heading and rows of its length.

    Examples
    --------
    >>> columns = [Column("koi_depth", "float64"), Column("koi_teq", "float64")]
    >>> parse_csv(b"koi_depth,koi_teq\n100.5,\ndeep,7\n", columns, max_rows=9)
    [{'koi_depth': 100.5, 'koi_teq': None}, {'koi_depth': 'deep', 'koi_teq': 7.0}]
    """
    try:
        text = body.decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RefusedError(400, "body", f"is no CSV in UTF-8: {error}") from None
    header, rows = (lines[0], lines[1:]) if lines else ([], [])
    _refuse_repeated(header)
    _limit(rows, max_rows)
    kinds = {column.name: kind_of(column) for column in columns}
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            reason = f"has {len(row)} cells in row {number}, and its heading has {len(header)}"
            raise RefusedError(400, "body", reason)
    return [
        {name: _cell(cell, kinds.get(name)) for name, cell in zip(header, row, strict=True)}
        for row in rows
    ]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "body", f"is no JSON: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _refuse_repeated([name for name, _ in pairs])
    return dict(pairs)


def _refuse_repeated(names: list[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusedError(400, twice, "comes twice: which one counts is not known")


def _limit(rows: Sequence[Any], max_rows: int) -> None:
    if not rows:
        raise RefusedError(422, "body", "has no rows")
    if len(rows) > max_rows:
        raise RefusedError(413, "body", f"has {len(rows)} rows, more than {max_rows}")


def _cell(cell: str, kind: str | None) -> Any:
    if not cell:
        return None
    if kind == BOOLEAN:
        return _BOOLEANS.get(cell.lower(), cell)
    # Python reads 1_000 as a number, and nobody else does.
    if kind in (NUMBER, WHOLE) and "_" not in cell:
        try:
            return float(cell)
        except ValueError:
            return cell
    return cell


def to_csv(lines: Iterable[Sequence[Any]]) -> str:
    """Return lines as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
