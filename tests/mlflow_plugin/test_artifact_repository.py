"""Tests of the artifact repository: a contract over each abstract method, and what it refuses."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repo import ArtifactRepository

from exo_nbregistry import ModelRegistry
from exo_nbregistry.errors import IntegrityError, UntrustedModelError
from exo_nbregistry.mlflow_plugin.artifact_repository import NbregistryArtifactRepository
from exo_nbregistry.mlflow_plugin.registry_store import NbregistryStore
from exo_nbregistry.signing.keyring import Keyring
from tests.mlflow_plugin.test_registry_store import refused
from tests.mlflow_plugin.test_rendered_folder import Shout, flip_bytes

ROWS = np.arange(6.0).reshape(2, 3)


@pytest.fixture
def version(store: Any, logged: Path) -> str:
    """Register a version, and return the URI of its files."""
    store.create_registered_model("kepler_rf")
    store.create_model_version("kepler_rf", "models:/m-1", local_model_path=str(logged))
    return str(store.get_model_version_download_uri("kepler_rf", 1))


@pytest.fixture
def other(tmp_path: Path, store: Any) -> ModelRegistry:
    """Return the same registry, opened by another user."""
    return ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "other"))


class TestContract:
    """One test for each abstract method, by its name."""

    def test_log_artifact(self, version: str, tmp_path: Path) -> None:
        """A file cannot be added to a version."""
        with refused("NOT_IMPLEMENTED", "registered_model_name"):
            NbregistryArtifactRepository(version).log_artifact(str(tmp_path / "file"))

    def test_log_artifacts(self, version: str, tmp_path: Path) -> None:
        """A folder cannot be added to a version."""
        with refused("NOT_IMPLEMENTED", "registered_model_name"):
            NbregistryArtifactRepository(version).log_artifacts(str(tmp_path))

    def test_delete_artifacts(self, version: str) -> None:
        """A file of a version cannot be deleted alone."""
        with refused("NOT_IMPLEMENTED", "delete_model_version"):
            NbregistryArtifactRepository(version).delete_artifacts("MLmodel")

    def test_list_artifacts(self, version: str, logged: Path) -> None:
        """The files are those that MLflow logged, with their sizes; a file has no files."""
        files = NbregistryArtifactRepository(version)
        found = {file.path: file.file_size for file in files.list_artifacts()}
        assert set(found) == {path.name for path in logged.iterdir()}
        assert found["MLmodel"] == (logged / "MLmodel").stat().st_size
        assert files.list_artifacts("MLmodel") == []
        model_level = NbregistryArtifactRepository(version.rpartition("/")[0])
        assert {file.path for file in model_level.list_artifacts("1")} == {
            f"1/{name}" for name in found
        }
        assert {file.path for file in files.list_artifacts("./")} == set(found)
        for path in ("../2", "code/../../2", "/etc", "//", "..\\2"):
            with refused("INVALID_PARAMETER_VALUE", "leaves the version"):
                files.list_artifacts(path)

    def test__download_file(self, version: str, logged: Path, tmp_path: Path) -> None:
        """One file or all files are copied, with the bytes that MLflow logged."""
        files = NbregistryArtifactRepository(version)
        single = Path(files.download_artifacts("requirements.txt", str(tmp_path)))
        assert single.read_bytes() == (logged / "requirements.txt").read_bytes()
        target = tmp_path / "all"
        target.mkdir()
        files.download_artifacts("", str(target))
        for name in ("MLmodel", "conda.yaml", "python_env.yaml"):
            assert (target / name).read_bytes() == (logged / name).read_bytes()
        with pytest.raises(MlflowException):
            files.download_artifacts("missing.txt", str(tmp_path))
        with refused("RESOURCE_DOES_NOT_EXIST", "has no file missing.txt"):
            files._download_file("missing.txt", str(tmp_path / "missing.txt"))

    def test_each_abstract_method_has_a_test(self) -> None:
        """A method that a release of MLflow adds fails this test until the contract has it."""
        abstract = {
            name
            for name, member in vars(ArtifactRepository).items()
            if getattr(member, "__isabstractmethod__", False)
        }
        assert len(abstract) >= 4
        assert {f"test_{name}" for name in abstract} <= set(vars(TestContract))


def test_a_flipped_byte_is_an_integrity_error_through_mlflow(version: str, tmp_path: Path) -> None:
    """MLflow gets no byte of a model that was changed; the cause is the registry's error."""
    import mlflow

    flip_bytes(tmp_path)
    for load in (mlflow.pyfunc.load_model, mlflow.sklearn.load_model):
        with refused("DATA_LOSS") as caught:
            load("models:/kepler_rf/1")
        assert isinstance(caught.value.__cause__, IntegrityError)


