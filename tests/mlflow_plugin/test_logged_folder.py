"""Tests of the folders that MLflow wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from exo_nbregistry.mlflow_plugin.logged_folder import kept_files, read_logged_folder
from tests.mlflow_plugin.test_registry_store import refused


@pytest.mark.parametrize("text", [None, "flavors: [1]", "- 1", "{", "\xff"])
def test_a_folder_without_a_valid_mlmodel_is_refused(tmp_path: Path, text: str | None) -> None:
    """A folder that MLflow did not write is an invalid parameter."""
    if text is not None:
        (tmp_path / "MLmodel").write_text(text, "latin-1")
    with refused("INVALID_PARAMETER_VALUE", "MLmodel"):
        read_logged_folder(tmp_path)


def test_a_model_file_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    """A path that leaves the folder does not name the model."""
    (tmp_path / "MLmodel").write_text("flavors: {sklearn: {pickled_model: ../../model.pkl}}")
    assert read_logged_folder(tmp_path).sklearn_file is None


def test_links_and_the_model_are_not_kept(logged: Path, tmp_path: Path) -> None:
    """The attachment has regular files only, without the model, which the version has."""
    folder = tmp_path / "model"
    folder.mkdir()
    for path in logged.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "secret").symlink_to(tmp_path.parent)
    (folder / "registered_model_meta").write_text("model_name: old")
    with kept_files(read_logged_folder(folder)) as kept:
        names = {path.name for path in kept.iterdir()}
    assert names == {path.name for path in logged.iterdir()} - {"model.pkl"}
    assert not kept.exists()


def test_columns_are_those_of_a_table(model: Any, tmp_path: Path) -> None:
    """A signature of a table has columns, and one of an array has none."""
    import mlflow.sklearn
    from mlflow.models import infer_signature

    table = pd.DataFrame({"period": [1.0], "depth": [2.0]})
    for data, columns in ((table, ["period", "depth"]), (table.to_numpy(), None)):
        folder = tmp_path / str(columns)
        mlflow.sklearn.save_model(
            model,
            str(folder),
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
            signature=infer_signature(data),
        )
        assert read_logged_folder(folder).columns == columns
