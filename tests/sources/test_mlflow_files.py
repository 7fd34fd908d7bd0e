"""The file store of MLflow: damaged parts do not stop the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exo_nbregistry.sources.found import FoundModel, FoundVersion
from exo_nbregistry.sources.mlflow_files import MlflowFiles
from tests.sources.mlflow_stores import unpack_golden

MODEL = "kepler rf"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the file store of MLflow 2.22."""
    unpack_golden("mlflow_2_22", tmp_path, "files")
    return tmp_path / "files" / "mlruns"


def model_of(root: Path, name: str = MODEL) -> FoundModel:
    """Return a model of a store."""
    (model,) = (model for model in MlflowFiles(root).models() if model.name == name)
    return model


def version_of(root: Path, number: int, name: str = MODEL) -> FoundVersion:
    """Return a version of a store."""
    versions = MlflowFiles(root).versions(name)
    (version,) = (version for version in versions if version.number == number)
    return version


def run_folder(root: Path, number: int) -> Path:
    """Return the folder of the run of a version."""
    return root / "0" / str(version_of(root, number).tags["mlflow.run_id"])


@pytest.mark.parametrize("text", ["", "- a list", "name: [", "!!python/name:os.system"])
def test_a_damaged_version_is_reported(root: Path, text: str) -> None:
    """The other versions move if the meta.yaml of one is damaged."""
    (root / "models" / MODEL / "version-1" / "meta.yaml").write_text(text)
    (reason,) = (reason for reason in model_of(root).lost if "deleted" not in reason)
    assert reason.startswith("version-1: its meta.yaml")
    assert [version.number for version in MlflowFiles(root).versions(MODEL)] == [3]


def test_a_version_without_meta_is_reported(root: Path) -> None:
    """A folder of a version without meta.yaml is reported, and so is a model without one."""
    (root / "models" / MODEL / "version-1" / "meta.yaml").unlink()
    (root / "models" / "rule" / "meta.yaml").unlink()
    assert "version-1: it has no file meta.yaml" in model_of(root).lost
    assert model_of(root, "rule").lost == ("model rule: it has no file meta.yaml",)
    assert len(list(MlflowFiles(root).versions("rule"))) == 1


def test_damaged_metrics_are_reported(root: Path) -> None:
    """The readable lines of a metric count, and the number of damaged lines is reported."""
    metric = run_folder(root, 3) / "metrics" / "loss"
    metric.write_text(metric.read_text() + "1 nothing 2\n\n12\n1700000000000 0.01\n")
    version = version_of(root, 3)
    assert "2 damaged lines of the metric loss" in version.lost
    assert len(version.metric_history["loss"]) == 7
    assert version.metrics["loss"] == pytest.approx(1 / 8)


def test_a_damaged_run_keeps_the_version(root: Path) -> None:
    """A run whose meta.yaml is damaged still has its parameters, metrics and files."""
    run = run_folder(root, 3)
    (run / "meta.yaml").write_text("[")
    version = version_of(root, 3)
    assert version.hyperparameters["C"] == 10.0
    assert version.model_file is not None
    assert any(reason.startswith(f"run {run.name}: its meta.yaml") for reason in version.lost)


def test_a_missing_run_is_reported(root: Path) -> None:
    """A version whose run and files were removed moves with its own facts."""
    run = run_folder(root, 3)
    run.rename(root.parent / "elsewhere")
    meta = root / "models" / MODEL / "version-3" / "meta.yaml"
    meta.write_text(meta.read_text().replace("/tmp/work/", "/not/here/"))
    version = version_of(root, 3)
    assert version.aliases == ("champion", "shadow")
    assert version.model_file is None
    assert version.lost[0] == "facts of runs that are not in the store"
    assert version.lost[1].startswith("files that do not exist: /not/here/")


def test_a_run_of_a_deleted_experiment_is_found(root: Path) -> None:
    """The run and the files of a version are found in the trash."""
    (root / ".trash").mkdir(exist_ok=True)
    (root / "0").rename(root / ".trash" / "0")
    version = version_of(root, 3)
    assert version.model_file is not None
    assert version.tags["mlflow.run_deleted"] is True
    assert "2 deleted experiments" in MlflowFiles(root).lost


def test_large_files_of_a_run_stay(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files beside the model that are too large together are reported, and the model moves."""
    with open(run_folder(root, 3) / "artifacts" / "checkpoint", "wb") as file:
        file.truncate((32 << 20) + 1)
    version = version_of(root, 3)
    assert version.model_file is not None
    assert not any(name.startswith("run_artifacts/") for name in version.files)
    assert version.lost == ("files beside the model of runs with more than 32 MiB",)


def test_other_models_of_the_run_are_not_its_files(root: Path) -> None:
    """Another model of the same run belongs to its own version."""
    other = run_folder(root, 3) / "artifacts" / "second"
    other.mkdir()
    (other / "MLmodel").write_text("flavors: {}")
    version = version_of(root, 3)
    assert [name for name in version.files if name.startswith("run_artifacts")] == [
        "run_artifacts/tables/residuals.csv"
    ]


def test_a_link_to_another_folder_is_not_a_part_of_the_store(root: Path, tmp_path: Path) -> None:
    """Links in place of a model, a version or a run are not followed."""
    os.symlink(root / "models" / MODEL, root / "models" / "linked")
    os.symlink(root / "models" / MODEL / "version-1", root / "models" / MODEL / "version-9")
    names = [model.name for model in MlflowFiles(root).models()]
    assert names == ["copy of kepler", "elsewhere", MODEL, "rule"]
    assert [version.number for version in MlflowFiles(root).versions(MODEL)] == [1, 3]


@pytest.mark.parametrize("run_id", ["..", "../../secret", "", "."])
def test_a_run_id_is_a_name(root: Path, run_id: str) -> None:
    """A run id with the path of another folder has no location."""
    assert MlflowFiles(root).run_location(run_id) is None


def test_traces_are_counted(root: Path) -> None:
    """Traces of an experiment are reported."""
    for name in ("tr-1", "tr-2"):
        (root / "0" / "traces" / name).mkdir(parents=True)
    assert "2 traces" in MlflowFiles(root).lost


def test_an_unknown_model_has_no_versions(root: Path) -> None:
    """A model that the store does not have gives no versions and no location."""
    assert list(MlflowFiles(root).versions("unknown")) == []
    assert MlflowFiles(root).version_location("unknown", "1") is None


def test_a_renamed_folder_is_found_by_the_name_in_it(root: Path) -> None:
    """A model keeps its name if its folder was renamed by hand."""
    (root / "models" / MODEL).rename(root / "models" / "renamed")
    assert [version.number for version in MlflowFiles(root).versions(MODEL)] == [1, 3]
