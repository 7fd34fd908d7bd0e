"""Loading a model, against joblib.load without checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import joblib

from benchmarks.model import Bare, Kept, forest, large, tiny
from benchmarks.row import Row, Settings
from benchmarks.timing import interleaved

_ABOVE_S = 0.005


def measure(settings: Settings) -> Iterator[Row]:
    """Time three sizes from the system's cache, and a memory map of a verified file."""
    yield _above(settings)
    yield from _timed(settings, "load RandomForest(100)", forest, runs=21, target=1.5)
    yield from _timed(settings, "load 500 MB", large, runs=9, target=2.0, mapped=0.1)


def _above(settings: Settings) -> Row:
    """Return the difference between the times of load_model and joblib.load for a small model."""
    home = settings.folder / "load 1 KB"
    kept, bare = Kept(home / "ours"), Bare(home / "floor")
    name, path = kept.save(tiny()), bare.save(tiny())
    load = kept.registry.load_model
    runs = 1 if settings.quick else 101
    ours, floor = interleaved(lambda: load(name), lambda: joblib.load(path), runs=runs)
    above = ours - floor
    return Row("load 1 KB, above joblib.load (at most 5 ms)", above, holds=above <= _ABOVE_S)


def _timed(
    settings: Settings,
    what: str,
    build: Callable[..., Any],
    *,
    runs: int,
    target: float,
    mapped: float | None = None,
) -> Iterator[Row]:
    home = settings.folder / what
    kept, bare = Kept(home / "ours"), Bare(home / "floor")
    model = build(quick=settings.quick)
    name, path = kept.save(model), bare.save(model)
    del model
    runs = 1 if settings.quick else runs
    load = kept.registry.load_model
    ours, floor = interleaved(lambda: load(name), lambda: joblib.load(path), runs=runs)
    yield Row(what, ours, floor, target)
    if mapped:
        load(name, mmap=True)
        again, floor = interleaved(
            lambda: load(name, mmap=True), lambda: joblib.load(path), runs=runs
        )
        yield Row(f"{what}, mapped again", again, floor, mapped)
    kept.clear()
    bare.clear()
