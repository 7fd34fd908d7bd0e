"""Moving in from a database of MLflow, against a bare read of it and a copy of each file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.memory import peak_bytes
from benchmarks.mlflow_store import read_rows, write_mlflow_store
from benchmarks.row import Row, Settings
from benchmarks.timing import seconds
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
    target = settings.folder / "registry"
    # Once each: with ten thousand versions, a second run would take minutes and change little.
    floor = seconds(lambda: copy_bare(database, settings.folder / "copy"))
    ours, peak = _in_process(database, target, "*")
    limit = None if settings.quick else _TARGET
    in_time = ours < _MAX_SECONDS
    yield Row(f"move in {number:,} versions (at most 5 min)", ours, floor, limit, holds=in_time)
    yield Row("  again, with nothing to move in", _in_process(database, target, "*")[0], floor)
    yield Row(
        "  peak memory, all models against a tenth",
        peak,
        _in_process(database, settings.folder / "tenth", "*0")[1],
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


def _in_process(database: Path, folder: Path, pattern: str) -> tuple[float, float]:
    """Return the seconds and the peak memory of a move-in in a new process."""
    command = [sys.executable, "-m", "benchmarks.move_in", str(database), str(folder), pattern]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    taken, peak = map(float, done.stdout.split())
    return taken, peak


if __name__ == "__main__":
    taken = seconds(lambda: move_in(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
    print(taken, peak_bytes())
