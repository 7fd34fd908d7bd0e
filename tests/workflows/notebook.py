"""Run the notebook of a workflow in a process of its own, and read what it registered."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry

# The cells define `registry`, `ref`, the new `rows` and their `expected` predictions.
_LAST_CELL = """
import pickle

import numpy as np

answers = np.asarray(expected).tolist()
with open("executed.pickle", "wb") as file:
    pickle.dump({"ref": ref, "rows": rows, "expected": answers}, file)
"""


@dataclass(frozen=True)
class Executed:
    """The registry that a notebook left, and its predictions.

    Attributes
    ----------
    folder : Path
        Folder of the notebook.
    messages : str
        Log messages and warnings of the notebook.
    ref : str
        model_id of the registered version.
    rows : object
        New rows, in the container of the notebook.
    expected : list
        Predictions of the notebook for the new rows.
    """

    folder: Path
    messages: str
    ref: str
    rows: Any
    expected: list[Any]

    @property
    def registry(self) -> ModelRegistry:
        """The registry, opened in this process."""
        return ModelRegistry(self.folder / "registry")

    @property
    def version(self) -> ModelMetadata:
        """Metadata of the registered version."""
        return self.registry.get_metadata(self.ref)

    def table(self) -> pd.DataFrame:
        """Return the new rows as a table with the columns of the record."""
        signature = self.version.signature
        columns = [column.name for column in signature.columns] if signature else []
        if isinstance(self.rows, pd.DataFrame):
            return self.rows.reset_index(drop=True)
        return pd.DataFrame(np.asarray(self.rows)).set_axis(columns, axis=1)

    def records(self) -> list[dict[str, Any]]:
        """Return the new rows as JSON."""
        text = self.table().to_json(orient="records", date_format="iso", double_precision=15)
        records: list[dict[str, Any]] = json.loads(text)
        return records


def execute(cells: str, folder: Path, environment: Mapping[str, str]) -> Executed:
    """Run cells as the main program in a folder; return the result."""
    program = folder / "notebook.py"
    program.write_text(cells + _LAST_CELL, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**environment, "KERAS_BACKEND": "jax", "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    executed = pickle.loads((folder / "executed.pickle").read_bytes())
    return Executed(folder, done.stderr, **executed)
