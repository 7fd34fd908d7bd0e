"""Two ways of doing the same work, timed in turn so that both meet the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def interleaved(
    ours: Work, floor: Work, *, runs: int, setup: Work | None = None
) -> tuple[float, float]:
    """Return the median seconds of each, after one run of each that does not count.

    Parameters
    ----------
    ours, floor : callable
        Each does the work once.
    runs : int
        How often each is timed; who is first changes from pair to pair.
    setup : callable or None
        Runs before each piece of work, outside of its time.
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
    """Return how long one piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
