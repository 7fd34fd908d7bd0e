"""Folders with a model of MLflow, also of other programs and damaged ones."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from exo_nbregistry.sources.mlflow_model import read_model_folder


def folder(path: Path, document: Any, **files: str) -> Path:
    """Write a folder with an MLmodel and other files."""
    path.mkdir(exist_ok=True)
    (path / "MLmodel").write_text(document if isinstance(document, str) else yaml.dump(document))
    for name, text in files.items():
        (path / name.replace("__", ".")).write_text(text)
    return path


def sklearn(name: str = "model.pkl", **more: Any) -> dict[str, Any]:
    """Return an MLmodel of scikit-learn."""
    return {"flavors": {"sklearn": {"pickled_model": name, **more}}}


def test_the_model_file_is_the_one_that_the_flavor_names(tmp_path: Path) -> None:
    """The pickle of the sklearn flavor is the model, and the other files stay files."""
    path = folder(tmp_path, sklearn(), model__pkl="bytes", other__pkl="more", notes__txt="text")
    found = read_model_folder(path)
    assert found.model_file is not None
    assert found.model_file.path == tmp_path / "model.pkl"
    assert list(found.files) == ["MLmodel", "notes.txt", "other.pkl"]
    assert found.lost == ()


@pytest.mark.parametrize("name", ["../secret.pkl", "/etc/passwd", "missing.pkl", 3, ["model.pkl"]])
def test_a_model_file_outside_the_folder_is_not_read(tmp_path: Path, name: Any) -> None:
    """A name that is not a file of the folder is not followed."""
    (tmp_path / "secret.pkl").write_text("private")
    found = read_model_folder(folder(tmp_path / "model", sklearn(name)))
    assert found.model_file is None
    assert found.lost == ("model objects of MLflow's sklearn, which are kept as files",)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link in a folder is reported, also as the model file and as a folder."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("private")
    path = folder(tmp_path / "model", sklearn())
    os.symlink(secret / "key", path / "model.pkl")
    os.symlink(secret, path / "data")
    found = read_model_folder(path)
    assert list(found.files) == ["MLmodel"]
    assert found.model_file is None
    assert "links in folders of models, which are not followed" in found.lost


def test_other_flavors_are_kept_as_files(tmp_path: Path) -> None:
    """A model that is not a pickle has no model file; its class is known."""
    flavor = {"data": "model.ubj", "model_class": "xgboost.sklearn.XGBClassifier"}
    document = {"flavors": {"xgboost": flavor, "python_function": {"python_version": "3.12.1"}}}
    found = read_model_folder(folder(tmp_path, document, model__ubj="bytes"))
    assert found.model_file is None
    assert (found.algorithm, found.python) == ("XGBClassifier", "3.12.1")
    assert found.lost == ("model objects of MLflow's xgboost, which are kept as files",)


def test_own_code_is_reported(tmp_path: Path) -> None:
    """A model that imports code of its folder is a model whose import path is lost."""
    found = read_model_folder(folder(tmp_path, sklearn(code="code"), model__pkl="bytes"))
    assert found.lost == ("import paths of code in folders of models, which is kept as files",)


@pytest.mark.parametrize(
    "text", ["flavors: [", "!!python/object:os.system {}", "- a list", "", "flavors: 3", "\0"]
)
def test_a_damaged_mlmodel_keeps_the_files(tmp_path: Path, text: str) -> None:
    """The files of a folder move although its MLmodel is damaged, and no object is made from it."""
    found = read_model_folder(folder(tmp_path, text, model__pkl="bytes"))
    assert found.model_file is not None
    assert list(found.files) == ["MLmodel"]
    assert all("MLmodel" in reason for reason in found.lost)


def test_columns_have_the_dtypes_of_their_types(tmp_path: Path) -> None:
    """Types of MLflow are dtypes of NumPy; a column of an unknown type has a name only."""
    inputs = [{"name": kind, "type": kind} for kind in ("long", "double", "string", "boolean")]
    inputs += [{"name": "when", "type": "datetime"}, {"name": "items", "type": "array"}]
    inputs += [
        {"name": "image", "type": "tensor", "tensor-spec": {"dtype": "uint8"}},
        {"type": "x"},
    ]
    document = sklearn() | {"signature": {"inputs": json.dumps(inputs)}}
    found = read_model_folder(folder(tmp_path, document, model__pkl=""))
    assert found.feature_columns == (
        *("long", "double", "string", "boolean", "when", "items", "image"),
    )
    assert dict(found.column_types) == {
        "long": "int64",
        "double": "float64",
        "string": "object",
        "boolean": "bool",
        "when": "datetime64[ns]",
        "image": "uint8",
    }


@pytest.mark.parametrize("inputs", ["{", "3", "[3, null]", "[" * 100_000, None, {"a": 1}])
def test_a_damaged_schema_has_no_columns(tmp_path: Path, inputs: Any) -> None:
    """A schema that is not a list of columns gives none."""
    document = sklearn() | {"signature": {"inputs": inputs}}
    assert read_model_folder(folder(tmp_path, document, model__pkl="")).feature_columns == ()


def test_packages_are_read_from_requirements(tmp_path: Path) -> None:
    """Pinned packages count, without MLflow; the flavor names the version of scikit-learn."""
    text = (
        "mlflow==3.1\nSciPy==1.14 ; python_version > '3'\npandas[all]==2.2\nnumpy>=1\n-r x\n# a==1"
    )
    found = read_model_folder(
        folder(tmp_path, sklearn(sklearn_version="1.7.2"), model__pkl="", requirements__txt=text)
    )
    assert found.packages == {"pandas": "2.2", "scikit-learn": "1.7.2", "scipy": "1.14"}


def test_packages_of_old_models_are_read_from_conda(tmp_path: Path) -> None:
    """A folder without requirements.txt has its packages in conda.yaml."""
    conda = "dependencies:\n- python=3.8\n- pip:\n  - mlflow==1.2\n  - scikit-learn==0.22\n"
    env = "python: 3.8.1\nbuild_dependencies: []\n"
    path = folder(tmp_path, sklearn(), model__pkl="", conda__yaml=conda, python_env__yaml=env)
    found = read_model_folder(path)
    assert (found.packages, found.python) == ({"scikit-learn": "0.22"}, "3.8.1")


def test_a_single_file_is_a_model_or_a_file(tmp_path: Path) -> None:
    """A version can be a file: a pickle is the model, another file is kept."""
    for name in ("model.skops", "weights.bin"):
        (tmp_path / name).write_bytes(b"bytes")
    found = read_model_folder(tmp_path / "model.skops")
    assert found.model_file is not None
    assert found.model_file.size_bytes == 5
    found = read_model_folder(tmp_path / "weights.bin")
    assert (found.model_file, list(found.files)) == (None, ["weights.bin"])
    assert found.lost == ("a model object: weights.bin is kept as a file",)


def test_several_pickles_without_mlmodel_are_files(tmp_path: Path) -> None:
    """If a folder of another program has two pickles, neither is taken for the model."""
    for name in ("a.pkl", "b.pkl"):
        (tmp_path / name).write_bytes(b"bytes")
    found = read_model_folder(tmp_path)
    assert (found.model_file, list(found.files)) == (None, ["a.pkl", "b.pkl"])
