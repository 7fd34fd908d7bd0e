"""Fits while automatic registration is on, against the same fits without it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from statistics import median
from typing import Any

from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

from benchmarks.row import Row, Settings
from exo_nbregistry.registry.facade import ModelRegistry

MODELS: dict[str, Callable[[], Any]] = {
    "fit RandomForest(10)": lambda: RandomForestClassifier(10, random_state=0),
    "fit DecisionTree": lambda: DecisionTreeClassifier(random_state=0),
    "fit a search of 15 trees": lambda: GridSearchCV(
        DecisionTreeClassifier(random_state=0), {"max_depth": list(range(1, 6))}, cv=3
    ),
}


def measure(settings: Settings) -> Iterator[Row]:
    """Time three kinds of fits; registering them is not part of the time."""
    X, y = make_classification(300 if settings.quick else 600, 20, random_state=0)
    registry = ModelRegistry(settings.folder / "registry", durable=False)
    # The same fit is registered again and again, and each time a message is logged.
    log = logging.getLogger("exo_nbregistry")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield from _rows(settings, registry, X, y)
    finally:
        log.setLevel(before)


def _rows(settings: Settings, registry: ModelRegistry, X: Any, y: Any) -> Iterator[Row]:
    for what, make in MODELS.items():

        def fit(make: Callable[[], Any] = make) -> float:
            model = make()
            # Time of this thread: other processes disturb it less than the time on the clock, and
            # a difference of 2 % is small.
            start = time.thread_time()
            model.fit(X, y)
            return time.thread_time() - start

        ours, floor = _paired(registry, fit, runs=1 if settings.quick else 51)
        yield Row(what, ours, floor, 1.02)


def _paired(registry: ModelRegistry, fit: Callable[[], float], *, runs: int) -> tuple[float, float]:
    """Return the median seconds of a fit with automatic registration and without it."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(runs + 1):
        for is_on in (number % 2 == 0, number % 2 == 1):
            block: Any = nullcontext()
            if is_on:
                # What was fitted is registered at the end of the block, after the time is taken.
                block = registry.autoregister("bench", report=lambda _line: None)
            with block:
                # The first fit after a class has changed fills caches of Python again.
                fit()
                taken = fit()
            if number:
                times[is_on].append(taken)
    return median(times[True]), median(times[False])
