"""Tables to score, and the scores of a loop that is written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from exo_nbregistry.scoring.disk_folder import DiskFolder

COLUMNS = ["koi_depth", "koi_period", "koi_prad"]


def folder_of(path: Path) -> DiskFolder:
    """Return the folder of a file."""
    return DiskFolder(str(path.parent))


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return rows with an identifier and the columns of the model in another order."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.uniform(0, 1, (rows, 3)), columns=COLUMNS[::-1])
    frame.insert(1, "kepid", np.arange(rows))
    return frame


def read_scores(folder: Path) -> pd.DataFrame:
    """Return the results of a folder in the order of their names."""
    return pd.concat(
        [pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))], ignore_index=True
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Return the names and the bytes of all files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def loop_scores(model: Any, path: Path) -> pd.DataFrame:
    """Return the scores of a loop over row groups."""
    parts = []
    with pq.ParquetFile(path) as file:
        for number in range(file.metadata.num_row_groups):
            frame = file.read_row_group(number).to_pandas()
            shares = model.predict_proba(frame[COLUMNS])
            label = model.predict(frame[COLUMNS])
            parts.append(
                pd.DataFrame(
                    {"kepid": frame["kepid"], "prediction": label, "probability": shares[:, 1]}
                )
            )
    return pd.concat(parts, ignore_index=True)
