"""A store of MLflow with many versions, written without MLflow."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

# The tables and indexes of MLflow 3.17 with the columns that matter here.
_TABLES = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
INSERT INTO alembic_version VALUES ('dc11669786a5');
CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name VARCHAR(256) NOT NULL,
  artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32), creation_time BIGINT,
  last_update_time BIGINT, workspace VARCHAR(63) DEFAULT 'default' NOT NULL);
CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), source_type VARCHAR(20),
  source_name VARCHAR(500), entry_point_name VARCHAR(50), user_id VARCHAR(256), status VARCHAR(9),
  start_time BIGINT, end_time BIGINT, source_version VARCHAR(50), lifecycle_stage VARCHAR(20),
  artifact_uri VARCHAR(200), experiment_id INTEGER, deleted_time BIGINT);
CREATE TABLE params (key VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL,
  run_uuid VARCHAR(32) NOT NULL, PRIMARY KEY (key, run_uuid));
CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
  run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT 0 NOT NULL, is_nan BOOLEAN DEFAULT 0 NOT NULL,
  PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
CREATE TABLE latest_metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT,
  step BIGINT NOT NULL, is_nan BOOLEAN NOT NULL, run_uuid VARCHAR(32) NOT NULL,
  PRIMARY KEY (key, run_uuid));
CREATE TABLE tags (key VARCHAR(250) NOT NULL, value VARCHAR(8000), run_uuid VARCHAR(32) NOT NULL,
  PRIMARY KEY (key, run_uuid));
CREATE TABLE registered_models (name VARCHAR(256) NOT NULL, creation_time BIGINT,
  last_updated_time BIGINT, description VARCHAR(5000),
  workspace VARCHAR(63) DEFAULT 'default' NOT NULL, PRIMARY KEY (workspace, name));
CREATE TABLE registered_model_aliases (alias VARCHAR(256) NOT NULL, version INTEGER NOT NULL,
  name VARCHAR(256) NOT NULL, workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY (workspace, name, alias));
CREATE TABLE registered_model_tags (key VARCHAR(250) NOT NULL, value VARCHAR(5000),
  name VARCHAR(256) NOT NULL, workspace VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY (workspace, key, name));
CREATE TABLE model_versions (name VARCHAR(256) NOT NULL, version INTEGER NOT NULL,
  creation_time BIGINT, last_updated_time BIGINT, description VARCHAR(5000), user_id VARCHAR(256),
  current_stage VARCHAR(20), source VARCHAR(500), run_id VARCHAR(32), status VARCHAR(20),
  status_message VARCHAR(500), run_link VARCHAR(500), storage_location VARCHAR(500),
  workspace VARCHAR(63) DEFAULT 'default' NOT NULL, PRIMARY KEY (workspace, name, version));
CREATE TABLE model_version_tags (key VARCHAR(250) NOT NULL, value TEXT,
  name VARCHAR(256) NOT NULL, version INTEGER NOT NULL,
  workspace VARCHAR(63) DEFAULT 'default' NOT NULL, PRIMARY KEY (workspace, key, name, version));
CREATE TABLE logged_models (model_id VARCHAR(36) PRIMARY KEY, experiment_id INTEGER NOT NULL,
  name VARCHAR(500) NOT NULL, artifact_location VARCHAR(1000) NOT NULL,
  creation_timestamp_ms BIGINT NOT NULL, last_updated_timestamp_ms BIGINT NOT NULL,
  status INTEGER NOT NULL, lifecycle_stage VARCHAR(32), model_type VARCHAR(500),
  source_run_id VARCHAR(32), status_message VARCHAR(1000));
CREATE TABLE logged_model_params (model_id VARCHAR(36) NOT NULL, experiment_id INTEGER NOT NULL,
  param_key VARCHAR(255) NOT NULL, param_value TEXT NOT NULL, PRIMARY KEY (model_id, param_key));
CREATE TABLE logged_model_metrics (model_id VARCHAR(36) NOT NULL, metric_name VARCHAR(500) NOT NULL,
  metric_timestamp_ms BIGINT NOT NULL, metric_step BIGINT NOT NULL, metric_value FLOAT,
  experiment_id INTEGER NOT NULL, run_id VARCHAR(32) NOT NULL, dataset_uuid VARCHAR(36),
  dataset_name VARCHAR(500), dataset_digest VARCHAR(36),
  PRIMARY KEY (model_id, metric_name, metric_timestamp_ms, metric_step, run_id));
CREATE TABLE logged_model_tags (model_id VARCHAR(36) NOT NULL, experiment_id INTEGER NOT NULL,
  tag_key VARCHAR(255) NOT NULL, tag_value TEXT NOT NULL, PRIMARY KEY (model_id, tag_key));
CREATE TABLE datasets (dataset_uuid VARCHAR(36) NOT NULL, experiment_id INTEGER NOT NULL,
  name VARCHAR(500) NOT NULL, digest VARCHAR(36) NOT NULL, dataset_source_type VARCHAR(36) NOT NULL,
  dataset_source TEXT NOT NULL, dataset_schema TEXT, dataset_profile TEXT);
CREATE TABLE inputs (input_uuid VARCHAR(36) NOT NULL, source_type VARCHAR(36) NOT NULL,
  source_id VARCHAR(36) NOT NULL, destination_type VARCHAR(36) NOT NULL,
  destination_id VARCHAR(36) NOT NULL, step BIGINT DEFAULT 0 NOT NULL);
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE INDEX index_latest_metrics_run_uuid ON latest_metrics (run_uuid);
CREATE INDEX index_params_run_uuid ON params (run_uuid);
CREATE INDEX index_tags_run_uuid ON tags (run_uuid);
CREATE INDEX index_inputs_destination_type_destination_id_source_type
  ON inputs (destination_type, destination_id, source_type);
CREATE INDEX index_logged_model_metrics_model_id ON logged_model_metrics (model_id);
CREATE TABLE input_tags (input_uuid VARCHAR(36) NOT NULL, name VARCHAR(255) NOT NULL,
  value VARCHAR(500) NOT NULL);
"""
_MLMODEL = """artifact_path: model
flavors:
  python_function:
    env: {{conda: conda.yaml, virtualenv: python_env.yaml}}
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.11.4
  sklearn: {{pickled_model: model.pkl, serialization_format: cloudpickle, sklearn_version: 1.9.0}}
mlflow_version: 3.17.2
model_id: {model_id}
model_uuid: {model_id}
run_id: {run_id}
"""
_OTHERS = {
    "requirements.txt": b"mlflow==3.17.2\ncloudpickle==3.1.1\nscikit-learn==1.9.0\n",
    "python_env.yaml": b"python: 3.11.4\ndependencies:\n- -r requirements.txt\n",
    "conda.yaml": b"channels: [conda-forge]\ndependencies: [python=3.11.4, pip]\n",
}
_STEPS = 5
_START_MS = 1_700_000_000_000


