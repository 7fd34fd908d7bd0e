"""Real stores of MLflow 2 and 3 are read as MLflow's own client reads them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.sources.found import FoundVersion, Source
from exo_nbregistry.sources.mlflow_database import MlflowDatabase
from exo_nbregistry.sources.mlflow_files import MlflowFiles
from exo_nbregistry.sources.mlflow_values import plain_value
from exo_nbregistry.sources.open_source import open_source
from tests.sources.mlflow_stores import (
    MLFLOW_2,
    READERS,
    digests,
    expected_of,
    expected_summary,
    file_digests,
    make_stores,
    summary,
    unpack_golden,
)

Makes = Callable[[Path], None]
MAKERS: dict[str, Makes] = {
    "2.22": partial(unpack_golden, "mlflow_2_22"),
    "3.17": partial(unpack_golden, "mlflow_3_17"),
    "installed": make_stores,
}
if MLFLOW_2:
    MAKERS["installed 2"] = partial(make_stores, python=MLFLOW_2)
PARAMS = [
    pytest.param(name, marks=[pytest.mark.slow] if name.startswith("installed") else [])
    for name in MAKERS
]


@pytest.fixture(scope="module", params=PARAMS)
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file store and a database of one version of MLflow."""
    if request.param == "installed":
        pytest.importorskip("mlflow")
        pytest.importorskip("alembic")
    folder = tmp_path_factory.mktemp("mlflow") / "stores"
    MAKERS[request.param](folder)
    return folder


@pytest.fixture(params=READERS)
def store(request: pytest.FixtureRequest, stores: Path) -> Path:
    """Return the folder of one store."""
    return stores / str(request.param)


def read(store: Path) -> Source:
    """Return the reader of a store."""
    reader: Source = READERS[store.name](store)
    return reader


def versions(store: Path) -> dict[tuple[str, int], tuple[FoundVersion, dict[str, Any]]]:
    """Return each version of a store with the facts that MLflow returned, by name and number."""
    source, expected = read(store), expected_of(store)
    return {
        (model.name, version.number or 0): (
            version,
            expected[model.name]["versions"].get(str(version.number))
            or expected[model.name]["versions"][version.number],
        )
        for model in source.models()
        for version in source.versions(model.name)
    }


def test_every_model_and_version_is_found(store: Path) -> None:
    """The models, versions, aliases, descriptions and tags are as in MLflow's client."""
    source = read(store)
    found = {
        model.name: {
            "description": model.description,
            "tags": dict(model.tags),
            "aliases": {
                alias: version.number
                for version in source.versions(model.name)
                for alias in version.aliases
            },
            "versions": {str(version.number) for version in source.versions(model.name)},
        }
        for model in source.models()
    }
    expected = {
        name: {**model, "versions": set(model["versions"])}
        for name, model in expected_of(store).items()
    }
    assert found == expected
    assert sum(len(model["versions"]) for model in found.values()) == 6


def test_every_fact_of_a_version_is_read(store: Path) -> None:
    """Run, stage, metrics with their steps, NaN and infinity are as in MLflow's client."""
    for version, expected in versions(store).values():
        assert summary(version) == expected_summary(expected)
        assert version.created_at is not None
        assert round(version.created_at.timestamp() * 1000) == expected["created_ms"]


def test_parameters_and_tags_are_read(store: Path) -> None:
    """Each parameter and each tag of the version and of its run is there, once."""
    n_parameters = 0
    for version, expected in versions(store).values():
        run = expected["run"] or {"params": {}, "tags": {}}
        assert version.hyperparameters == {
            name: plain_value(text) for name, text in run["params"].items()
        }
        assert {
            key: value for key, value in version.tags.items() if not key.startswith("mlflow.")
        } == run["tags"] | expected["tags"]
        n_parameters += len(version.hyperparameters)
    assert n_parameters == 3 * 7


def test_every_byte_of_the_files_is_found(store: Path) -> None:
    """The files of a version are those that MLflow downloads, byte for byte."""
    n_files = 0
    for (name, number), (version, expected) in versions(store).items():
        assert file_digests(version) == (expected["files"] or {}), (name, number)
        n_files += len(file_digests(version))
    assert n_files >= 25


