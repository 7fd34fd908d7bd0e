"""Registering a model, against a durable write with joblib alone."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any

from benchmarks import memory
from benchmarks.model import Bare, Kept, forest, large, tiny
from benchmarks.row import Row, Settings
from benchmarks.timing import interleaved


def measure(settings: Settings) -> Iterator[Row]:
    """Time models of three sizes, and measure the peak memory of the largest."""
    yield from memory.measure(settings)
    quick = settings.quick
    yield _timed(settings, "register 1 KB", tiny(), runs=201, target=2.2)
    yield _timed(settings, "register RandomForest(100)", forest(quick=quick), runs=21, target=1.5)
    yield _timed(settings, "register 500 MB", large(quick=quick), runs=7, target=1.2, heavy=True)


def _timed(
    settings: Settings,
    what: str,
    model: Any,
    *,
    runs: int,
    target: float,
    heavy: bool = False,
) -> Row:
    home = settings.folder / what
    kept, bare = Kept(home / "ours"), Bare(home / "floor")
    serial = itertools.count()

    def renew() -> None:
        # A new number in the model, because equal bytes are not written again.
        model.serial_ = next(serial)
        if heavy:
            kept.clear()
            bare.clear()
            # The disk may still be busy with earlier writes.
            os.sync()

    ours, floor = interleaved(
        lambda: kept.save(model),
        lambda: bare.save(model),
        runs=1 if settings.quick else runs,
        setup=renew,
    )
    return Row(what, ours, floor, target)
