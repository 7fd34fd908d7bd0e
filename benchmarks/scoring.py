"""Scores of a large table, against a loop over row groups that is written by hand."""

from __future__ import annotations

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

from benchmarks.row import Row, Settings
from benchmarks.timing import seconds
from exo_nbregistry.registry.facade import ModelRegistry

_COLUMNS = [f"koi_{number}" for number in range(8)]
_TARGET = 1.2


def measure(settings: Settings) -> Iterator[Row]:
    """Measure 10 million rows with two processes, and the same pipeline in a loop."""
    rows, group = (200_000, 50_000) if settings.quick else (10_000_000, 250_000)
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