def test_files_of_the_run_are_beside_the_model(store: Path) -> None:
    """A table that the run logged beside the model is a file of the version."""
    version, expected = versions(store)["kepler rf", 3]
    assert file_digests(version, of_run=True) == {
        f"run_artifacts/tables/{name}": digest for name, digest in expected["run"]["files"].items()
    }


def test_the_schema_and_packages_are_read(store: Path) -> None:
    """Columns with their dtypes, packages and Python are read from the folder of the model."""
    version, _ = versions(store)["kepler rf", 1]
    assert version.feature_columns == ("period", "depth (ppm)", "n")
    assert dict(version.column_types) == {
        "period": "float64",
        "depth (ppm)": "float64",
        "n": "int64",
    }
    assert version.packages["numpy"] == "1.26.4"
    assert set(version.packages) == {"numpy", "scikit-learn"}
    assert version.python is not None
    assert version.python.count(".") == 2
    assert "input_example.json" in version.files
    assert version.algorithm == "LogisticRegression"


def test_missing_parts_are_reported(store: Path) -> None:
    """Prompts, deleted versions and runs, and files in a bucket are reported as lost."""
    source = read(store)
    models = {model.name: model for model in source.models()}
    assert {"1 prompt", "1 deleted experiment"} <= set(source.lost)
    assert models["kepler rf"].lost == ("1 deleted version",)
    found = versions(store)
    elsewhere, _ = found["elsewhere", 1]
    assert elsewhere.model_file is None
    assert elsewhere.lost == ("files in s3://bucket",)
    rule, _ = found["rule", 1]
    assert rule.model_file is None
    assert "python_model.pkl" in rule.files
    assert rule.tags["mlflow.run_deleted"] is True
    assert rule.lost == ("model objects of MLflow's python_function, which are kept as files",)


def test_a_registered_folder_of_another_program_moves(store: Path) -> None:
    """A folder below the store with a single model file is a version with this file."""
    version, _ = versions(store)["elsewhere", 2]
    assert version.model_file is not None
    assert version.model_file.path.read_bytes() == b"not a pickle, but bytes"
    assert version.lost == ()


def test_a_moved_store_is_read(stores: Path, tmp_path: Path) -> None:
    """A store that was copied to another place has the same versions from the new place."""
    for kind in READERS:
        moved = tmp_path / "other place" / kind
        shutil.copytree(stores / kind, moved)
        for version, _ in versions(moved).values():
            paths = [file.path for file in version.files.values()]
            paths += [version.model_file.path] if version.model_file else []
            assert all(path.is_relative_to(moved) for path in paths)
        assert {key: file_digests(version) for key, (version, _) in versions(moved).items()} == {
            key: file_digests(version) for key, (version, _) in versions(stores / kind).items()
        }


def test_reading_changes_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading adds no file to the store, changes none, and does not import MLflow."""
    monkeypatch.delitem(sys.modules, "mlflow", raising=False)
    before = digests(store)
    assert len(versions(store)) == 6
    assert digests(store) == before
    assert "mlflow" not in sys.modules


def test_the_kind_of_a_store_is_detected(stores: Path) -> None:
    """Each reader detects its own stores only, also by the folder of the project."""
    for kind, path in (
        ("files", stores / "files"),
        ("files", stores / "files" / "mlruns"),
        ("database", stores / "database"),
        ("database", stores / "database" / "mlflow.db"),
        ("database", stores / "database" / "mlruns"),
    ):
        detected = {name for name, reader in READERS.items() if reader.detects(path)}
        assert detected == {kind}, path
    assert not any(reader.detects(stores / "none") for reader in READERS.values())


def test_a_migrated_store_is_the_database(stores: Path, tmp_path: Path) -> None:
    """In a project with both stores, the database is read, and each can be named."""
    shutil.copytree(stores / "files", tmp_path, dirs_exist_ok=True)
    shutil.copy(stores / "database" / "mlflow.db", tmp_path)
    assert isinstance(open_source(tmp_path), MlflowDatabase)
    assert isinstance(open_source(tmp_path / "mlflow.db"), MlflowDatabase)
    assert isinstance(open_source(tmp_path / "mlruns"), MlflowFiles)
