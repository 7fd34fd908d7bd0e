"""Compare the rows of a table with the training data, each row by itself.

Serving and the exported predict.py use this file, so that both check a row alike. An export has a
copy of it, so it imports only NumPy and the files beside it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.inference.input_columns import (
    NUMERIC,
    limits,
    read_cells,
    read_column,
    short_value,
)
from exo_nbregistry.inference.row_problems import (
    INVALID,
    MAX_PROBLEMS,
    MISSING,
    OK,
    OUTSIDE,
    STATUSES,
    Problem,
    range_message,
)

_MAX_COMPARED = 200


class RowCheck:
    """The columns of a model, to check tables with.

    Parameters
    ----------
    columns : sequence of mapping
        For each column of the model ``name``, ``dtype``, ``minimum``, ``maximum``, ``missing``
        (the number of missing values in the training data) and ``categories``. Only the name is
        required.
    is_optional : bool, default=False
        Whether a row may have any of the columns, as the mappings that DictVectorizer takes.

    Examples
    --------
    >>> check = RowCheck([{"name": "koi_depth", "minimum": 0.0, "maximum": 100.0}])
    >>> checked = check({"koi_depth": [50.0, 125.0, None, "deep"]}, rows=4)
    >>> [STATUSES[code] for code in checked.codes]
    ['ok', 'outside', 'missing', 'invalid']
    >>> checked.problems(1)[0].message
    'is 125, outside the range of the training data, 0 to 100 (above by 0.25 times its width)'
    """

    def __init__(self, columns: Sequence[Mapping[str, Any]], *, is_optional: bool = False) -> None:
        import numpy as np

        self._is_optional = is_optional

        self.columns = tuple(map(read_column, columns))
        self.names = tuple(column.name for column in self.columns)
        self.numeric = [n for n, column in enumerate(self.columns) if column.kind in NUMERIC]
        chosen = [self.columns[n] for n in self.numeric]
        self._low, self._high, self._slack, self._smallest, self._largest = limits(chosen)
        self._whole = np.array([column.kind != "number" for column in chosen], dtype=bool)
        self._may_miss = np.array([column.may_miss for column in chosen], dtype=bool)

    def __call__(
        self,
        table: Mapping[str, Any],
        *,
        rows: int,
        reasons: Mapping[int, str] | None = None,
    ) -> CheckedRows:
        """Check a table.

        Parameters
        ----------
        table : mapping of str to sequence
            One value per row for each column. Columns that the model does not use are ignored.
        rows : int
            Number of rows.
        reasons : mapping of int to str, optional
            Rows that cannot be read at all, and why.
        """
        import numpy as np

        checked = CheckedRows(self, rows, dict(reasons or {}), tuple(table))
        # Columns are written and read one by one.
        checked.numbers = np.full((rows, len(self.numeric)), np.nan, order="F")
        checked.absent = absent = np.zeros((rows, len(self.columns)), dtype=bool)
        place = 0
        for n, column in enumerate(self.columns):
            numeric = column.kind in NUMERIC
            if column.name in table:
                cells = read_cells(table[column.name], column)
                for row, value in cells.invalid.items():
                    checked.unreadable[row, n] = value
                absent[cells.absent, n] = True
                values = cells.values
            else:
                absent[:, n] = True
                checked.absent_columns.append(column.name)
                values = np.nan if numeric else np.full(rows, None, dtype=object)
            if numeric:
                checked.numbers[:, place] = values
                place += 1
            else:
                checked.others[n] = values
        self._compare(checked, absent)
        return checked

    def _compare(self, checked: CheckedRows, absent: Any) -> None:
        import numpy as np

        numbers, at = checked.numbers, np.array(self.numeric, dtype=int)
        gone = np.isnan(numbers)
        wrong = (numbers < self._smallest) | (numbers > self._largest)
        wrong |= self._whole & ~gone & (numbers != np.floor(numbers))
        with np.errstate(all="ignore"):
            far = np.maximum(self._low - numbers, numbers - self._high)
            share = far / (self._high - self._low)
        beyond = (far > self._slack) & ~wrong
        for row, place in zip(*np.nonzero(wrong), strict=True):
            checked.unreadable[int(row), int(at[place])] = _plain(numbers[row, place])
        unread = np.zeros((checked.rows, len(self.columns)), dtype=bool)
        if checked.unreadable:
            unread[tuple(np.array(list(checked.unreadable)).T)] = True
        missing = absent.copy()
        missing[:, at] |= gone & ~self._may_miss
        outside = np.zeros_like(missing)
        outside[:, at] = beyond
        distance = np.full(missing.shape, np.inf)
        distance[:, at] = np.where(np.isfinite(share), share, np.inf)
        for n, values in checked.others.items():
            column = self.columns[n]
            empty = np.array([value is None for value in values], dtype=bool)
            if not column.may_miss:
                missing[:, n] |= empty
            if column.categories is not None:
                known = column.categories
                outside[:, n] = [value is not None and value not in known for value in values]
        if self._is_optional:
            missing[:] = False
        # Of a row that cannot be read, only the reason is reported.
        unread[list(checked.reasons)] = False
        missing[list(checked.reasons)] = False
        self._flag(checked, unread, missing & ~unread, outside & ~unread, distance)

    def _flag(
        self, checked: CheckedRows, unread: Any, missing: Any, outside: Any, distance: Any
    ) -> None:
        """Store the problems of each row, the gravest first."""
        import numpy as np

        kinds = np.full(unread.shape, OK, dtype=np.int8)
        kinds[outside], kinds[missing], kinds[unread] = OUTSIDE, MISSING, INVALID
        rows, columns = np.nonzero(kinds != OK)
        kind = kinds[rows, columns]
        far = np.where(kind == OUTSIDE, distance[rows, columns], np.inf)
        order = np.lexsort((-far, kind, rows))
        checked.kind, checked.column, checked.distance = kind[order], columns[order], far[order]
        checked.starts = np.searchsorted(rows[order], np.arange(checked.rows + 1))
        checked.codes = kinds.min(axis=1, initial=OK)
        for row in checked.reasons:
            checked.codes[row] = INVALID


class CheckedRows:
    """The values of a table, and the problems of its rows.

    Attributes
    ----------
    codes : ndarray of shape (n_rows,)
        For each row its place in `STATUSES`.
    unreadable : dict of (int, int) to object
        By row and place of the column, the values that are not of the column's kind.
    absent_columns : list of str
        Columns that the whole table does not have.
    reasons : dict of int to str
        Rows that cannot be predicted as a whole, and why.
    """

    def __init__(
        self, check: RowCheck, rows: int, reasons: dict[int, str], given: Sequence[str]
    ) -> None:
        self.check = check
        self.rows = rows
        self.reasons = reasons
        self.unreadable: dict[tuple[int, int], Any] = {}
        self.absent_columns: list[str] = []
        self.numbers: Any = None
        self.others: dict[int, Any] = {}
        self.codes: Any = None
        self.absent: Any = None
        self.kind: Any = None
        self.column: Any = None
        self.distance: Any = None
        self.starts: Any = None
        self.given = given
        self._messages: dict[str, str] = {}

    def by_column(self) -> dict[str, Any]:
        """Return the values by column: floats for numbers, otherwise objects."""
        numeric = {n: place for place, n in enumerate(self.check.numeric)}
        return {
            name: self.numbers[:, numeric[n]] if n in numeric else self.others[n]
            for n, name in enumerate(self.check.names)
        }

    def flags(self, row: int, kind: int) -> list[int]:
        """Return the places of the columns of a row that have a problem of this kind."""
        at = slice(self.starts[row], self.starts[row + 1])
        found: list[int] = self.column[at][self.kind[at] == kind].tolist()
        return found

    def by_place(self) -> dict[int, dict[int, list[int]]]:
        """Return the rows with problems, by the place of the column and the kind of problem."""
        import numpy as np

        rows = np.repeat(np.arange(self.rows), np.diff(self.starts))
        found: dict[int, dict[int, list[int]]] = {}
        order = np.argsort(self.column, kind="stable")
        for at in order.tolist():
            column = found.setdefault(int(self.column[at]), {})
            column.setdefault(int(self.kind[at]), []).append(int(rows[at]))
        return found

    def is_absent(self, row: int, n: int) -> bool:
        """Return whether a row does not have a column at all."""
        return bool(self.absent[row, n])

    def outside(self, row: int) -> list[str]:
        """Return the columns of a row that are outside the training data, the farthest first."""
        return [self.check.names[n] for n in self.flags(row, OUTSIDE)]

    def flagged(self) -> list[int]:
        """Return the rows that have problems."""
        import numpy as np

        found: list[int] = np.flatnonzero(self.codes != OK).tolist()
        return found

    def count(self, row: int) -> int:
        """Return the number of problems of a row."""
        return int(self.starts[row + 1] - self.starts[row]) + (row in self.reasons)

    def problems(self, row: int, limit: int = MAX_PROBLEMS) -> list[Problem]:
        """Return the first problems of a row: invalid values, missing ones, then outside ones."""
        found = []
        if row in self.reasons:
            found.append(Problem("", STATUSES[INVALID], self.reasons[row]))
        first = self.starts[row]
        last = min(self.starts[row + 1], first + limit - len(found))
        return found + [self._problem(row, place) for place in range(first, last)]

    def _problem(self, row: int, place: int) -> Problem:
        n, kind = int(self.column[place]), int(self.kind[place])
        column = self.check.columns[n]
        if kind == INVALID:
            value = self.unreadable[row, n]
            message = f"must be {column.expected(value)}, not {short_value(value)}"
            return Problem(column.name, STATUSES[kind], message)
        if kind == MISSING:
            absent = bool(self.absent[row, n])
            message = self.missing_message(column.name) if absent else "is missing"
            return Problem(column.name, STATUSES[kind], message)
        value = self.value(row, n)
        far = float(self.distance[place])
        share = None if far == float("inf") else far
        low, high = column.minimum, column.maximum
        message = range_message(value, column, share)
        return Problem(column.name, STATUSES[kind], message, value, low, high, share)

    def value(self, row: int, n: int) -> Any:
        """Return the value of a row in the n-th column."""
        if n in self.others:
            return self.others[n][row]
        return _plain(self.numbers[row, self.check.numeric.index(n)])

    def missing_message(self, name: str) -> str:
        """Return that a column is missing, with a similar name that the table has instead."""
        if name not in self._messages:
            known = set(self.check.names)
            others = [other for other in self.given if other not in known][:_MAX_COMPARED]
            near = difflib.get_close_matches(name, others, n=1)
            # A misspelled name is the one of a single column: the most similar one.
            absent = [one for one in self.check.names if one not in self.given]
            if near and difflib.get_close_matches(near[0], absent[:_MAX_COMPARED], n=1) == [name]:
                self._messages[name] = f"is missing; the data has {near[0]:.80}"
            else:
                self._messages[name] = "is missing"
        return self._messages[name]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
