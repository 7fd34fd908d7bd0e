"""Duration of ``import exo_nbregistry`` in a new process."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.row import Row, Settings

_TIMED = """
import time
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def measure(settings: Settings) -> Iterator[Row]:
    """Time the import against ``import joblib``, which loading a model needs anyway."""
    times: dict[str, list[float]] = {"exo_nbregistry": [], "joblib": []}
    for _ in range(2 if settings.quick else 21):
        for module, taken in times.items():
            taken.append(import_seconds(module))
    ours, floor = (statistics.median(taken[1:]) for taken in times.values())
    yield Row("import, against import joblib", ours, floor, 1 / 3)


def import_seconds(module: str) -> float:
    """Return the seconds that a new process needs to import a module."""
    command = [sys.executable, "-c", _TIMED.format(module=module)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
