"""Make stores of MLflow for the tests, and what MLflow's own client reads from them.

Run it with the Python of an environment that has MLflow 2 or 3 and scikit-learn; the package is not
needed. ``python make_mlflow_store.py FOLDER`` writes ``FOLDER/files`` (a file store),
``FOLDER/database`` (an SQLite store), and beside each store ``expected.json``. With ``--zip`` it
also writes ``FOLDER.zip``, as in ``tests/sources/golden``; run it with ``USER=ada`` in a neutral
folder, because the stores have absolute paths and the name of the user.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
# The first connection would otherwise report the use to its authors.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import mlflow  # noqa: E402
import mlflow.pyfunc  # noqa: E402
import mlflow.sklearn  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

REQUIREMENTS = ["scikit-learn", "numpy==1.26.4"]
COLUMNS = ["period", "depth (ppm)", "n"]


def make_store(folder: Path, kind: str) -> None:
    """Make a store of one kind with models of all forms that are read.

    Parameters
    ----------
    folder : Path
        New folder of the store.
    kind : {'files', 'database'}
        The store.
    """
    folder.mkdir(parents=True)
    os.chdir(folder)
    uri = str(folder / "mlruns") if kind == "files" else f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    client = mlflow.MlflowClient()
    _log_versions(client)
    _register_others(client, folder)
    _delete_some(client)
    expected = {"mlflow": mlflow.__version__, "models": _expected(client)}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True))


def _data() -> tuple[pd.DataFrame, np.ndarray]:
    values = np.random.default_rng(0)
    X = pd.DataFrame(values.normal(size=(40, 3)), columns=COLUMNS)
    X["n"] = np.arange(40)
    return X, (X["period"] > 0).to_numpy()


def _log_versions(client: Any) -> None:
    X, y = _data()
    for number, C in enumerate((0.1, 1.0, 10.0), start=1):
        with mlflow.start_run(run_name=f"fit {number}"):
            mlflow.log_params({"C": C, "solver": "lbfgs", "warm_start": False, "n_jobs": None})
            mlflow.log_params({"layers": [8, 4], "release": "1.10", "model/depth": 3})
            for step in range(6):
                mlflow.log_metric("loss", 1 / (step + number), step=step)
            mlflow.log_metrics({"accuracy": 0.9 + number / 100, "valid/f1 score": 0.8})
            mlflow.log_metric("not_measured", float("nan"))
            mlflow.log_metric("unbounded", float("inf"))
            mlflow.set_tags({"team": "vetting", "note": "two\nlines"})
            mlflow.log_input(mlflow.data.from_pandas(X, name="kepler"), context="training")
            mlflow.log_text("period,depth\n1,2\n", "tables/residuals.csv")
            model = LogisticRegression(C=C, max_iter=500).fit(X, y)
            mlflow.sklearn.log_model(
                model,
                "model",
                registered_model_name="kepler rf",
                signature=mlflow.models.infer_signature(X, model.predict(X)),
                input_example=X.head(2) if number == 1 else None,
                pip_requirements=REQUIREMENTS,
                serialization_format="cloudpickle",
            )
    client.update_registered_model("kepler rf", description="Candidates of Kepler")
    client.set_registered_model_tag("kepler rf", "mission", "Kepler")
    client.update_model_version("kepler rf", "1", description="First version.\nUnicode: ü")
    client.set_model_version_tag("kepler rf", "1", "reviewed", "yes, twice")
    client.set_registered_model_alias("kepler rf", "champion", "3")
    client.set_registered_model_alias("kepler rf", "shadow", "3")
    client.set_registered_model_alias("kepler rf", "baseline", "1")
    client.transition_model_version_stage("kepler rf", "3", "Production")


def _rule(model_input: list[str]) -> list[str]:
    return [name.upper() for name in model_input]


def _register_others(client: Any, folder: Path) -> None:
    with mlflow.start_run() as run:
        mlflow.pyfunc.log_model(
            "rule",
            python_model=_rule,
            registered_model_name="rule",
            input_example=["a"],
            pip_requirements=["numpy"],
        )
    client.copy_model_version("models:/kepler rf/1", "copy of kepler")
    client.create_registered_model("elsewhere")
    client.create_model_version("elsewhere", "s3://bucket/models/7", run_id=run.info.run_id)
    single = folder / "mlruns" / "exported"
    single.mkdir(parents=True)
    (single / "model.joblib").write_bytes(b"not a pickle, but bytes")
    client.create_model_version("elsewhere", single.as_uri())
    client.register_prompt("question", template="Is {{ name }} a planet?")


def _delete_some(client: Any) -> None:
    client.delete_model_version("kepler rf", "2")
    version = client.get_model_version("rule", "1")
    client.delete_run(version.run_id)
    experiment = client.create_experiment("old")
    client.create_run(experiment)
    client.delete_experiment(experiment)


def _expected(client: Any) -> dict[str, Any]:
    names = [model.name for model in client.search_registered_models() if not _is_prompt(model)]
    return {name: _expected_model(client, name) for name in names}


def _is_prompt(model: Any) -> bool:
    return "mlflow.prompt.is_prompt" in model._tags


def _expected_model(client: Any, name: str) -> dict[str, Any]:
    model = client.get_registered_model(name)
    versions = client.search_model_versions(f"name='{name}'")
    return {
        "description": model.description or "",
        "tags": model.tags,
        "aliases": {alias: int(number) for alias, number in model.aliases.items()},
        "versions": {v.version: _expected_version(client, name, v.version) for v in versions},
    }


def _expected_version(client: Any, name: str, number: str) -> dict[str, Any]:
    version = client.get_model_version(name, number)
    run = client.get_run(version.run_id) if version.run_id else None
    return {
        "description": version.description or "",
        "tags": version.tags,
        "stage": version.current_stage,
        "created_ms": version.creation_timestamp,
        "run_id": version.run_id or None,
        "source": version.source,
        "status": version.status,
        "files": _files(f"models:/{name}/{number}"),
        "run": run and _expected_run(client, run),
    }


def _expected_run(client: Any, run: Any) -> dict[str, Any]:
    run_id = run.info.run_id
    return {
        "name": run.info.run_name,
        "user": run.info.user_id,
        "params": run.data.params,
        "tags": {key: v for key, v in run.data.tags.items() if not key.startswith("mlflow.")},
        "metrics": {key: repr(value) for key, value in run.data.metrics.items()},
        "history": {
            key: sorted(
                {
                    (p.step, p.timestamp, repr(p.value))
                    for p in client.get_metric_history(run_id, key)
                }
            )
            for key in run.data.metrics
        },
        "datasets": [found.dataset.name for found in run.inputs.dataset_inputs],
        "files": _files(f"runs:/{run_id}/tables"),
    }


def _files(uri: str) -> dict[str, str] | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = Path(mlflow.artifacts.download_artifacts(uri, dst_path=folder))
        except Exception:  # noqa: BLE001  # MLflow and its clients of buckets raise many
            return None
        return {
            file.relative_to(path).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(path.rglob("*"))
            # Written by the download.
            if file.is_file() and file.name != "registered_model_meta"
        }


def main() -> None:
    """Make both stores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=("files", "database"), help="only this store")
    parser.add_argument("--zip", action="store_true", help="write FOLDER.zip too")
    options = parser.parse_args()
    folder = options.folder.absolute()
    for kind in [options.kind] if options.kind else ["files", "database"]:
        make_store(folder / kind, kind)
    if options.zip:
        shutil.make_archive(str(folder), "zip", folder)


if __name__ == "__main__":
    main()