def write_mlflow_store(folder: Path, *, models: int, versions: int) -> Path:
    """Write a database and the artifacts of registered models.

    Parameters
    ----------
    folder : Path
        A new folder.
    models : int
        Number of registered models.
    versions : int
        Number of versions of each.

    Returns
    -------
    Path
        The database.
    """
    folder.mkdir(parents=True)
    database = folder / "mlflow.db"
    estimator = LogisticRegression().fit(np.eye(2), [0, 1])
    with sqlite3.connect(database) as connection:
        connection.executescript(_TABLES)
        root = folder / "mlruns" / "1"
        connection.execute(
            "INSERT INTO experiments VALUES (1, 'kepler', ?, 'active', 0, 0, 'default')",
            (root.as_uri(),),
        )
        random = np.random.default_rng(0)
        for model in range(models):
            name = f"model_{model:04}"
            connection.execute(
                "INSERT INTO registered_models VALUES (?, ?, ?, ?, 'default')",
                (name, _START_MS, _START_MS, "A model."),
            )
            for version in range(1, versions + 1):
                estimator.coef_ = random.normal(size=(1, 500))
                _add_version(connection, root, name, version, pickle.dumps(estimator))
            connection.execute(
                "INSERT INTO registered_model_aliases VALUES ('champion', ?, ?, 'default')",
                (versions, name),
            )
    connection.close()
    return database


def _add_version(
    connection: sqlite3.Connection, root: Path, name: str, version: int, data: bytes
) -> None:
    run_id = f"{name}{version:06}".replace("_", "").rjust(32, "0")
    model_id = f"m-{run_id}"
    artifacts = root / "models" / model_id / "artifacts"
    artifacts.mkdir(parents=True)
    text = _MLMODEL.format(model_id=model_id, run_id=run_id).encode()
    for file, content in (_OTHERS | {"MLmodel": text, "model.pkl": data}).items():
        (artifacts / file).write_bytes(content)
    at = _START_MS + version
    connection.execute(
        "INSERT INTO runs VALUES (?, ?, 'LOCAL', '', '', 'ada', 'FINISHED', ?, ?, '', 'active', ?, "
        "1, NULL)",
        (run_id, "run", at, at, (root / run_id / "artifacts").as_uri()),
    )
    connection.execute(
        "INSERT INTO logged_models VALUES (?, 1, 'model', ?, ?, ?, 2, 'active', '', ?, NULL)",
        (model_id, artifacts.as_uri(), at, at, run_id),
    )
    connection.execute(
        "INSERT INTO model_versions VALUES (?, ?, ?, ?, '', 'ada', 'None', ?, ?, 'READY', NULL, "
        "NULL, ?, 'default')",
        (name, version, at, at, f"models:/{model_id}", run_id, artifacts.as_uri()),
    )
    for key, value in (("C", "1.0"), ("solver", "lbfgs"), ("max_iter", "100"), ("tol", "0.0001")):
        connection.execute("INSERT INTO params VALUES (?, ?, ?)", (key, value, run_id))
    for key in ("f1_score", "accuracy", "loss"):
        for step in range(_STEPS):
            connection.execute(
                "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, 0)",
                (key, 0.5 + step / 10, at + step, run_id, step),
            )
        connection.execute(
            "INSERT INTO latest_metrics VALUES (?, ?, ?, ?, 0, ?)",
            (key, 0.9, at + _STEPS, _STEPS - 1, run_id),
        )
    for key in ("mlflow.user", "mlflow.source.name", "mlflow.runName"):
        connection.execute("INSERT INTO tags VALUES (?, 'x', ?)", (key, run_id))
    connection.execute(
        "INSERT INTO model_version_tags VALUES ('team', 'vetting', ?, ?, 'default')",
        (name, version),
    )


def read_rows(database: Path) -> Iterator[tuple[str, list[object]]]:
    """Yield the artifact folder and the rows of each version, as plain reads of the database.

    Parameters
    ----------
    database : Path
        The database.
    """
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        listed = connection.execute(
            "SELECT name, version, run_id, storage_location FROM model_versions ORDER BY 1, 2"
        ).fetchall()
        for name, version, run_id, location in listed:
            rows: list[object] = []
            for table in ("runs", "params", "metrics", "latest_metrics", "tags"):
                query = f"SELECT * FROM {table} WHERE run_uuid = ?"
                rows += connection.execute(query, (run_id,)).fetchall()
            rows += connection.execute(
                "SELECT * FROM model_version_tags WHERE name = ? AND version = ?", (name, version)
            ).fetchall()
            yield location.removeprefix("file://"), rows
    finally:
        connection.close()
