"""Queries, the next version and the index in registries of different sizes."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.populate import fitted_model, populate
from benchmarks.question import QUERIES, Floor, ask
from benchmarks.row import Row, Settings
from benchmarks.timing import interleaved
from exo_nbregistry.index.database import index_path
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.keys import CHECKPOINTS

SMALL = 100
SIZES = (SMALL, 10_000, 100_000)
DEEP = 10_000
# Targets apply to the largest registry.
_QUESTION, _NEXT, _BUILD, _MEMORY = 3.0, 1.3, 3.0, 1.1
_SERIAL = itertools.count()


def measure(settings: Settings) -> Iterator[Row]:
    """Measure registries of three sizes, and a model with many versions."""
    sizes = (SMALL, 5 * SMALL) if settings.quick else SIZES
    if settings.versions is not None:
        sizes = (SMALL, settings.versions)
    folders = {size: settings.folder / f"{size}" for size in sizes}
    for size, folder in folders.items():
        settings.echo(f"populating {size:,} versions")
        populate(folder, versions=size)
    for size, folder in folders.items():
        promised = size == sizes[-1]
        yield _build(settings, size, folder, promised)
        yield from _warm(settings, size, folder, promised)
    yield from _fresh(settings, sizes[-1], folders[sizes[-1]], folders[SMALL])
    yield _next(settings, f"{sizes[-1]:,} versions", folders[sizes[-1]], folders[SMALL], _NEXT)
    deep = 5 * SMALL if settings.quick else DEEP
    populate(settings.folder / "deep", versions=deep, depth=deep)
    yield _next(settings, f"{deep:,} of one name", settings.folder / "deep", folders[SMALL], None)


def _runs(settings: Settings, usual: int) -> int:
    """Return the number of runs; a very large registry is measured in few."""
    if settings.quick:
        return 1
    is_large = (settings.versions or 0) > SIZES[-1]
    return max(1, usual // 10) if is_large else usual


def _build(settings: Settings, size: int, folder: Path, promised: bool) -> Row:
    """Time the creation of the index against reading and parsing the same files."""

    def forget() -> None:
        registry = ModelRegistry(folder)
        index_path(registry.registry_id, registry.location).unlink(missing_ok=True)
        # A new machine would start from the checkpoint.
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)

    ours, floor = interleaved(
        lambda: ask(ModelRegistry(folder), "page of 50"),
        lambda: _parse(folder),
        runs=_runs(settings, 3),
        setup=forget,
    )
    ask(ModelRegistry(folder), "page of 50")
    return Row(f"build the index of {size:,}", ours, floor, _BUILD if promised else None)


def _parse(folder: Path) -> None:
    with os.scandir(folder / "models") as models:
        for model in models:
            with os.scandir(f"{model.path}/versions") as versions:
                for version in versions:
                    with open(version.path, "rb") as file:
                        json.loads(file.read())


def _warm(settings: Settings, size: int, folder: Path, promised: bool) -> Iterator[Row]:
    registry, floor = ModelRegistry(folder), Floor(folder)
    for question in QUERIES:
        ours, least = interleaved(
            lambda question=question: ask(registry, question),  # type: ignore[misc]
            lambda question=question: floor.ask(question),  # type: ignore[misc]
            runs=_runs(settings, 101),
        )
        what = f"{question} of {size:,}, warm"
        yield Row(what, ours, least, _QUESTION if promised else None)
    ours, least = interleaved(
        lambda: list(registry.list_models(limit=50)),
        lambda: floor.ask("page of 50"),
        runs=_runs(settings, 51),
    )
    yield Row("  the page, and every version on it read", ours, least)


def _fresh(settings: Settings, size: int, folder: Path, small: Path) -> Iterator[Row]:
    runs, questions = _runs(settings, 7), ["top 10"] if settings.quick else list(QUERIES)
    for question in questions:
        asked = [
            [_in_process(question, way, folder, small) for way in ("ours", "floor")]
            for _ in range(runs)
        ]
        ours, floor = (statistics.median(run[way][0] for run in asked) for way in (0, 1))
        yield Row(f"{question} of {size:,}, fresh process", ours, floor, _QUESTION)
    large = [_in_process("page of 50", "ours", folder, small)[1] for _ in range(runs)]
    little = [_in_process("page of 50", "ours", small, small)[1] for _ in range(runs)]
    peaks = statistics.median(large), statistics.median(little)
    yield Row(f"page of 50 of {size:,}, memory against {SMALL}", *peaks, _MEMORY, unit="B")


def _in_process(question: str, way: str, folder: Path, other: Path) -> tuple[float, int]:
    arguments = question, way, str(folder), str(other)
    command = [sys.executable, "-m", "benchmarks.question", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    taken, peak = done.stdout.split()
    return float(taken), int(peak)


def _next(settings: Settings, what: str, large: Path, small: Path, target: float | None) -> Row:
    """Time the next version of a model against the same in a small registry."""
    model, X, _ = fitted_model()
    registries = ModelRegistry(large), ModelRegistry(small)

    def register(registry: ModelRegistry) -> str:
        # Different bytes each time, because equal bytes create no new version.
        model.serial_ = next(_SERIAL)
        return registry.register_model(model, "model-00000", feature_columns=list(X.columns))

    ours, floor = interleaved(
        lambda: register(registries[0]),
        lambda: register(registries[1]),
        runs=_runs(settings, 51),
    )
    return Row(f"next version, {what}, against {SMALL}", ours, floor, target)
