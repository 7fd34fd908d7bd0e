"""Artifact URIs of MLflow are found, and lead out of the store only to models."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exo_nbregistry.sources.mlflow_uri import Locator, model_id_of

RUN, MODEL = "0" * 31 + "a", "m-" + "0" * 31 + "b"


class Locations:
    """The locations of a small store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run_location(self, run_id: str) -> str | None:
        """Return the artifacts of the only run."""
        return str(self.root / "1" / RUN / "artifacts") if run_id == RUN else None

    def logged_model_location(self, model_id: str) -> str | None:
        """Return the artifacts of the only logged model."""
        return str(self.root / "1" / "models" / MODEL / "artifacts") if model_id == MODEL else None

    def version_location(self, name: str, number_or_alias: str) -> str | None:
        """Return the versions: the first refers to itself."""
        places = {"1": "models:/rf/1", "2": f"runs:/{RUN}/model", "champion": "models:/rf/2"}
        return places.get(number_or_alias) if name == "rf" else None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a store with a run, a logged model and artifacts of a server."""
    root = tmp_path / "project" / "mlruns"
    for folder in (
        root / "1" / RUN / "artifacts" / "model",
        root / "1" / RUN / "artifacts" / "my model%20",
        root / "1" / "models" / MODEL / "artifacts",
        root.parent / "mlartifacts" / "1" / RUN / "artifacts" / "served",
        root.parent / "notes",
    ):
        folder.mkdir(parents=True)
    return root


@pytest.fixture
def locator(root: Path) -> Locator:
    """Return the locator of the store."""
    return Locator(root, Locations(root))


@pytest.mark.parametrize(
    "uri",
    [
        "{root}/1/{run}/artifacts/model",
        "file://{root}/1/{run}/artifacts/model",
        "file:{root}/1/{run}/artifacts/model",
        "mlruns/1/{run}/artifacts/model",
        "./mlruns/1/{run}/artifacts/model",
        "runs:/{run}/model",
        "models:/rf/2",
        "models:/rf@champion",
        "/home/ada/old/mlruns/1/{run}/artifacts/model",
        "/mnt/renamed/1/{run}/artifacts/model/",
        r"C:\Users\ada\mlruns\1\{run}\artifacts\model",
        "file:///C:/Users/ada/mlruns/1/{run}/artifacts/model",
        "s3://bucket/mlflow/1/{run}/artifacts/model",
        "mlflow-artifacts:/1/{run}/artifacts/model",
        "mlflow-artifacts://host:5000/1/{run}/artifacts/model",
    ],
)
def test_all_forms_of_a_location_are_found(locator: Locator, root: Path, uri: str) -> None:
    """Absolute, relative, stale and Windows paths and the schemes of MLflow lead to the folder."""
    found, reason = locator.find(uri.format(root=root, run=RUN))
    assert (found, reason) == (root / "1" / RUN / "artifacts" / "model", "")


def test_other_folders_of_the_store_are_found(locator: Locator, root: Path) -> None:
    """Logged models, artifacts of a server, and encoded names are found."""
    found, _ = locator.find(f"models:/{MODEL}")
    assert found == root / "1" / "models" / MODEL / "artifacts"
    found, _ = locator.find(f"mlflow-artifacts:/1/{RUN}/artifacts/served")
    assert found == root.parent / "mlartifacts" / "1" / RUN / "artifacts" / "served"
    # A URI is encoded, a path is not.
    expected = root / "1" / RUN / "artifacts" / "my model%20"
    assert locator.find(f"file://{root}/1/{RUN}/artifacts/my%20model%2520")[0] == expected
    assert locator.find(f"{root}/1/{RUN}/artifacts/my model%20")[0] == expected


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("s3://bucket/1/model", "files in s3://bucket"),
        ("dbfs:/models/1", "files in dbfs://"),
        ("models:/rf/1", "files of models:/rf/1, which is not in the store"),
        ("models:/rf/9", "files of models:/rf/9, which is not in the store"),
        ("runs:/unknown/model", "files of runs:/unknown/model, which is not in the store"),
        ("/home/ada/none", "files that do not exist: /home/ada/none"),
        ("", "files that do not exist: "),
        ("/a\0b", "files that do not exist: /a\0b"),
    ],
)
def test_a_missing_location_has_a_reason(locator: Locator, uri: str, reason: str) -> None:
    """A bucket, a circle, an unknown name and a missing folder are reported."""
    assert locator.find(uri) == (None, reason)


def test_a_folder_outside_must_be_a_model(locator: Locator, root: Path, tmp_path: Path) -> None:
    """A URI of a foreign store cannot make another folder of the user move in."""
    for private in (root.parent / "notes", tmp_path / "home" / ".ssh"):
        private.mkdir(parents=True, exist_ok=True)
        assert locator.find(str(private))[1].startswith("files outside the store")
        link = root / "1" / RUN / "artifacts" / f"link to {private.name}"
        os.symlink(private, link)
        assert locator.find(str(link))[0] is None
        assert locator.find(f"{root}/1/{RUN}/../../../{private.name}")[0] is None
        os.symlink(root / "any", private / "MLmodel")
        assert locator.find(str(private))[0] is None
        (private / "MLmodel").unlink()
        (private / "MLmodel").write_text("flavors: {}")
        assert locator.find(str(private))[0] == private


def test_the_copy_has_precedence(locator: Locator, root: Path, tmp_path: Path) -> None:
    """The files of a copied store are read from the copy, although the original exists."""
    original = tmp_path / "original" / "mlruns" / "1" / RUN / "artifacts" / "model"
    original.mkdir(parents=True)
    (original / "MLmodel").write_text("flavors: {}")
    found, _ = locator.find(str(original))
    assert found == root / "1" / RUN / "artifacts" / "model"


def test_the_id_of_a_logged_model_is_read_from_a_uri() -> None:
    """The first URI that has the id of a logged model gives it."""
    assert model_id_of(None, "runs:/x", f"/mlruns/0/models/{MODEL}/artifacts") == MODEL
    assert model_id_of("models:/rf/1") is None
