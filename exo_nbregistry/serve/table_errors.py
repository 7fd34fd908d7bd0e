"""What is wrong with a table, gathered until all of it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.errors import SignatureMismatchError


class TableMismatchError(SignatureMismatchError):
    """Rows do not fit the model's signature.

    Attributes
    ----------
    missing_values : tuple of str
        Columns with a missing value where the training data had none.
    out_of_range : tuple of str
        Columns with a value outside the range of the training data.
    faults : tuple of (str, str)
        For each fault its column and what is wrong, in words.
    """

    def __init__(
        self,
        message: str,
        *,
        missing_values: Sequence[str] = (),
        out_of_range: Sequence[str] = (),
        faults: Sequence[tuple[str, str]] = (),
        **others: Any,
    ) -> None:
        super().__init__(message, **others)
        self.missing_values = tuple(missing_values)
        self.out_of_range = tuple(out_of_range)
        self.faults = tuple(faults)


class Faults:
    """What is wrong with a table: one entry for each column and way of being wrong.

    Parameters
    ----------
    rows : int
        How many rows the table has.

    Examples
    --------
    >>> faults = Faults(rows=9)
    >>> faults.add("koi_depth", "wrong_dtype", "must be a number", [4, 5, 6])
    >>> str(faults.error("kepler:1"))
    'kepler:1 does not take this: koi_depth must be a number, in row 5 and 2 more.'
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._found: dict[tuple[str, str], tuple[str, list[int]]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, column: str, way: str, text: str, rows: Iterable[int] = ()) -> None:
        """Add a fault, which is an attribute of the error, or further rows that have it."""
        _, seen = self._found.setdefault((column, way), (text, []))
        seen.extend(rows)

    def error(self, model_id: str) -> TableMismatchError:
        """Return the error that tells all of them."""
        pairs = tuple(
            (column, text + self._where(rows)) for (column, _), (text, rows) in self._found.items()
        )
        ways: dict[str, list[str]] = {}
        for column, way in self._found:
            ways.setdefault(way, []).append(column)
        told = "; ".join(f"{column} {text}" for column, text in pairs)
        return TableMismatchError(f"{model_id} does not take this: {told}.", faults=pairs, **ways)

    def _where(self, rows: list[int]) -> str:
        if self._rows == 1 or not rows:
            return ""
        others = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        return f", in row {rows[0] + 1}{others}"
