"""One measured line, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_HEAD = ("what", "ours", "floor", "ratio", "target", "verdict")
_SECONDS = ((1.0, "s", 1), (1e-3, "ms", 1e3), (0.0, "us", 1e6))
_BYTES = ((1e9, "GB", 1e-9), (1e6, "MB", 1e-6), (0.0, "kB", 1e-3))


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, and whether it is good enough.

    Attributes
    ----------
    what : str
        The line's name.
    ours : float
        Median of the registry, in `unit`.
    floor : float or None
        Median of the least that the work can cost, in the same run; None where there is none.
    target : float or None
        The largest ratio of the two that is good enough; None where nothing is promised.
    unit : {'s', 'B', 'ops', ''}
        Seconds, bytes, store operations, or a score.
    holds : bool or None
        For what is right or wrong rather than fast: whether it is right.
    spread : float or None
        Standard deviation of what `ours` is the mean of.
    least : float or None
        The smallest score that is good enough.
    """

    what: str
    ours: float
    floor: float | None = None
    target: float | None = None
    unit: str = "s"
    holds: bool | None = None
    spread: float | None = None
    least: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor ours takes."""
        return self.ours / self.floor if self.floor else None

    @property
    def good(self) -> bool | None:
        """Whether it is as promised; None where nothing is promised."""
        fast = None if self.target is None or self.ratio is None else self.ratio <= self.target
        high = None if self.least is None else self.ours >= self.least
        told = [answer for answer in (fast, high, self.holds) if answer is not None]
        return all(told) if told else None

    def cells(self) -> tuple[str, ...]:
        """Return what the table shows of it."""
        target = self.target if self.least is None else self.least
        spread = "" if self.spread is None else f" ± {quantity(self.spread, self.unit)}"
        return (
            self.what,
            quantity(self.ours, self.unit) + spread,
            "" if self.floor is None else quantity(self.floor, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if target is None else f"{target:.2f}" if self.unit else f"{target:.3f}",
            {None: "", True: "ok", False: "MISSED"}[self.good],
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """How a part measures.

    Attributes
    ----------
    folder : Path
        An empty folder of the part's own, removed after it.
    quick : bool
        Small sizes and few runs: to see that the part works, not how fast it is.
    echo : callable
        Takes a line to show while a part is under way.
    """

    folder: Path
    quick: bool = False
    echo: Callable[[str], None] = print


Part = Callable[[Settings], Iterator[Row]]


def quantity(value: float, unit: str) -> str:
    """Return a value with three digits and the unit that fits it, a score with four places."""
    if unit == "ops":
        return f"{value:.0f}"
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
