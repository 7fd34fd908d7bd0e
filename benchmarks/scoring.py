"""Scores of a large table, against a loop over row groups that is written by hand."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.memory import peak_bytes
from benchmarks.row import Row, Settings
from benchmarks.timing import seconds
from exo_nbregistry.registry.facade import ModelRegistry

_COLUMNS = [f"koi_{number}" for number in range(8)]
_TARGET = 1.2
_MAX_GROWTH = 1.1
_KILLS = 3


def measure(settings: Settings) -> Iterator[Row]:
    """Measure 10 million rows with two processes, and the same pipeline in a loop.

    The same table is scored again with kills: of the whole command, and of a worker of Dask.
    """
    rows, group = (400_000, 10_000) if settings.quick else (10_000_000, 250_000)
    source = settings.folder / "table.parquet"
    _write_table(source, rows, group)
    registry = ModelRegistry(settings.folder / "registry")
    _register(registry)
    model, _ = registry.load_model("kepler")
    ours, floor = settings.folder / "ours", settings.folder / "floor.parquet"
    times = {
        "floor": seconds(lambda: _loop(model, source, floor)),
        "ours": seconds(lambda: registry.score("kepler", source, ours, n_jobs=2, progress=False)),
    }
    what = f"score {rows:,} rows, 2 processes"
    yield Row(what, times["ours"], times["floor"], _TARGET)
    equal = np.array_equal(_probabilities(ours), _probabilities(floor.parent, floor.name))
    yield Row("  rows with exactly the probability of the loop", float(equal), unit="", holds=equal)
    small = settings.folder / "small.parquet"
    _write_table(small, rows // 10, group)
    peaks = [
        _peak(registry, path, settings.folder / f"peak-{path.name}") for path in (source, small)
    ]
    yield Row("  peak memory, against a tenth of the rows", *peaks, _MAX_GROWTH, unit="B")
    killed = settings.folder / "killed"
    kills = _score_with_kills(registry, source, killed)
    same = kills == _KILLS and _same_files(killed, ours)
    yield Row(f"  same bytes after {kills} kills", float(same), unit="", holds=same)
    cluster = settings.folder / "cluster"
    _score_on_cluster(registry, source, cluster)
    same = _same_files(cluster, ours)
    yield Row("  same bytes on Dask, one of 2 workers killed", float(same), unit="", holds=same)


def _write_table(path: Path, rows: int, group: int) -> None:
    rng = np.random.default_rng(0)
    schema = pa.schema([(name, pa.float64()) for name in _COLUMNS])
    with pq.ParquetWriter(path, schema) as writer:
        for _ in range(rows // group):
            columns = [pa.array(rng.normal(size=group)) for _ in _COLUMNS]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=group)


def _register(registry: ModelRegistry) -> None:
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(20_000, len(_COLUMNS))), columns=_COLUMNS)
    y = (X.sum(axis=1) + rng.normal(size=len(X)) > 0).astype(int)
    model = make_pipeline(StandardScaler(), HistGradientBoostingClassifier(random_state=0))
    registry.register_model(model.fit(X, y), "kepler", X=X, y=y)


def _loop(model: Any, source: Path, target: Path) -> None:
    schema = pa.schema([("prediction", pa.int64()), ("probability", pa.float64())])
    with pq.ParquetFile(source) as file, pq.ParquetWriter(target, schema) as writer:
        for number in range(file.metadata.num_row_groups):
            frame = file.read_row_group(number, columns=_COLUMNS).to_pandas()
            shares = model.predict_proba(frame)
            labels = model.classes_[shares.argmax(axis=1)]
            columns = [pa.array(labels), pa.array(shares[:, 1])]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _probabilities(folder: Path, pattern: str = "*.parquet") -> Any:
    """Return the probabilities of all rows, in the order of the pieces."""
    read = (pq.read_table(path, columns=["probability"]) for path in sorted(folder.glob(pattern)))
    return np.concatenate([table.column(0).to_numpy() for table in read])


def _peak(registry: ModelRegistry, source: Path, target: Path) -> int:
    """Return the peak memory of a process that scores a table alone."""
    command = [sys.executable, "-m", "benchmarks.scoring", registry.location, source, target]
    done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout)


def _score_with_kills(registry: ModelRegistry, source: Path, target: Path) -> int:
    """Score with a command that is killed at random times and started again; return the kills."""
    options = ["--json", "--jobs", "2", "--registry", registry.location]
    command = [sys.executable, "-m", "exo_nbregistry", "score", "kepler", source, target, *options]
    chance, kills = random.Random(14), 0
    while True:
        with subprocess.Popen(
            [*map(str, command)], start_new_session=True, stdout=subprocess.DEVNULL
        ) as process:
            if kills < _KILLS:
                finished = _finished(target) + chance.randint(1, 3)
                while process.poll() is None and _finished(target) < finished:
                    time.sleep(0.005)
                time.sleep(chance.uniform(0, 0.1))
            if kills == _KILLS or process.poll() is not None:
                break
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
    if process.returncode:
        raise RuntimeError(f"the command ended with {process.returncode}")
    return kills


def _score_on_cluster(registry: ModelRegistry, source: Path, target: Path) -> None:
    """Score on two workers of Dask, and kill one of them."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:

        def kill() -> None:
            while _finished(target) < 3:
                time.sleep(0.005)
            os.kill(next(worker.pid for worker in cluster.workers.values()), signal.SIGKILL)

        thread = threading.Thread(target=kill, daemon=True)
        thread.start()
        registry.score("kepler", source, target, cluster=cluster.scheduler_address, progress=False)
        thread.join(timeout=1)
        if thread.is_alive():
            raise RuntimeError("no worker was killed")


def _finished(target: Path) -> int:
    return len(list(target.glob("*.parquet")))


def _same_files(one: Path, other: Path) -> bool:
    """Return whether two folders have the same names and bytes."""
    names = [sorted(path.name for path in folder.iterdir()) for folder in (one, other)]
    return names[0] == names[1] and all(
        (one / name).read_bytes() == (other / name).read_bytes() for name in names[0]
    )


def _score_alone(location: str, source: str, target: str) -> None:
    ModelRegistry(location).score("kepler", source, target, n_jobs=1, progress=False)
    print(peak_bytes())


if __name__ == "__main__":
    _score_alone(*sys.argv[1:])
