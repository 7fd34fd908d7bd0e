"""The first list of a machine that has no index: from a checkpoint, and from the files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.populate import populate
from benchmarks.question import ask
from benchmarks.row import Row, Settings
from benchmarks.timing import interleaved, seconds
from exo_nbregistry.index import checkpoint
from exo_nbregistry.index.database import index_path
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.keys import CHECKPOINTS

SIZE, QUICK_SIZE = 100_000, 500
# Maximum share of the time of building the index from the files.
_TARGET = 0.25


def measure(settings: Settings) -> Iterator[Row]:
    """Measure how long the first list takes with a checkpoint, and how large it is."""
    size = QUICK_SIZE if settings.quick else SIZE
    folder = settings.folder / "registry"
    settings.echo(f"populating {size:,} versions")
    populate(folder, versions=size)
    with _writing(minimum=1):
        written = seconds(lambda: _first_list(folder))
    with _writing(minimum=1 << 60):
        ours, floor = interleaved(
            lambda: _first_list(folder),
            lambda: _without_checkpoint(folder),
            runs=1 if settings.quick else 3,
            setup=lambda: forget_index(folder),
        )
    packed = sum(path.stat().st_size for path in (folder / CHECKPOINTS).glob("*.gz"))
    target = None if settings.quick else _TARGET
    yield Row(f"first list of {size:,}, from a checkpoint", ours, floor, target)
    yield Row("  from the files, and the checkpoint written", written, floor)
    yield Row(
        "  size of the checkpoint, against the index",
        packed,
        _index(folder).stat().st_size,
        unit="B",
    )


def _first_list(folder: Path) -> None:
    ask(ModelRegistry(folder), "page of 50")


def _without_checkpoint(folder: Path) -> None:
    hidden = folder / "hidden"
    os.rename(folder / CHECKPOINTS, hidden)
    try:
        _first_list(folder)
    finally:
        os.rename(hidden, folder / CHECKPOINTS)


def _index(folder: Path) -> Path:
    registry = ModelRegistry(folder)
    return index_path(registry.registry_id, registry.location)


def forget_index(folder: Path) -> None:
    """Remove the index of this machine."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{_index(folder)}{suffix}").unlink(missing_ok=True)


@contextlib.contextmanager
def _writing(minimum: int) -> Iterator[None]:
    """Write a checkpoint after this number of new records."""
    before = checkpoint._MIN_IN_FOLDER
    checkpoint._MIN_IN_FOLDER = minimum
    try:
        yield
    finally:
        checkpoint._MIN_IN_FOLDER = before
