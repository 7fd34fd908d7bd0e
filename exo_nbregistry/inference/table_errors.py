"""Collect every problem of a table before raising one error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.errors import SignatureMismatchError
from exo_nbregistry.text.names import name_list


class TableMismatchError(SignatureMismatchError):
    """Rows do not match the model's signature.

    Attributes
    ----------
    missing_values : tuple of str
        Columns with a missing value where the training data had none.
    out_of_range : tuple of str
        Columns with a value outside the range of the training data.
    problems : tuple of (str, str)
        For each problem its column and a message.
    """

    def __init__(
        self,
        message: str,
        *,
        missing_values: Sequence[str] = (),
        out_of_range: Sequence[str] = (),
        problems: Sequence[tuple[str, str]] = (),
        **others: Any,
    ) -> None:
        super().__init__(message, **others)
        self.missing_values = tuple(missing_values)
        self.out_of_range = tuple(out_of_range)
        self.problems = tuple(problems)


class TableProblems:
    """Problems of a table, with one entry for each column and kind of problem.

    Parameters
    ----------
    rows : int
        Number of rows of the table.

    Examples
    --------
    >>> problems = TableProblems(rows=9)
    >>> problems.add("koi_depth", "wrong_dtype", "must be a number", [4, 5, 6])
    >>> str(problems.error("kepler:1"))
    'The data does not match the signature of kepler:1: koi_depth must be a number \
(row 5 and 2 more).'
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._found: dict[tuple[str, str], tuple[str, list[int]]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, column: str, kind: str, message: str, rows: Iterable[int] = ()) -> None:
        """Add a problem, or further rows of a known one; `kind` is an attribute of the error."""
        _, seen = self._found.setdefault((column, kind), (message, []))
        seen.extend(rows)

    def error(self, model_id: str) -> TableMismatchError:
        """Return the error that lists all problems."""
        problems = tuple(
            (column, message + self._position(rows))
            for (column, _), (message, rows) in self._found.items()
        )
        columns: dict[str, list[str]] = {}
        for column, kind in self._found:
            columns.setdefault(kind, []).append(column)
        shown = [f"{column:.80} {message}" for column, message in problems]
        listed = name_list(shown, separator="; ", width=300)
        return TableMismatchError(
            f"The data does not match the signature of {model_id}: {listed}.",
            problems=problems,
            **columns,
        )

    def _position(self, rows: list[int]) -> str:
        if self._rows == 1 or not rows:
            return ""
        return f" (row {name_list((row + 1 for row in rows), limit=1)})"