def test_a_flipped_byte_of_mlflows_files_is_an_integrity_error(
    version: str, tmp_path: Path
) -> None:
    """A changed MLmodel, which names code to run, is refused too."""
    import mlflow

    (archive,) = (tmp_path / "registry" / "models" / "kepler_rf" / "attachments").iterdir()
    archive.chmod(0o600)
    archive.write_bytes(archive.read_bytes().replace(b"mlflow.sklearn", b"mlflow.sklearm"))
    data = bytearray(archive.read_bytes())
    data[-1] ^= 1
    archive.write_bytes(data)
    with refused("DATA_LOSS") as caught:
        mlflow.pyfunc.load_model("models:/kepler_rf/1")
    assert isinstance(caught.value.__cause__, IntegrityError)


def test_code_of_an_unknown_signer_is_refused_through_mlflow(
    other: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model with other types of an unknown signer is not loaded, until the signer is trusted."""
    import mlflow

    other.register_model(Shout(), "shout")
    with refused("PERMISSION_DENIED", "not trusted") as caught:
        mlflow.pyfunc.load_model("models:/shout/1")
    assert isinstance(caught.value.__cause__, UntrustedModelError)
    mine = ModelRegistry(other.location)
    mine.trust_signer("shout:1", "colleague")
    assert list(mlflow.pyfunc.load_model("models:/shout/1").predict(ROWS)) == [1.0, 1.0]


def test_an_estimator_of_an_unknown_signer_is_rebuilt(
    other: ModelRegistry, model: Any, tmp_path: Path
) -> None:
    """An estimator of known types is loaded without the files of its signer, which name code."""
    import mlflow

    folder = tmp_path / "files"
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "hostile.py").write_text("raise SystemExit('hostile')")
    (folder / "MLmodel").write_text(
        "flavors:\n  python_function: {loader_module: hostile, code: code}\n"
        "  sklearn: {pickled_model: model.pkl, code: code}\n"
    )
    other.register_model(model, "kepler_rf", attachments={"mlflow": folder})
    loaded = mlflow.pyfunc.load_model("models:/kepler_rf/1")
    assert list(loaded.predict(ROWS)) == list(model.predict(ROWS))
    assert "hostile" not in sys.modules


def test_files_that_an_unknown_signer_attached_later_are_ignored(
    store: Any, other: ModelRegistry, model: Any, tmp_path: Path
) -> None:
    """An event of an unknown signer cannot put code beside the model of a trusted one."""
    import mlflow

    store._registry.register_model(model, "kepler_rf")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors: {python_function: {loader_module: hostile}}\n")
    other.attach("kepler_rf:1", "mlflow", folder)
    loaded = mlflow.pyfunc.load_model("models:/kepler_rf/1")
    assert list(loaded.predict(ROWS)) == list(model.predict(ROWS))


def test_an_error_leaves_no_folder(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary folder of a version that is refused is removed at once."""
    flip_bytes(tmp_path)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    files = NbregistryArtifactRepository(version)
    with refused("DATA_LOSS"):
        files.list_artifacts()
    assert list(temporary.iterdir()) == []


def test_threads_share_one_folder(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Downloads at the same time write the version once, and its folder ends with its object."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    files = NbregistryArtifactRepository(version)
    with ThreadPoolExecutor(4) as pool:
        targets = [str(tmp_path / str(number)) for number in range(4)]
        list(pool.map(partial(files._download_file, "MLmodel"), targets))
    assert len({Path(target).read_bytes() for target in targets}) == 1
    assert len(list(temporary.glob("exo-nbregistry-*"))) == 1
    del files
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_a_version_that_was_registered_without_mlflow_is_rendered(store: Any, model: Any) -> None:
    """Any version of the registry loads in MLflow, with its packages and its signature."""
    import mlflow

    X = np.arange(30.0).reshape(10, 3)
    store._registry.register_model(model, "native", X=X, y=[0, 1] * 5)
    loaded = mlflow.pyfunc.load_model("models:/native/1")
    assert list(loaded.predict(ROWS)) == list(model.predict(ROWS))
    assert loaded.metadata.signature.inputs is not None
    files = NbregistryArtifactRepository(store.get_model_version_download_uri("native", 1))
    folder = Path(files.download_artifacts(""))
    assert "scikit-learn==" in (folder / "requirements.txt").read_text()


def test_a_missing_version_and_registry_are_errors_of_mlflow(tmp_path: Path, store: Any) -> None:
    """A URI of a version that does not exist names the missing part."""
    store.create_registered_model("kepler_rf")
    place = f"exo-nbregistry://{tmp_path}"
    for uri in (f"{place}/registry/-/kepler_rf/1", f"{place}/none/-/kepler_rf/1"):
        with refused("RESOURCE_DOES_NOT_EXIST"):
            NbregistryArtifactRepository(uri).list_artifacts()
    with refused("INVALID_PARAMETER_VALUE", "does not name a version"):
        NbregistryArtifactRepository(f"{place}/registry")
    with refused("RESOURCE_DOES_NOT_EXIST", r"none is not a registry yet; check the registry URI"):
        NbregistryStore(f"{place}/none").get_registered_model("kepler_rf")
