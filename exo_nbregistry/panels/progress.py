"""What is known of work that goes on: steps done, results, failures; safe in threads."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is worked on, such as a model or a trial.

    Attributes
    ----------
    name : str
        What it is called.
    state : {"waiting", "at work", "done", "failed"}
        What became of it so far.
    time_s : float or None
        How long it took.
    score : float or None
        What it achieved.
    error : str
        Why it failed.
    """

    name: str
    state: str = "waiting"
    time_s: float | None = None
    score: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known at one instant.

    Attributes
    ----------
    done : int
        Steps that are done.
    total : int or None
        Of how many; None if nobody knows.
    elapsed_s : float
        Time since the start.
    items : tuple of Item
        In the order in which they came.
    """

    done: int
    total: int | None
    elapsed_s: float
    items: tuple[Item, ...]

    @property
    def left_s(self) -> float | None:
        """How long it will roughly take still; None as long as that would be a guess."""
        if not self.total or self.done < 2 or self.done >= self.total:
            return None
        return self.elapsed_s / self.done * (self.total - self.done)

    def of_state(self, state: str) -> tuple[Item, ...]:
        """Return the items of one state."""
        return tuple(item for item in self.items if item.state == state)

    @property
    def scored(self) -> tuple[Item, ...]:
        """The items with a score that is a number."""
        return tuple(
            item for item in self.items if item.score is not None and not math.isnan(item.score)
        )


class Progress:
    """A record of work, written by those who do it and read by those who show it.

    Parameters
    ----------
    total : int or None
        How many steps there are; None if nobody knows.
    names : sequence of str
        What will be worked on, as far as that is known.
    now : callable
        Returns the time in seconds.

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
        """Say that something is being worked on."""
        with self._lock:
            self._items[name] = replace(self._items.get(name, Item(name)), state="at work")

    def step(self, steps: int = 1) -> None:
        """Say that steps are done."""
        with self._lock:
            self._done += steps

    def result(self, name: str, *, score: float | None = None, time_s: float | None = None) -> None:
        """Say what came of something; what was said of it before stays, if it is not said anew."""
        with self._lock:
            before = self._items.get(name, Item(name))
            self._items[name] = replace(
                before,
                state="done",
                score=before.score if score is None else score,
                time_s=before.time_s if time_s is None else time_s,
            )

    def fail(self, name: str, reason: str) -> None:
        """Say that something failed, and why."""
        with self._lock:
            before = self._items.get(name, Item(name))
            self._items[name] = replace(before, state="failed", error=reason)

    def snapshot(self) -> Snapshot:
        """Return what is known now."""
        with self._lock:
            elapsed = self._now() - self._started
            return Snapshot(self._done, self._total, elapsed, tuple(self._items.values()))
