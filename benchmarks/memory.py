"""Peak memory of a process that only registers a large model."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.model import Bare, Kept, large
from benchmarks.row import Row, Settings

_WAYS = {"ours": Kept, "floor": Bare}


def measure(settings: Settings) -> Iterator[Row]:
    """Measure the peak memory of processes, with and without the model that they hold."""
    weights: dict[str, list[tuple[int, int]]] = {way: [] for way in _WAYS}
    for run in range(1 if settings.quick else 3):
        for way, found in weights.items():
            folder = settings.folder / f"{way}-{run}"
            command = [sys.executable, "-m", "benchmarks.memory", way, str(folder)]
            done = subprocess.run(
                [*command, *(["quick"] if settings.quick else [])],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            before, peak = done.stdout.split()
            found.append((int(before), int(peak)))
    peaks = {way: statistics.median(peak for _, peak in found) for way, found in weights.items()}
    added = {way: statistics.median(b - a for a, b in found) for way, found in weights.items()}
    yield Row("register 500 MB, peak memory", peaks["ours"], peaks["floor"], 1.1, unit="B")
    yield Row("  of that, beyond the model", added["ours"], added["floor"], unit="B")


def peak_bytes() -> int:
    """Return the peak resident size of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss is not used, because a child process inherits it from its parent.
        (found,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(found) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _write(way: str, folder: str, *quick: str) -> None:
    # The first, small model loads each library that the large one uses.
    writer: Any = _WAYS[way](Path(folder))
    first = large(quick=True)
    first.is_first_ = True  # Otherwise a quick run would store the same model twice.
    writer.save(first)
    model = large(quick=bool(quick))
    before = peak_bytes()
    writer.save(model)
    writer.clear()
    print(before, peak_bytes())


if __name__ == "__main__":
    _write(*sys.argv[1:])
