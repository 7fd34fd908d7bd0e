"""Registries of this project's predecessor."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exo_nbregistry.errors import InvalidInputError, ModelNotFoundError
from exo_nbregistry.sources.found import FoundVersion
from exo_nbregistry.sources.json_index import JsonIndex
from tests.predecessor import register

FACTS = {
    "accuracy": 0.9,
    "precision": 0.8,
    "recall": 0.7,
    "f1_score": 0.75,
    "hyperparameters": {"C": 1.0, "penalty": "l2"},
    "feature_columns": ["period", "depth"],
    "training_samples": 70,
    "test_samples": 30,
    "class_distribution": {"CONFIRMED": 40, "FALSE POSITIVE": 60},
    "additional_metrics": {"roc_auc": 0.95, "confusion_matrix": [[20, 5], [1, 4]]},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the path of a folder."""
    return tmp_path / "models" / "registry"


def versions(root: Path, name: str = "rf") -> list[FoundVersion]:
    """Return the versions of a model."""
    return list(JsonIndex(root).versions(name))


def test_every_fact_of_a_version_arrives(root: Path) -> None:
    """Metrics, hyperparameters, columns, samples and the bytes are read."""
    model_id = register(root, {"a": 1}, "rf", 3, **FACTS)
    (found,) = versions(root)
    assert (found.source_id, found.number) == (f"json-index:{model_id}", 3)
    assert found.metrics == {
        **{"accuracy": 0.9, "precision": 0.8, "recall": 0.7, "f1_score": 0.75},
        "roc_auc": 0.95,
    }
    assert found.hyperparameters == {"C": 1.0, "penalty": "l2"}
    assert found.feature_columns == ("period", "depth")
    assert (found.training_samples, found.test_samples) == (70, 30)
    assert found.class_distribution == {"CONFIRMED": 40, "FALSE POSITIVE": 60}
    assert (found.algorithm, found.training_dataset) == ("LogisticRegression", "kepler")
    assert found.created_at == datetime(2024, 3, 1, 10, 15, 0, 123456).astimezone(UTC)
    assert found.tags == {
        "json_index.additional_metrics.confusion_matrix": [[20, 5], [1, 4]],
        "json_index.model_id": model_id,
        "json_index.created_at": found.created_at.isoformat(),
    }
    assert found.model_file is not None
    assert found.model_file.path == root / "models" / f"{model_id}.pkl"
    assert found.lost == ()


def test_versions_are_in_the_order_of_their_numbers(root: Path) -> None:
    """Ten versions of two models arrive once each, the tenth after the ninth."""
    for number in range(10, 0, -1):
        register(root, number, "rf", number)
    register(root, 0, "svm", 1)
    assert [model.name for model in JsonIndex(root).models()] == ["rf", "svm"]
    assert [version.number for version in versions(root)] == list(range(1, 11))


def test_a_number_that_was_given_twice_is_kept_once(root: Path) -> None:
    """The earlier version keeps it, and the later one gets a number when it moves in."""
    register(root, 1, "rf", 1, at="2024-03-02T10:00:00")
    register(root, 2, "rf", 1, at="2024-03-01T10:00:00")
    first, second = versions(root)
    assert (first.number, second.number) == (1, None)
    assert first.created_at < second.created_at


def test_metrics_of_zero_stay_and_are_noted(root: Path) -> None:
    """The predecessor wrote 0.0 for a metric that was not measured."""
    register(root, 1, "rf", 1, accuracy=0.9, f1_score=0.8)
    (found,) = versions(root)
    assert (found.metrics["recall"], found.training_samples) == (0.0, None)
    assert found.lost == ("whether 0.0 was measured (precision, recall)",)


@pytest.mark.parametrize("content", ["", '{"models": {"rf": [', "[]", None])
def test_metadata_replace_a_damaged_index(root: Path, content: str | None) -> None:
    """An empty, cut, foreign or missing index loses no version."""
    register(root, 1, "rf", 1, **FACTS)
    register(root, 2, "rf", 2, **FACTS)
    whole = versions(root)
    (root / "index.json").unlink()
    if content is not None:
        (root / "index.json").write_text(content)
    assert JsonIndex.detects(root)
    assert versions(root) == whole
    damaged = ("index.json (damaged; the files of metadata replace it)",)
    assert JsonIndex(root).lost == (() if content is None else damaged)


def test_a_version_that_the_index_forgot_arrives(root: Path) -> None:
    """Of two processes, the second to write the index removed the entry of the first."""
    register(root, 1, "rf", 1)
    before = (root / "index.json").read_bytes()
    register(root, 2, "rf", 2)
    (root / "index.json").write_bytes(before)
    assert [version.number for version in versions(root)] == [1, 2]


