"""Values of MLflow: texts of parameters, times, and the points of a metric.

Source: ``mlflow/entities/param.py``, ``mlflow/store/tracking/file_store.py`` and
``mlflow/store/tracking/sqlalchemy_store.py`` of MLflow 3.17.
"""

from __future__ import annotations

import ast
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from exo_nbregistry.sources.found import MetricPoint

MAX_POINTS = 10_000
"""Points of a metric that are kept; of more, every second, fourth, ... and the last one is."""

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_EXPONENT = re.compile(r"-?\d(?:\.\d+)?[eE][+-]?\d{1,3}")
_WORDS = {
    "True": True,
    "False": False,
    "None": None,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
}
_MAX_LITERAL_LENGTH = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# SQL has no infinity, so the database store writes the largest float.
_LARGEST = 1.7976931348623157e308


def plain_value(text: str) -> Any:
    """Return the value that MLflow wrote as a text, or the text if it is ambiguous.

    MLflow writes ``str(value)``. A text is only converted if the value gives the same text again,
    so ``1.10``, which can be a version, is not changed to 1.1. Exponents are an exception.

    Parameters
    ----------
    text : str
        Text of a parameter.

    Returns
    -------
    bool, int, float, str, list, tuple, dict or None
        The value.

    Examples
    --------
    >>> [plain_value(text) for text in ("True", "10", "0.1", "1e-3", "[1, 2]", "lbfgs")]
    [True, 10, 0.1, 0.001, [1, 2], 'lbfgs']
    >>> plain_value("1.10"), plain_value("007")
    ('1.10', '007')
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and text != "-0":
        return int(text)
    if _EXPONENT.fullmatch(text):
        return float(text)
    if text[:1] in "-0123456789" and repr(value := _float(text)) == text:
        return value
    if text[:1] in ("[", "(", "{") and len(text) <= _MAX_LITERAL_LENGTH:
        return _literal(text)
    return text


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _literal(text: str) -> Any:
    try:
        value = ast.literal_eval(text)
        return value if _is_plain(value) and repr(value) == text else text
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def time_of(milliseconds: Any) -> datetime | None:
    """Return the time of milliseconds since 1970, in UTC, or None if it is not a time.

    Parameters
    ----------
    milliseconds : int or None
        Milliseconds since 1970.

    Examples
    --------
    >>> time_of(1_700_000_000_000).isoformat()
    '2023-11-14T22:13:20+00:00'
    """
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def stored_float(value: float | None, is_nan: bool = False) -> float:
    """Return a metric of the database, which stores NaN and infinity as other numbers.

    Parameters
    ----------
    value : float or None
        Column ``value``.
    is_nan : bool, default False
        Column ``is_nan``.

    Examples
    --------
    >>> stored_float(0.0, True), stored_float(-1.7976931348623157e308)
    (nan, -inf)
    """
    if is_nan or value is None:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= _LARGEST else float(value)


class Series:
    """The points of one metric, in memory of a limited size.

    Attributes
    ----------
    n_points : int
        Number of points that were added, without direct repetitions.

    Examples
    --------
    >>> series = Series()
    >>> for step in range(3):
    ...     series.add(step, 1_700_000_000_000, 1 / (step + 1))
    >>> series.last, len(series.points())
    (0.3333333333333333, 3)
    """

    def __init__(self) -> None:
        self.n_points = 0
        self._kept: list[tuple[int, int, float]] = []
        self._every = 1
        self._last: tuple[int, int, float] | None = None

    def add(self, step: int, milliseconds: int, value: float) -> None:
        """Add a point.

        Parameters
        ----------
        step : int
            Step of the training.
        milliseconds : int
            Milliseconds since 1970.
        value : float
            The value; can be NaN or infinite.
        """
        point = (step, milliseconds, value)
        if self._last is None or _order(point) >= _order(self._last):
            self._last = point
        if self.n_points % self._every == 0:
            self._kept.append(point)
            if len(self._kept) > 2 * MAX_POINTS:
                self._thin()
        self.n_points += 1

    @property
    def last(self) -> float:
        """The value of the last step, which MLflow shows as the metric."""
        return math.nan if self._last is None else self._last[2]

    @property
    def last_time(self) -> tuple[int, int]:
        """The last step, and its milliseconds since 1970."""
        return (0, 0) if self._last is None else self._last[:2]

    @property
    def every(self) -> int:
        """The distance of the points that are kept: 1 if all are."""
        while len(self._kept) > MAX_POINTS:
            self._thin()
        return self._every

    def points(self) -> tuple[MetricPoint, ...]:
        """Return the points in the order of their steps, without repetitions.

        MLflow writes a point again for each model that is logged in the same run.
        """
        if self.every > 1 and self._last is not None:
            self._kept.append(self._last)
        # NaN differs from itself, so that its text is compared.
        unique = {(step, ms, repr(value)): value for step, ms, value in self._kept}
        ordered = sorted(unique.items(), key=lambda item: item[0][:2])
        return tuple(
            MetricPoint(step=step, value=value, at=time_of(ms)) for (step, ms, _), value in ordered
        )

    def _thin(self) -> None:
        self._kept = self._kept[::2]
        self._every *= 2


def _order(point: tuple[int, int, float]) -> tuple[int, int, float]:
    step, milliseconds, value = point
    return step, milliseconds, 0.0 if math.isnan(value) else value
