"""Rows of measurements, and their table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_HEAD = ("what", "ours", "floor", "ratio", "target", "verdict")
_SECONDS = ((1.0, "s", 1), (1e-3, "ms", 1e3), (0.0, "us", 1e6))
_BYTES = ((1e9, "GB", 1e-9), (1e6, "MB", 1e-6), (0.0, "kB", 1e-3))


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement and its target.

    Attributes
    ----------
    what : str
        Name of the measurement.
    ours : float
        Median of the registry, in `unit`.
    floor : float or None
        Median of the minimum cost of the work, in the same run; None without a floor.
    target : float or None
        Maximum ratio of `ours` to `floor`; None without a target.
    unit : {'s', 'B', 'ops', 'x', ''}
        Seconds, bytes, store operations, a multiple, or a score.
    holds : bool or None
        Whether a condition holds; None without a condition.
    spread : float or None
        Standard deviation, if `ours` is a mean.
    least : float or None
        Minimum of `ours`; None without a target.
    interval : tuple of float or None
        Limits of the 95 % interval of `ours`; None without an interval.
    reason : str
        Why the row is not measured; empty if it is.
    """

    what: str
    ours: float
    floor: float | None = None
    target: float | None = None
    unit: str = "s"
    holds: bool | None = None
    spread: float | None = None
    least: float | None = None
    interval: tuple[float, float] | None = None
    reason: str = ""

    @classmethod
    def unmeasured(cls, what: str, reason: str) -> Self:
        """Return a row that states why something is not measured."""
        return cls(what, math.nan, reason=reason or "unknown reason")

    @property
    def failed(self) -> bool:
        """Whether a target was missed, or the row is not measured."""
        return self.good is False or bool(self.reason)

    @property
    def ratio(self) -> float | None:
        """Ratio of `ours` to `floor`."""
        return self.ours / self.floor if self.floor else None

    @property
    def good(self) -> bool | None:
        """Whether the result meets its targets; None without a target."""
        fast = None if self.target is None or self.ratio is None else self.ratio <= self.target
        high = None if self.least is None else self.ours >= self.least
        results = [result for result in (fast, high, self.holds) if result is not None]
        return all(results) if results else None

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        if self.reason:
            return self.what, "not measured", "", "", "", self.reason
        target = self.target if self.least is None else self.least
        return (
            self.what,
            self._value(),
            "" if self.floor is None else quantity(self.floor, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if target is None else f"{target:.2f}" if self.unit else f"{target:.3f}",
            {None: "", True: "ok", False: "MISSED"}[self.good],
        )

    def _value(self) -> str:
        """Return `ours`, with the standard deviation and the interval in brackets."""
        text = quantity(self.ours, self.unit)
        if self.spread is not None:
            text += f" ± {quantity(self.spread, self.unit)}"
        if self.interval is not None:
            low, high = (quantity(limit, self.unit) for limit in self.interval)
            text += f" ({low} to {high})"
        return text


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a part.

    Attributes
    ----------
    folder : Path
        An empty folder for the part, which is removed afterwards.
    quick : bool
        Small sizes and few runs, to check that the part works.
    old : str
        Revision that the panels are compared with; by default the last one without this view.
    versions : int or None
        Number of versions of the largest registry of `scale`; None for 100,000.
    echo : callable
        Takes a line that reports progress.
    """

    folder: Path
    quick: bool = False
    old: str = ""
    versions: int | None = None
    echo: Callable[[str], None] = print


Part = Callable[[Settings], Iterator[Row]]


def quantity(value: float, unit: str) -> str:
    """Return a value with three digits and a unit, a multiple, or a score with four decimals."""
    if unit in ("ops", "x"):
        return f"{value:.{2 if unit == 'x' else 0}f}"
    if not unit:
        return f"{value:.4f}"
    scale = _SECONDS if unit == "s" else _BYTES
    _, name, factor = next(step for step in scale if abs(value) >= step[0])
    return f"{value * factor:#.3g}".rstrip(".") + f" {name}"


def table(rows: list[Row]) -> str:
    """Return the rows as aligned text."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    text = [
        "  ".join(
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([text[0], "-" * len(text[0]), *text[1:]])