def test_damaged_metadata_leave_the_facts_of_the_index(root: Path) -> None:
    """Number, algorithm and two metrics are in the index as well."""
    model_id = register(root, 1, "rf", 1, **FACTS)
    (root / "metadata" / f"{model_id}.json").write_text('{"model_id": ')
    (found,) = versions(root)
    assert (found.number, found.metrics) == (1, {"accuracy": 0.9, "f1_score": 0.75})
    assert found.lost == ("the facts (its file of metadata is missing or damaged)",)
    assert JsonIndex(root).lost == (f"metadata/{model_id}.json (damaged)",)


def test_a_model_file_alone_arrives_by_its_name(root: Path) -> None:
    """Without index and metadata, the file name gives model, number and time."""
    register(root, 1, "kepler_rf", 4)
    (root / "index.json").write_text('{"models": {}, "latest_versions": {}}')
    next((root / "metadata").glob("*.json")).unlink()
    (found,) = versions(root, "kepler_rf")
    assert found.number == 4
    assert found.created_at == datetime(2024, 3, 1, 10, 15).astimezone(UTC)


def test_a_missing_model_file_is_lost(root: Path) -> None:
    """The facts arrive without the model."""
    model_id = register(root, 1, "rf", 1, **FACTS)
    (root / "models" / f"{model_id}.pkl").unlink()
    (found,) = versions(root)
    assert (found.model_file, found.lost) == (None, ("the model (its file is missing)",))
    assert found.metrics["accuracy"] == 0.9


@pytest.mark.parametrize(
    "recorded",
    [
        "/old/machine/models/registry/models/mine.pkl",
        "C:\\old\\models\\mine.pkl",
        "models/mine.pkl",
    ],
)
def test_a_stale_path_is_found_by_its_end(root: Path, recorded: str) -> None:
    """A recorded path of another machine or current folder leads to the file in the folder."""
    model_id = register(root, 1, "rf", 1, model_path=recorded)
    (root / "models" / f"{model_id}.pkl").rename(root / "models" / "mine.pkl")
    (found,) = versions(root)
    assert found.model_file is not None
    assert found.model_file.path.name == "mine.pkl"
    assert [model.name for model in JsonIndex(root).models()] == ["rf"]


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "..\\outside"])
def test_no_id_or_path_leads_out_of_the_folder(root: Path, name: str) -> None:
    """A hostile id, a hostile path and a link to a file outside give no model."""
    outside = root.parent / "outside.pkl"
    model_id = register(root, 1, "rf", 1, model_path=f"{name}.pkl")
    path = root / "models" / f"{model_id}.pkl"
    path.rename(outside)
    path.symlink_to(outside)
    metadata = root / "metadata" / f"{model_id}.json"
    facts = json.loads(metadata.read_text())
    (root / "metadata" / "other.json").write_text(json.dumps({**facts, "model_id": name}))
    assert [version.model_file for version in versions(root)] == [None, None]


def test_nothing_is_unpickled(root: Path, tmp_path: Path) -> None:
    """A pickle that would create a file does not create it."""
    model_id = register(root, 1, "rf", 1)
    hostile = (
        b"cpathlib\nPath.touch\n(cpathlib\nPath\n(V" + str(tmp_path / "ran").encode() + b"\ntRtR."
    )
    (root / "models" / f"{model_id}.pkl").write_bytes(hostile)
    assert len(versions(root)) == 1
    assert not (tmp_path / "ran").exists()
    pickle.loads(b"cpathlib\nPath\n(V" + str(tmp_path / "ran").encode() + b"\ntR.").touch()
    assert (tmp_path / "ran").exists()


def test_other_folders_are_not_recognized(root: Path, tmp_path: Path) -> None:
    """An empty folder, a file and a folder with another index are not a registry."""
    register(root, 1, "rf", 1)
    assert JsonIndex.detects(root)
    assert not JsonIndex.detects(tmp_path)
    assert not JsonIndex.detects(root / "index.json")
    (tmp_path / "index.json").write_text('{"models": ["a"], "files": {}}')
    assert not JsonIndex.detects(tmp_path)
    (tmp_path / "index.json").unlink()
    with pytest.raises(InvalidInputError, match="has no models"):
        JsonIndex(tmp_path)


def test_an_unknown_model_is_an_error_with_a_suggestion(root: Path) -> None:
    """A misspelled name suggests the right one."""
    register(root, 1, "kepler", 1)
    with pytest.raises(ModelNotFoundError, match="Did you mean kepler"):
        next(JsonIndex(root).versions("keplr"))
