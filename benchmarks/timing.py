"""Timing of two functions in turn, so that both run under the same load."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def interleaved(
    ours: Work, floor: Work, *, runs: int, setup: Work | None = None
) -> tuple[float, float]:
    """Return the median seconds of two functions, after one run that is not counted.

    Parameters
    ----------
    ours, floor : callable
        Functions that do the work once.
    runs : int
        Number of timed runs of each; the order alternates.
    setup : callable or None
        Called before each run, outside the timing.
    """
    times: dict[Work, list[float]] = {ours: [], floor: []}
    for number in range(runs + 1):
        for work in (ours, floor) if number % 2 else (floor, ours):
            if setup:
                setup()
            taken = seconds(work)
            if number:
                times[work].append(taken)
    return statistics.median(times[ours]), statistics.median(times[floor])


def seconds(work: Work) -> float:
    """Return the seconds that a function takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
