"""The status of a row and its problems, in words.

Serving and the exported predict.py use this file. An export has a copy of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from exo_nbregistry.inference.input_columns import InputColumn, short_value

STATUSES = ("invalid", "missing", "outside", "ok")
INVALID, MISSING, OUTSIDE, OK = range(4)
MAX_PROBLEMS = 5


class Problem(NamedTuple):
    """Why a row is not as the training data.

    Attributes
    ----------
    column : str
        Name of the column; empty for the row as a whole.
    kind : str
        ``invalid``, ``missing`` or ``outside``.
    message : str
        What the column is or must be, to follow its name.
    value : object
        The value outside the range of the training data, or None.
    minimum, maximum : float or None
        That range.
    distance : float or None
        Distance of the value to the range, as a share of the width of the range.
    """

    column: str
    kind: str
    message: str
    value: Any = None
    minimum: float | None = None
    maximum: float | None = None
    distance: float | None = None

    def as_required(self) -> Problem:
        """Return the problem of a row that the model rejected without its missing values."""
        if self.kind != STATUSES[MISSING]:
            return self
        return self._replace(message=f"{self.message}, and the model requires it")

    def __str__(self) -> str:
        return f"{self.column} {self.message}".strip()


def range_message(value: Any, column: InputColumn, distance: float | None) -> str:
    """Return how far a value is outside the training data.

    Examples
    --------
    >>> range_message("gaia", InputColumn("band", "category", "category"), None)
    "is 'gaia', which is not a category of the training data"
    >>> depth = InputColumn("koi_depth", "float64", "number", minimum=0.0, maximum=10.0)
    >>> range_message(20010.0, depth, 2000.0)
    'is 20010, outside the range of the training data, 0 to 10 (above by 2,000 times its width)'
    """
    if column.minimum is None or column.maximum is None:
        return f"is {short_value(value)}, which is not a category of the training data"
    text = (
        f"is {value:g}, outside the range of the training data, {column.minimum:g} to "
        f"{column.maximum:g}"
    )
    side = "below" if value < column.minimum else "above"
    if distance is None:
        return text
    times = f"{distance:,.0f}" if 100 <= distance < 1e6 else f"{distance:.2g}"
    return f"{text} ({side} by {times} times its width)"
