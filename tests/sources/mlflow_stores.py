"""Real stores of MLflow for the tests, and their comparison with MLflow's own client."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from exo_nbregistry.sources.found import FoundVersion
from exo_nbregistry.sources.mlflow_database import MlflowDatabase
from exo_nbregistry.sources.mlflow_files import MlflowFiles
from exo_nbregistry.sources.mlflow_version import RUN_FOLDER

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "make_mlflow_store.py"
GOLDEN = Path(__file__).parent / "golden"
READERS: dict[str, Any] = {"files": MlflowFiles, "database": MlflowDatabase}
# A Python with MLflow 2 and scikit-learn.
MLFLOW_2 = os.environ.get("EXO_NBREGISTRY_MLFLOW2", "")


def make_stores(folder: Path, python: str = sys.executable) -> None:
    """Make a file store and a database with the MLflow of a Python."""
    done = subprocess.run(
        [python, str(SCRIPT), str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder.parent,
        env=os.environ | {"USER": "ada", "LOGNAME": "ada", "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr


def unpack_golden(name: str, folder: Path, kind: str = "") -> None:
    """Unpack stores that were made in another folder, so that their absolute paths are stale.

    By default, both kinds of store are unpacked.
    """
    with ZipFile(GOLDEN / f"{name}.zip") as archive:
        archive.extractall(folder, [path for path in archive.namelist() if path.startswith(kind)])


def expected_of(folder: Path) -> dict[str, Any]:
    """Return the models of a store, as MLflow's client returns them."""
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    models: dict[str, Any] = expected["models"]
    return models


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def summary(version: FoundVersion) -> dict[str, Any]:
    """Return the facts of a version in the form of ``expected.json``."""
    tags = version.tags
    return {
        "description": version.description,
        "stage": tags.get("mlflow.stage", "None"),
        "run_id": tags.get("mlflow.run_id"),
        "source": tags["mlflow.source"],
        "status": tags["mlflow.status"],
        "metrics": {name: repr(value) for name, value in version.metrics.items()},
        "history": {
            name: [(point.step, repr(point.value)) for point in points]
            for name, points in version.metric_history.items()
        },
        "dataset": version.training_dataset,
        "run_name": tags.get("mlflow.run_name"),
        "user": tags.get("mlflow.user"),
    }


def expected_summary(expected: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a version that MLflow returned, in the form of `summary`."""
    run = expected["run"] or {"metrics": {}, "history": {}, "datasets": []}
    return {
        **{key: expected[key] for key in ("description", "stage", "run_id", "source", "status")},
        "metrics": {name: _true(value) for name, value in run["metrics"].items()},
        "history": {
            name: [(step, value) for step, _, value in points]
            for name, points in run["history"].items()
            if len(points) > 1
        },
        "dataset": next(iter(run["datasets"]), None),
        "run_name": run.get("name"),
        "user": run.get("user"),
    }


def _true(value: str) -> str:
    # MLflow returns the largest float for an infinity in its database.
    return "inf" if value == "1.7976931348623157e+308" else value


def file_digests(version: FoundVersion, of_run: bool = False) -> dict[str, str]:
    """Return the SHA-256 of the files of a version, or of those of its run."""
    files = {
        name: file.path
        for name, file in version.files.items()
        if name.startswith(f"{RUN_FOLDER}/") == of_run
    }
    if version.model_file is not None and not of_run:
        files[version.model_file.path.name] = version.model_file.path
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
