"""Tests of versions as folders of MLflow: which kinds of versions are checked before they load."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry import ModelRegistry
from exo_nbregistry.errors import IntegrityError, UntrustedModelError
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.mlflow_plugin.artifact_repository import NbregistryArtifactRepository
from exo_nbregistry.signing.keyring import Keyring
from tests.mlflow_plugin.test_registry_store import refused


class Shout:
    """A model with code of its own, which no allow list has."""

    def predict(self, rows: Any) -> Any:
        """Return a column of ones."""
        return np.ones(len(rows))


def flip_bytes(folder: Path) -> None:
    """Change one byte of each model and each attachment of a registry."""
    for path in (folder / "registry" / "models").rglob("*"):
        if path.parent.name in ("blobs", "attachments"):
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.chmod(0o600)
            path.write_bytes(data)


def log_models() -> None:
    """Log two models with code of their own, a scikit-learn and a Python model, and register."""
    import mlflow

    class Constant(mlflow.pyfunc.PythonModel):
        def predict(self, context: Any, model_input: list[str], params: Any = None) -> list[float]:
            return [1.0 for _ in model_input]

    with mlflow.start_run():
        mlflow.sklearn.log_model(
            Shout(),
            name="model",
            registered_model_name="shout",
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )
        mlflow.pyfunc.log_model(
            name="files",
            python_model=Constant(),
            registered_model_name="files",
            pip_requirements=["mlflow"],
        )


def move_in(folder: Path, *, trust: bool) -> None:
    """Log the models to a store of MLflow, and move them into a registry, which MLflow uses."""
    import mlflow

    mlflow.set_registry_uri((folder / "mlruns").as_uri())
    log_models()
    registry = ModelRegistry(folder / "registry")
    plan_move_in(folder / "mlruns", registry).execute(trust=trust, progress=False)
    mlflow.set_registry_uri(f"exo-nbregistry://{folder}/registry")


BOTH = ("shout", "files")
ROWS: dict[str, Any] = {"shout": np.zeros((2, 3)), "files": ["a", "b"]}
KINDS: dict[str, tuple[Callable[[Path], Any], tuple[str, ...]]] = {
    "through MLflow": (lambda folder: log_models(), BOTH),
    "native": (
        lambda folder: ModelRegistry(folder / "registry").register_model(Shout(), "shout"),
        ("shout",),
    ),
    "moved in": (partial(move_in, trust=True), BOTH),
}


@pytest.mark.parametrize(("register", "names"), KINDS.values(), ids=KINDS)
def test_each_kind_of_version_is_checked(
    register: Any, names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code of an unknown signer is not run, and a changed byte is found, through MLflow."""
    import mlflow

    register(tmp_path)
    for name in names:
        loaded = mlflow.pyfunc.load_model(f"models:/{name}/1")
        assert list(loaded.predict(ROWS[name])) == [1.0, 1.0]
    with monkeypatch.context() as of_another_user:
        of_another_user.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other"))
        for name in names:
            with refused("PERMISSION_DENIED", "trust") as caught:
                mlflow.pyfunc.load_model(f"models:/{name}/1")
            assert isinstance(caught.value.__cause__, UntrustedModelError)
    flip_bytes(tmp_path)
    for name in names:
        with refused("DATA_LOSS") as caught:
            mlflow.pyfunc.load_model(f"models:/{name}/1")
        assert isinstance(caught.value.__cause__, IntegrityError)


def test_a_version_that_was_moved_in_is_one_of_an_unknown_signer(tmp_path: Path) -> None:
    """Without trust in the files of its store, no code of them is run through MLflow."""
    import mlflow

    move_in(tmp_path, trust=False)
    for name in BOTH:
        with refused("PERMISSION_DENIED", "was moved in from another tool") as caught:
            mlflow.pyfunc.load_model(f"models:/{name}/1")
        assert isinstance(caught.value.__cause__, UntrustedModelError)


def test_tags_of_an_unknown_signer_do_not_decide_how_a_model_is_loaded(
    store: Any, model: Any, logged: Path, tmp_path: Path
) -> None:
    """A tag cannot hide the model of a version, or show the run and the metrics of another."""
    import mlflow

    store.create_registered_model("kepler_rf")
    store.create_model_version("kepler_rf", "models:/m-1", local_model_path=str(logged))
    other = ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "other"))
    tags = {"mlflow.flavors": "python_function", "mlflow.run_id": "r", "mlflow.model_id": "m"}
    other.tag_model("kepler_rf:1", **tags)
    found = store.get_model_version("kepler_rf", 1)
    assert (found.run_id, found.model_id) == (None, None)
    rows = np.arange(6.0).reshape(2, 3)
    loaded = mlflow.pyfunc.load_model("models:/kepler_rf/1")
    assert list(loaded.predict(rows)) == list(model.predict(rows))


def test_a_version_without_a_model_is_an_error_with_advice(tmp_path: Path, store: Any) -> None:
    """A version whose files were in a bucket when it was moved in is not damaged."""
    from mlflow.store.model_registry.file_store import FileStore

    foreign = FileStore(str(tmp_path / "foreign"))
    foreign.create_registered_model("remote")
    foreign.create_model_version("remote", "s3://bucket/model")
    plan_move_in(tmp_path / "foreign", store._registry).execute(progress=False)
    uri = store.get_model_version_download_uri("remote", 1)
    with refused("INVALID_STATE", "has no stored model, so that MLflow cannot load it"):
        NbregistryArtifactRepository(uri).list_artifacts()
