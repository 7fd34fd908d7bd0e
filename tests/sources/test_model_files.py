"""A folder of model files as models with versions."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression, Ridge

from exo_nbregistry.errors import InvalidInputError, StoreError
from exo_nbregistry.sources.found import FoundVersion
from exo_nbregistry.sources.model_files import ModelFiles

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]


def fitted(c: float = 1.0) -> LogisticRegression:
    """Fit a model whose bytes depend on a parameter."""
    return LogisticRegression(C=c).fit(X, Y)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three versions of rf, one of ridge, and files that are not models."""
    folder = tmp_path / "old"
    folder.mkdir()
    joblib.dump(fitted(1), folder / "rf_v1.joblib")
    joblib.dump(fitted(2), folder / "rf_v2_2024.pkl", compress=3)
    (folder / "rf_final.pickle").write_bytes(pickle.dumps(fitted(3)))
    skops.io.dump(Ridge().fit(X, Y), folder / "ridge-2024-03-01.skops")
    pd.DataFrame(X).to_pickle(folder / "rows.pkl")
    (folder / "notes.pkl").write_text("not a pickle")
    (folder / "empty.pkl").touch()
    (folder / "link.pkl").symlink_to(folder / "rf_v1.joblib")
    (folder / "readme.txt").write_text("old models")
    return folder


def everything(source: ModelFiles) -> dict[str, list[FoundVersion]]:
    """Return all versions by model."""
    return {model.name: list(source.versions(model.name)) for model in source.models()}


def test_files_are_versions_of_models(folder: Path) -> None:
    """Each model file is a version with its number, class, size and time."""
    found = everything(ModelFiles(folder))
    assert [*found] == ["rf", "ridge"]
    assert [(v.number, v.algorithm, v.tags["file.name"]) for v in found["rf"]] == [
        (1, "LogisticRegression", "rf_v1.joblib"),
        (2, "LogisticRegression", "rf_v2_2024.pkl"),
        (None, "LogisticRegression", "rf_final.pickle"),
    ]
    first, second, last = found["rf"]
    assert first.model_file is not None
    assert first.model_file.path == folder / "rf_v1.joblib"
    assert first.model_file.size_bytes == (folder / "rf_v1.joblib").stat().st_size
    assert second.tags["file.compression"] == "zlib"
    assert second.created_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert last.tags["file.label"] == "final"
    assert found["ridge"][0].algorithm == "Ridge"


def test_the_time_of_a_file_without_a_date_is_its_last_change(folder: Path) -> None:
    """The time of the last change is the time of the version, and always a tag."""
    os.utime(folder / "rf_v1.joblib", (1_700_000_000, 1_700_000_000))
    first = everything(ModelFiles(folder))["rf"][0]
    assert first.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert first.tags["file.modified_at"] == "2023-11-14T22:13:20Z"


def test_files_that_are_not_models_are_reported(folder: Path) -> None:
    """Data, damaged and empty files and links are named, each with the reason."""
    assert sorted(ModelFiles(folder).lost) == [
        "1 file (data and not a model): rows.pkl",
        "1 file (empty): empty.pkl",
        "1 file (not a complete pickle or skops file): notes.pkl",
        "1 link (not followed): link.pkl",
    ]


def test_the_proposal_names_each_file(folder: Path) -> None:
    """The model shows its files and their numbers, oldest first."""
    rf = next(ModelFiles(folder).models())
    assert rf.proposal == (("rf_v1.joblib", 1), ("rf_v2_2024.pkl", 2), ("rf_final.pickle", None))


def test_the_proposal_can_be_corrected(folder: Path) -> None:
    """A user gives a file another model and version, or leaves it out; data can be moved too."""
    names = {"rf_final*": ("forest", 9), "ridge*": None, "rows.pkl": "rows"}
    found = everything(ModelFiles(folder, names=names))
    assert {name: [v.number for v in versions] for name, versions in found.items()} == {
        "forest": [9],
        "rf": [1, 2],
        "rows": [None],
    }


def test_the_same_content_is_one_version(folder: Path) -> None:
    """A copy with another name is a tag of the file that has a version."""
    (folder / "a").mkdir()
    shutil.copy(folder / "rf_v2_2024.pkl", folder / "champion.pkl")
    shutil.copy(folder / "rf_v2_2024.pkl", folder / "a/rf.pkl")
    found = everything(ModelFiles(folder))
    assert [*found] == ["rf", "ridge"]
    assert found["rf"][1].tags["file.same_content"] == "champion.pkl, a/rf.pkl"
    assert "file.same_content" not in found["rf"][0].tags


def test_copies_that_the_user_names_are_versions(folder: Path) -> None:
    """A copy is a version of its own if the user gives it a model."""
    shutil.copy(folder / "rf_v2_2024.pkl", folder / "champion.pkl")
    found = everything(ModelFiles(folder, names={"champion.pkl": "champion"}))
    assert [*found] == ["champion", "rf", "ridge"]


def test_ids_depend_only_on_the_content(folder: Path) -> None:
    """A file that is renamed or moved has the same id, and one that changes has another."""
    before = [version.source_id for version in everything(ModelFiles(folder))["rf"]]
    digest = hashlib.sha256((folder / "rf_v1.joblib").read_bytes()).hexdigest()
    assert before[0] == f"file:{digest[:16]}"
    (folder / "models").mkdir()
    (folder / "rf_v1.joblib").rename(folder / "models/rf_v1.pkl")
    assert [version.source_id for version in everything(ModelFiles(folder))["rf"]] == before
    joblib.dump(fitted(7), folder / "models/rf_v1.pkl")
    after = [version.source_id for version in everything(ModelFiles(folder))["rf"]]
    assert (after[0] != before[0], after[1:]) == (True, before[1:])


