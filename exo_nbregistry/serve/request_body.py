"""The rows of a request: one row, a list of rows, or a table, as JSON or CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from exo_nbregistry.inference.answer_table import read_csv, read_texts
from exo_nbregistry.inference.input_columns import read_column
from exo_nbregistry.serve.batch import Batch, columns_batch, rows_batch
from exo_nbregistry.serve.json_route import check_names
from exo_nbregistry.serve.problems import RequestError

# TensorFlow Serving, BentoML and MLflow name their rows so.
_LISTS = ("rows", "instances", "inputs", "dataframe_records")
_SPLIT = "dataframe_split"
_ONE_ROW = (
    'must be an object with a value for each column, or {"rows": [...]}; send a list of rows to '
    "/predict/batch"
)
_MANY_ROWS = 'must be a list of objects, or {"rows": [...]}; send one row to /predict'


class BodyReader(NamedTuple):
    """Read the bodies of requests.

    Attributes
    ----------
    columns : sequence of mapping
        Columns of the model, as for `RowCheck`.
    max_rows : int
        Largest number of rows.
    max_names : int
        Largest number of column names.
    """

    columns: Sequence[Mapping[str, Any]]
    max_rows: int
    max_names: int

    @property
    def known(self) -> dict[str, Mapping[str, Any]]:
        """The columns by name."""
        return {str(column["name"]): column for column in self.columns}

    def read_one(self, body: Any) -> tuple[Batch, bool]:
        """Return the rows of a body for /predict, and whether it is one row.

        Raises
        ------
        RequestError
            If it is neither a row nor an object that contains rows.
        """
        if not isinstance(body, Mapping):
            raise RequestError(422, "body", _ONE_ROW)
        found = self._wrapped(body)
        if found is not None:
            return found, False
        return rows_batch([body], self.known), True

    def read_many(self, body: Any) -> Batch:
        """Return the rows of a body for /predict/batch: JSON as objects, or CSV as bytes.

        Raises
        ------
        RequestError
            If it is not a list of rows or a table, or is too long.
        """
        if isinstance(body, bytes):
            return self._read_csv(body)
        if isinstance(body, Mapping):
            found = self._wrapped(body)
            if found is not None:
                return found
        if not isinstance(body, list):
            raise RequestError(422, "body", _MANY_ROWS)
        return self._read_list(body)

    def _wrapped(self, body: Mapping[str, Any]) -> Batch | None:
        """Return the rows of an object such as ``{"rows": [...]}``, or None for another object."""
        if len(body) != 1:
            return None
        ((name, value),) = body.items()
        if name in self.known:
            return None
        if name in _LISTS:
            if not isinstance(value, list):
                raise RequestError(422, name, "must be a list of objects")
            return self._read_list(value)
        return self._read_split(value) if name == _SPLIT else None

    def _read_list(self, rows: list[Any]) -> Batch:
        self._check_length(len(rows))
        return rows_batch(rows, self.known)

    def _read_split(self, value: Any) -> Batch:
        names = value.get("columns") if isinstance(value, Mapping) else None
        data = value.get("data") if isinstance(value, Mapping) else None
        if not isinstance(names, list) or not isinstance(data, list):
            raise RequestError(422, _SPLIT, "must be an object with the lists columns and data")
        names = list(map(str, names))
        check_names(names, self.max_names)
        self._check_length(len(data))
        width = len(names)
        reasons = {
            number: f"must be a list of {width} values"
            for number, row in enumerate(data)
            if not isinstance(row, list) or len(row) != width
        }
        rows = [[None] * width if n in reasons else row for n, row in enumerate(data)]
        table = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        return columns_batch(table, len(rows), self.known, reasons)

    def _read_csv(self, body: bytes) -> Batch:
        try:
            read = read_csv(body.decode("utf-8-sig"))
        except (UnicodeDecodeError, csv.Error) as error:
            raise RequestError(400, "body", f"is not valid CSV in UTF-8: {error}") from None
        check_names(read.header, self.max_names)
        self._check_length(len(read.cells))
        known = self.known
        table = {
            name: read_texts(cells, read_column(known[name])) if name in known else cells
            for name, cells in read.columns().items()
        }
        return columns_batch(table, len(read.cells), known, read.reasons)

    def _check_length(self, rows: int) -> None:
        if rows > self.max_rows:
            raise RequestError(413, "body", f"has {rows} rows; send at most {self.max_rows}")
        if not rows:
            raise RequestError(422, "body", "must have at least one row")
