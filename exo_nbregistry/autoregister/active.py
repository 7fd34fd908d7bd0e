"""Which automatic registration takes the calls of a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol


class Watcher(Protocol):
    """Takes the calls of estimators and metrics in a thread."""

    def on_call(
        self, name: str, estimator: Any, call: Callable[..., Any], args: Any, kwargs: Any
    ) -> Any:
        """Make a call of a method of an estimator, and return its result."""

    def on_metric(self, arguments: Mapping[str, Any]) -> None:
        """Read the arguments of a metric."""


class _Thread(threading.local):
    def __init__(self) -> None:
        self.watchers: list[Watcher] = []
        self.busy = False


_thread = _Thread()


def watchers_of_thread() -> list[Watcher]:
    """Return the watchers of this thread, which can be changed; the last one takes the calls."""
    return _thread.watchers


def current_watcher() -> Watcher | None:
    """Return the watcher of this thread, or None inside a call that it already has."""
    return _thread.watchers[-1] if _thread.watchers and not _thread.busy else None


@contextmanager
def inside_call() -> Iterator[None]:
    """Leave all calls of this thread alone, because they belong to one that is watched."""
    before, _thread.busy = _thread.busy, True
    try:
        yield
    finally:
        _thread.busy = before