def test_files_beside_a_model_have_its_facts(folder: Path) -> None:
    """Files named after the model have its facts and are kept; facts have precedence over names."""
    joblib.dump(fitted(4), folder / "rf_v4_acc0.91.joblib")
    (folder / "rf_v4_acc0.91.json").write_text('{"accuracy": 0.9123, "params": {"C": 4}}')
    (folder / "rf_v4_acc0.91_metrics.json").write_text('{"purity": 0.5}')
    (folder / "metrics.json").write_text('{"f1": 0.1}')
    versions = everything(ModelFiles(folder))["rf"]
    assert versions[2].metrics == {"accuracy": 0.9123, "purity": 0.5}
    assert versions[2].hyperparameters == {"C": 4}
    assert sorted(versions[2].files) == ["rf_v4_acc0.91.json", "rf_v4_acc0.91_metrics.json"]
    assert versions[0].metrics == {}
    assert versions[0].files == {}


def test_files_of_a_folder_with_one_model_have_its_facts(tmp_path: Path) -> None:
    """General names such as metrics.json belong to the only model of their folder."""
    for number, value in ((1, 0.5), (2, 0.75)):
        folder = tmp_path / f"kepler/v{number}"
        folder.mkdir(parents=True)
        joblib.dump(fitted(number), folder / "model.pkl")
        (folder / "metrics.json").write_text(json.dumps({"f1": value}))
        (folder / "requirements.txt").write_text("scikit-learn==1.7.0\n")
    versions = everything(ModelFiles(tmp_path))["kepler"]
    assert [(v.number, v.metrics["f1_score"]) for v in versions] == [(1, 0.5), (2, 0.75)]
    assert versions[0].packages == {"scikit-learn": "1.7.0"}


def test_arrays_in_files_of_their_own_are_kept(folder: Path) -> None:
    """The arrays of an old joblib file are kept beside it, and reported."""
    (folder / "rf_v1.joblib_01.npy").write_bytes(b"array")
    first = everything(ModelFiles(folder))["rf"][0]
    assert [*first.files] == ["rf_v1.joblib_01.npy"]
    assert "arrays" in first.lost[0]


def test_a_single_file_is_one_version(folder: Path) -> None:
    """The path of a file moves only this file, with the facts beside it."""
    (folder / "rf_v1.json").write_text('{"accuracy": 0.5}')
    found = everything(ModelFiles(folder / "rf_v1.joblib"))
    assert [(v.number, v.metrics) for v in found["rf"]] == [(1, {"accuracy": 0.5})]
    assert [*found] == ["rf"]


def test_only_folders_with_model_files_are_recognized(folder: Path, tmp_path: Path) -> None:
    """A folder below or a file with a model is recognized; a registry and other paths are not."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other/a.csv").touch()
    registry = tmp_path / "registry"
    shutil.copytree(folder, registry)
    (registry / "nbregistry.json").touch()
    paths = [folder, tmp_path, folder / "rf_v1.joblib", folder / "readme.txt"]
    assert [ModelFiles.detects(path) for path in paths] == [True, True, True, False]
    assert [ModelFiles.detects(tmp_path / name) for name in ("other", "registry", "x")] == [
        False
    ] * 3


def test_paths_that_cannot_be_read_are_refused(folder: Path, tmp_path: Path) -> None:
    """A missing path and a registry are errors that name the next step."""
    with pytest.raises(InvalidInputError, match="does not exist"):
        ModelFiles(tmp_path / "missing")
    (folder / "nbregistry.json").touch()
    with pytest.raises(InvalidInputError, match="exo-nbregistry copy"):
        ModelFiles(folder)


def test_a_file_that_was_removed_is_an_error(folder: Path) -> None:
    """A file that is removed after the listing raises StoreError with its name."""
    source = ModelFiles(folder)
    (folder / "ridge-2024-03-01.skops").unlink()
    with pytest.raises(StoreError, match=r"ridge-2024-03-01\.skops"):
        list(source.versions("ridge"))


def test_a_file_that_changes_has_another_id(folder: Path) -> None:
    """A file that is written again after the listing has the id of its new content."""
    source = ModelFiles(folder)
    before = [version.source_id for version in source.versions("rf")]
    joblib.dump(fitted(8), folder / "rf_v1.joblib")
    after = [version.source_id for version in source.versions("rf")]
    digest = hashlib.sha256((folder / "rf_v1.joblib").read_bytes()).hexdigest()
    assert (after[0], after[1:]) == (f"file:{digest[:16]}", before[1:])


class Attack:
    """An object whose loading creates a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        """Open the file for writing."""
        return open, (str(self.target), "w")


def test_nothing_is_unpickled_or_changed(folder: Path, tmp_path: Path) -> None:
    """Reading a folder runs no code of its files, and leaves all files unchanged."""
    data = pickle.dumps(Attack(tmp_path / "victim"))
    (folder / "attack_v1.pkl").write_bytes(data)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    found = everything(ModelFiles(folder, names={"attack*": "attack"}))
    assert found["attack"][0].number == 1
    assert not (tmp_path / "victim").exists()
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()} == before
