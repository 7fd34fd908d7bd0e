"""The SQLite store of MLflow: workspaces, older schemas, locks."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.found import FoundVersion
from exo_nbregistry.sources.mlflow_database import MlflowDatabase
from exo_nbregistry.sources.open_source import open_source
from tests.sources.mlflow_stores import digests, unpack_golden

MODEL = "kepler rf"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return the database of MLflow 3.17."""
    unpack_golden("mlflow_3_17", tmp_path, "database")
    return tmp_path / "database" / "mlflow.db"


def change(database: Path, *statements: str) -> None:
    """Run statements on a database."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def version_of(database: Path, number: int = 3) -> FoundVersion:
    """Return a version of the main model."""
    versions = MlflowDatabase(database).versions(MODEL)
    (version,) = (version for version in versions if version.number == number)
    return version


def test_a_model_of_another_workspace_has_its_name(database: Path) -> None:
    """Models of several workspaces do not mix: each except the default is in the name."""
    change(
        database,
        "INSERT INTO registered_models (workspace, name, description) "
        f"VALUES ('survey', '{MODEL}', 'another one')",
        "INSERT INTO model_versions (workspace, name, version, source) "
        f"VALUES ('survey', '{MODEL}', 7, 's3://b/7')",
        "INSERT INTO registered_model_aliases (workspace, name, version, alias) "
        f"VALUES ('survey', '{MODEL}', 7, 'champion')",
    )
    source = MlflowDatabase(database)
    models = {model.name: model.description for model in source.models()}
    assert models[f"survey/{MODEL}"] == "another one"
    assert models[MODEL] == "Candidates of Kepler"
    (version,) = source.versions(f"survey/{MODEL}")
    assert (version.number, version.aliases) == (7, ("champion",))
    assert version.source_id == f"mlflow:survey/{MODEL}:7:0"
    assert [version.number for version in source.versions(MODEL)] == [1, 3]


def test_an_older_schema_is_read(tmp_path: Path) -> None:
    """A store without aliases, logged models, data sets and storage locations is read."""
    unpack_golden("mlflow_2_22", tmp_path, "database")
    database = tmp_path / "database" / "mlflow.db"
    change(
        database,
        "DROP TABLE registered_model_aliases",
        "DROP TABLE inputs",
        "DROP TABLE trace_info",
        "ALTER TABLE model_versions DROP COLUMN storage_location",
        "UPDATE model_versions SET source = (SELECT artifact_uri FROM runs "
        "WHERE run_uuid = model_versions.run_id) || '/model' WHERE run_id <> ''",
    )
    version = version_of(database)
    assert version.aliases == ()
    assert version.training_dataset is None
    assert version.hyperparameters["C"] == 10.0
    assert len(version.metric_history["loss"]) == 6


def test_a_long_history_is_thinned_and_reported(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A history with more points than the limit keeps every n-th, and the plan shows it."""
    run_id = version_of(database).tags["mlflow.run_id"]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) "
            "VALUES ('long', ?, ?, ?, 0, ?)",
            ((step / 2, step, step, run_id) for step in range(25_000)),
        )
    version = version_of(database)
    assert version.metrics["long"] == 24_999 / 2
    assert [point.step for point in version.metric_history["long"]] == [
        *range(0, 25_000, 4),
        24_999,
    ]
    assert "values of the metric long beyond every 4th" in version.lost


def test_values_of_the_models_metrics_have_precedence(database: Path) -> None:
    """A metric of the logged model is not replaced by a later one of the same run."""
    version = version_of(database)
    model_id, run_id = version.tags["mlflow.model_id"], version.tags["mlflow.run_id"]
    change(
        database,
        "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) "
        f"VALUES ('recall', 0.5, 2, 0, 0, '{run_id}')",
        "INSERT INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, "
        f"metric_step, metric_value, experiment_id, run_id) VALUES ('{model_id}', 'recall', 1, 0, "
        f"0.75, 0, '{run_id}')",
    )
    assert version_of(database).metrics["recall"] == 0.75
    # The step 0 of a history, which MLflow copies to the model, is not its result.
    assert version_of(database).metrics["loss"] == pytest.approx(1 / 8)


