"""Call a model on the rows of a table, so that a row that it rejects does not affect the others.

Serving and the exported predict.py use this file. An export has a copy of it, so it imports only
NumPy and the files beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from exo_nbregistry.inference.row_check import CheckedRows
from exo_nbregistry.inference.row_problems import INVALID, MISSING

Call = Callable[[Mapping[str, Any]], tuple[Any, Any | None]]

# Calls of the model to find the rows that it rejects, for one table.
_MAX_CALLS = 500
_MAX_MESSAGE = 300


class Run:
    """The predictions of one table, as they are found.

    Parameters
    ----------
    call : callable
        Takes values by column and returns labels and probabilities; it may raise.
    checked : CheckedRows
        The rows. A row that the model rejects becomes invalid.

    Attributes
    ----------
    labels : list
        Labels or numbers; None for a row without a prediction.
    shares : ndarray of shape (n_rows, n_classes) or None
        Probabilities; NaN for a row without a prediction.
    """

    def __init__(self, call: Call, checked: CheckedRows) -> None:
        self._call = call
        self._checked = checked
        self._columns = checked.by_column()
        self._calls = 0
        self._base: int | None = None
        self._blamed: list[tuple[int, Any, str]] = []
        self.labels: list[Any] = [None] * checked.rows
        self.shares: Any = None

    def predict(self, at: Any) -> Exception | None:
        """Predict some rows together; return the error if the model rejects them."""
        if not len(at):
            return None
        self._calls += 1
        try:
            found = self._call({name: v[at] for name, v in self._columns.items()})
            self._store(at, *found)
        except Exception as error:  # noqa: BLE001 - a model may raise any error
            return error
        return None

    def _store(self, at: Any, labels: Any, shares: Any) -> None:
        import numpy as np

        plain = labels.tolist()
        if shares is not None and self.shares is None:
            self.shares = np.full((self._checked.rows, shares.shape[1]), np.nan)
        if len(plain) == self._checked.rows:
            self.labels = plain
        else:
            for row, label in zip(np.asarray(at).tolist(), plain, strict=True):
                self.labels[row] = label
        if shares is not None:
            self.shares[at] = shares
        if self._base is None:
            self._base = next((int(r) for r in at if self._checked.codes[r] != MISSING), None)

    def isolate(self, at: Any) -> None:
        """Predict rows, and find those that the model rejects by halving."""
        at = self._without_blamed(at)
        error = self.predict(at)
        if error is None:
            return
        if len(at) == 1 or self._calls >= _MAX_CALLS:
            part = "" if len(at) == 1 else "is in a part of the table that "
            message = f"{part}was rejected by the model: {first_line(error)}"
            for row in at:
                self._reject(int(row), message)
            if len(at) == 1:
                self._blame(int(at[0]), message)
            return
        self.isolate(at[: len(at) // 2])
        self.isolate(at[len(at) // 2 :])

    def _without_blamed(self, at: Any) -> Any:
        """Reject the rows with a value that the model has rejected before; return the others."""
        for n, value, message in self._blamed:
            values = self._checked.others[n]
            bad = [values[row] == value for row in at]
            for row, is_bad in zip(at, bad, strict=True):
                if is_bad:
                    self._reject(int(row), message)
            at = [row for row, is_bad in zip(at, bad, strict=True) if not is_bad]
        return at

    def _blame(self, row: int, message: str) -> None:
        """Find the value that the model rejects, such as a category that it does not know."""
        if self._base is None:
            return
        for n, values in self._checked.others.items():
            if values[row] is not None and self._rejects({n: values[row]}):
                self._blamed.append((n, values[row], message))
                return

    def refuses(self, columns: frozenset[int]) -> bool:
        """Return whether the model rejects an answered row without the values of some columns."""
        numeric = self._checked.check.numeric
        gone = {n: math.nan if n in numeric else None for n in columns}
        return self._base is not None and self._rejects(gone)

    def _rejects(self, changes: Mapping[int, Any]) -> bool:
        """Return whether the model rejects an answered row with other values."""
        values = {name: value[[self._base]] for name, value in self._columns.items()}
        for n, value in changes.items():
            values[self._checked.check.names[n]][0] = value
        self._calls += 1
        try:
            self._call(values)
        except Exception:  # noqa: BLE001 - a model may raise any error
            return True
        return False

    def _reject(self, row: int, message: str) -> None:
        self.labels[row] = None
        if self._checked.codes[row] != MISSING:
            self._checked.codes[row] = INVALID
        self._checked.reasons[row] = message

    def finish(self) -> None:
        """Reject the rows whose prediction is not a number."""
        import numpy as np

        if any(isinstance(label, float) and not math.isfinite(label) for label in self.labels):
            for row, label in enumerate(self.labels):
                if isinstance(label, float) and not math.isfinite(label):
                    self._reject(row, f"was rejected by the model: its prediction is {label}")
        if self.shares is not None:
            gone = np.flatnonzero(np.isnan(self.shares).any(axis=1))
            for row in gone.tolist():
                if self.labels[row] is not None:
                    self._reject(row, "was rejected by the model: its probabilities are NaN")


def first_line(error: Exception) -> str:
    """Return the first line of an error message."""
    # Some libraries list each column of a table in their messages.
    return (str(error).splitlines() or [type(error).__name__])[0][:_MAX_MESSAGE]
