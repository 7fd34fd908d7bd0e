"""Progress of running work: completed steps, results and failures. Thread-safe."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Item:
    """A unit of work with a result, such as a model or a trial.

    Attributes
    ----------
    name : str
        Name.
    state : {"waiting", "running", "done", "failed"}
        State of the work.
    time_s : float or None
        Duration.
    score : float or None
        Score, such as a metric.
    error : str
        Reason of a failure; empty without one.
    """

    name: str
    state: str = "waiting"
    time_s: float | None = None
    score: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Progress at one point in time.

    Attributes
    ----------
    done : int
        Number of completed steps.
    total : int or None
        Total number of steps; None if unknown.
    elapsed_s : float
        Time since the start.
    items : tuple of Item
        Units of work, in the order of their first report.
    """

    done: int
    total: int | None
    elapsed_s: float
    items: tuple[Item, ...]

    @property
    def remaining_s(self) -> float | None:
        """Estimated remaining time in seconds; None while unknown."""
        if not self.total or self.done < 2 or self.done >= self.total:
            return None
        return self.elapsed_s / self.done * (self.total - self.done)

    def of_state(self, state: str) -> tuple[Item, ...]:
        """Return the items in a state."""
        return tuple(item for item in self.items if item.state == state)

    @property
    def scored(self) -> tuple[Item, ...]:
        """The items with a finite score."""
        return tuple(
            item for item in self.items if item.score is not None and math.isfinite(item.score)
        )


class Progress:
    """Progress that workers report and that a display reads.

    Parameters
    ----------
    total : int or None
        Total number of steps; None if unknown.
    names : sequence of str
        Names of the units of work, if they are known.
    now : callable
        Clock that returns seconds.

    Examples
    --------
    >>> work = Progress(total=2, names=["forest", "svm"])
    >>> work.begin("forest")
    >>> work.result("forest", time_s=1.5)
    >>> work.step()
    >>> seen = work.snapshot()
    >>> seen.done, [item.state for item in seen.items]
    (1, ['done', 'waiting'])
    """

    def __init__(
        self,
        total: int | None,
        names: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._started = now()
        self._total = total
        self._done = 0
        self._items = {name: Item(name) for name in names}

    def begin(self, name: str) -> None:
        """Report that work on an item started."""
        with self._lock:
            self._items[name] = replace(self._items.get(name, Item(name)), state="running")

    def step(self, steps: int = 1) -> None:
        """Report completed steps."""
        with self._lock:
            self._done += steps

    def result(self, name: str, *, score: float | None = None, time_s: float | None = None) -> None:
        """Report the result of an item; values that are None keep their earlier value."""
        with self._lock:
            before = self._items.get(name, Item(name))
            self._items[name] = replace(
                before,
                state="done",
                score=before.score if score is None else score,
                time_s=before.time_s if time_s is None else time_s,
            )

    def fail(self, name: str, reason: str) -> None:
        """Report that an item failed, and the reason."""
        with self._lock:
            before = self._items.get(name, Item(name))
            self._items[name] = replace(before, state="failed", error=reason)

    def snapshot(self) -> Snapshot:
        """Return the current progress."""
        with self._lock:
            elapsed = self._now() - self._started
            return Snapshot(self._done, self._total, elapsed, tuple(self._items.values()))
