"""Moving in from a database of MLflow, against a bare read of it and a copy of each file."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.memory import peak_bytes
from benchmarks.mlflow_store import read_rows, write_mlflow_store
from benchmarks.row import Row, Settings
from benchmarks.timing import interleaved, seconds
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.registry.facade import ModelRegistry

MODELS, VERSIONS = 100, 100
QUICK_MODELS, QUICK_VERSIONS = 2, 10
_TARGET = 3.0
_MAX_SECONDS = 300.0
# Of a process that moves in all models, against one that moves in a tenth.
_MEMORY_TARGET = 1.2


def measure(settings: Settings) -> Iterator[Row]:
    """Measure a move-in of a whole store, a repeated one, and the peak memory."""
    models, versions = (QUICK_MODELS, QUICK_VERSIONS) if settings.quick else (MODELS, VERSIONS)
    number = models * versions
    settings.echo(f"writing a store of {number:,} versions")
    database = write_mlflow_store(settings.folder / "store", models=models, versions=versions)
    places = (settings.folder / f"target-{n}" for n in itertools.count())
    used: list[Path] = []

    def new() -> None:
        for place in used:
            shutil.rmtree(place, ignore_errors=True)
        used[:] = [next(places)]

    ours, floor = interleaved(
        lambda: move_in(database, used[0]),
        lambda: copy_bare(database, used[0]),
        runs=1,
        setup=new,
    )
    target = None if settings.quick else _TARGET
    yield Row(
        f"move in {number:,} versions (at most 5 min)",
        ours,
        floor,
        target,
        holds=ours < _MAX_SECONDS,
    )
    new()
    move_in(database, used[0])
    yield Row(
        "  again, with nothing to move in", seconds(lambda: move_in(database, used[0])), floor
    )
    peaks = [_peak(database, settings.folder / f"peak-{part}", part) for part in ("*", "*0")]
    yield Row(
        "  peak memory, all models against a tenth",
        *peaks,
        None if settings.quick else _MEMORY_TARGET,
        unit="B",
    )


def move_in(database: Path, folder: Path, pattern: str = "*") -> None:
    """Move a store into a new registry, with its plan."""
    plan = plan_move_in(database, ModelRegistry(folder), kind="mlflow", models=[pattern])
    done = plan.execute(progress=False)
    if done.problems or done.versions != plan.versions:
        raise RuntimeError(f"the move-in is not complete: {done}")


def copy_bare(database: Path, folder: Path) -> None:
    """Read the rows of each version and copy its files, each flushed to disk with its folder."""
    for place, rows in read_rows(database):
        if not rows:
            raise RuntimeError(f"no rows for {place}")
        source = Path(place)
        target = folder / source.parent.name
        target.mkdir(parents=True)
        for path in source.iterdir():
            with open(target / path.name, "wb") as file:
                file.write(path.read_bytes())
                file.flush()
                os.fsync(file.fileno())
            descriptor = os.open(target, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)


def _peak(database: Path, folder: Path, pattern: str) -> float:
    command = [sys.executable, "-m", "benchmarks.move_in", str(database), str(folder), pattern]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


if __name__ == "__main__":
    move_in(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    print(peak_bytes())