def test_text_that_is_not_utf8_does_not_stop_the_others(database: Path) -> None:
    """Damaged text is read with replacements."""
    change(database, "UPDATE tags SET value = CAST(x'ff41' AS TEXT) WHERE key = 'team'")
    assert version_of(database).tags["team"] == "\ufffdA"


def test_values_of_other_types_do_not_stop_the_others(database: Path) -> None:
    """Bytes in place of text, and text in place of numbers, are read as far as possible."""
    change(
        database,
        "UPDATE registered_models SET description = x'41'",
        "UPDATE model_versions SET description = x'42', creation_time = 'today'",
        "UPDATE metrics SET timestamp = 'now', step = 'first' WHERE key = 'accuracy'",
        "UPDATE logged_models SET artifact_location = x'43'",
        "UPDATE params SET value = x'44' WHERE key = 'solver'",
        "INSERT INTO model_versions (workspace, name, version, source) "
        f"VALUES ('default', '{MODEL}', 'v9', '')",
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO registered_models (workspace, name) VALUES ('default', x'45')",
    )
    source = MlflowDatabase(database)
    assert {model.description for model in source.models()} == {"A"}
    version = version_of(database)
    assert (version.description, version.created_at) == ("B", None)
    assert version.metrics["accuracy"] == pytest.approx(0.93)
    assert [version.number for version in source.versions(MODEL)] == [1, 3]


def test_webhooks_are_counted(database: Path) -> None:
    """Webhooks are reported as lost."""
    change(
        database,
        "INSERT INTO webhooks (webhook_id, name, url) VALUES ('1', 'a', 'http://localhost')",
    )
    assert "1 webhook" in MlflowDatabase(database).lost


@pytest.fixture
def writer(database: Path) -> Iterator[sqlite3.Connection]:
    """Return a program that writes to the database in WAL mode and has not finished."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("UPDATE model_versions SET description = 'in the log' WHERE version = 3")
    yield connection
    connection.close()


def test_changes_in_the_write_ahead_log_are_read(
    database: Path, writer: sqlite3.Connection
) -> None:
    """Changes that another program committed to the log are read, and the log is not changed."""
    before = digests(database.parent)
    assert version_of(database).description == "in the log"
    after = digests(database.parent)
    assert {name: after[name] for name in before if not name.endswith("-shm")} == {
        name: digest for name, digest in before.items() if not name.endswith("-shm")
    }


def test_a_closed_database_with_a_log_gets_no_new_files(
    database: Path, writer: sqlite3.Connection
) -> None:
    """Reading a database in WAL mode leaves no -shm and -wal beside it."""
    writer.close()
    before = digests(database.parent)
    assert version_of(database).description == "in the log"
    assert digests(database.parent) == before


def test_a_log_that_was_left_behind_is_read(
    database: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    """A copy of a database with its log, whose writer does not run any more, is read."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{database}{suffix}", copy / f"mlflow.db{suffix}")
    assert version_of(copy / "mlflow.db").description == "in the log"


def test_a_locked_database_is_an_error_with_advice(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program changes the database, the error states what to do."""
    monkeypatch.setattr("exo_nbregistry.sources.sqlite_file._TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("UPDATE model_versions SET description = 'half'")
        with pytest.raises(InvalidInputError, match=r"cannot be read .*Stop the programs"):
            open_source(database)


def test_a_damaged_database_is_an_error(database: Path) -> None:
    """A database whose pages were overwritten is refused with its path."""
    with open(database, "r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4000)
    with pytest.raises(InvalidInputError, match=r"mlflow\.db cannot be read"):
        open_source(database)
    database = database.rename(database.with_name("other.db"))
    assert not MlflowDatabase.detects(database)


def test_a_database_of_another_program_is_not_detected(tmp_path: Path) -> None:
    """A database without the tables of MLflow, and a file that is not a database, are not its."""
    change(tmp_path / "other.db", "CREATE TABLE runs (id)")
    (tmp_path / "mlflow.db").write_text("SQLite format")
    assert not MlflowDatabase.detects(tmp_path / "other.db")
    assert not MlflowDatabase.detects(tmp_path / "mlflow.db")
    assert not MlflowDatabase.detects(tmp_path)
