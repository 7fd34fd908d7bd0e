"""Many processes that register versions of one model at the same time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

from benchmarks.row import Row, Settings
from benchmarks.timing import seconds
from exo_nbregistry.registry.facade import ModelRegistry

NAME = "bench"


def measure(settings: Settings) -> Iterator[Row]:
    """Time 8 x 100 durable registrations against 800 by one process, and verify the registry."""
    writers, each = (2, 3) if settings.quick else (8, 100)
    together, alone = settings.folder / "together", settings.folder / "alone"
    context = multiprocessing.get_context("spawn")
    with context.Pool(writers) as pool:
        # The first round excludes imports from the timing.
        pool.starmap(register, [(settings.folder / "warm", n, 1) for n in range(writers)])
        work = [(together, writer, each) for writer in range(writers)]
        ours = seconds(lambda: pool.starmap(register, work, chunksize=1))
    register(settings.folder / "warm", writers, 1)
    floor = seconds(lambda: register(alone, 0, each * writers))
    registry = ModelRegistry(together)
    numbers = sorted(item.version for item in registry.list_models(NAME))
    complete = numbers == list(range(1, each * writers + 1)) and not registry.verify().faults
    what = f"{writers} processes x {each} of one name, against one alone"
    yield Row(what, ours, floor, holds=complete)


def register(folder: Path, writer: int, each: int) -> None:
    """Register small models, each with different bytes."""
    registry = ModelRegistry(folder)
    for number in range(each):
        registry.register_model({"writer": writer, "number": number}, NAME)
