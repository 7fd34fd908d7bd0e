"""Import of model files that no registry exported."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidInputError,
    SerializationError,
    UntrustedModelError,
)
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

X = pd.DataFrame({"depth": [0.0, 1.0, 2.0, 3.0], "period": [1.0, 0.0, 1.0, 0.0]})
MODEL = LogisticRegression(C=2.5).fit(X, [0, 0, 1, 1])


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry of a user with another key."""
    keyring = Keyring(tmp_path / "me")
    return ModelRegistry(tmp_path / "registry", durable=False, keyring=keyring, create=True)


def write(path: Path) -> Path:
    """Write the model as the suffix demands."""
    if path.suffix == ".pkl":
        path.write_bytes(pickle.dumps(MODEL))
    elif path.suffix == ".skops":
        skops = pytest.importorskip("skops.io")
        skops.dump(MODEL, path)
    else:
        joblib.dump(MODEL, path, compress=3 if path.suffix == ".gz" else 0)
    return path


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"a text"])
def test_another_kind_of_file_is_not_a_model(
    registry: ModelRegistry, tmp_path: Path, content: bytes
) -> None:
    """A file that no format can read is not called intact, and nothing is registered."""
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(SerializationError, match="it is not a joblib, pickle or skops file"):
        registry.import_model(path, model_name="x", unsafe=True)
    assert len(registry.list_models()) == 0


@pytest.mark.parametrize(
    "name", ["plain.joblib", "plain.pkl", "joblib.pickle", "small.joblib.gz", "safe.skops"]
)
def test_a_bare_file_is_imported_with_its_facts(
    registry: ModelRegistry, tmp_path: Path, name: str
) -> None:
    """Algorithm, hyperparameters and columns are read off the model, which predicts the same."""
    path = write(tmp_path / name)
    assert registry.import_model(path, model_name="x") == "x:1"
    model, metadata = registry.load_model("x:1")
    assert (metadata.algorithm, metadata.hyperparameters["C"]) == ("LogisticRegression", 2.5)
    assert metadata.feature_columns == ("depth", "period")
    assert metadata.tags == {"imported_from": name}
    assert metadata.artifact is not None
    assert metadata.artifact.format == ("skops" if path.suffix == ".skops" else "joblib")
    np.testing.assert_array_equal(model.predict_proba(X), MODEL.predict_proba(X))
    if path.suffix != ".skops":  # writing a skops file again gives other bytes
        assert registry.import_model(path, model_name="x", unsafe=True) == "x:1"


def test_a_bare_file_requires_a_name(registry: ModelRegistry, tmp_path: Path) -> None:
    """The error has the call, and nothing is unpickled before."""
    path = write(tmp_path / "plain.joblib")
    with pytest.raises(InvalidInputError, match="model_name='my_model'"):
        registry.import_model(path, unsafe=True)


def test_a_signed_file_of_a_trusted_signer_is_imported(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """A file with other types requires a trusted signer; its stored facts are kept."""
    facts = {"metrics": {"f1_score": 0.9}, "description": "From a script.", "epoch": 3}
    model = {"share": Fraction(1, 3)}
    path = ModelPersistence.save_model(model, tmp_path / "signed.joblib", facts)
    with pytest.raises(UntrustedModelError, match="who is not trusted") as raised:
        registry.import_model(path, model_name="x")
    assert raised.value.signer
    signer = str(Keyring().public_key)
    registry.trust_signer(signer, "script")
    assert registry.import_model(path, model_name="x") == "x:1"
    metadata = registry["x:1"]
    assert (metadata.f1_score, metadata.description) == (0.9, "From a script.")


def test_metadata_of_a_version_is_kept(tmp_path: Path) -> None:
    """Metrics and columns of a ModelMetadata beside the file become those of the new version."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(
        MODEL, "x", evaluation_results={"accuracy": 0.8}, feature_columns=["a", "b"]
    )
    path = ModelPersistence.save_model(MODEL, tmp_path / "x.joblib", registry["x:1"])
    assert registry.import_model(path, model_name="y") == "y:1"
    assert (registry["y"].accuracy, registry["y"].feature_columns) == (0.8, ("a", "b"))


@pytest.mark.parametrize("options", [{}, {"unsafe": True}])
def test_a_changed_file_is_not_imported(
    registry: ModelRegistry, tmp_path: Path, options: dict[str, Any]
) -> None:
    """A file that differs from its signed digest is never loaded, and no version is added."""
    path = ModelPersistence.save_model(MODEL, tmp_path / "signed.joblib")
    registry.trust_signer(str(Keyring().public_key), "script")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IntegrityError, match="was changed after it was saved"):
        registry.import_model(path, model_name="x", **options)
    assert registry.list_models().total == 0


class Bomb:
    """An object that creates a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (open, (self.path, "w"))


def test_an_untrusted_file_is_not_unpickled(registry: ModelRegistry, tmp_path: Path) -> None:
    """Without unsafe=True, the code of an unsigned file does not run."""
    (tmp_path / "bomb.pkl").write_bytes(pickle.dumps(Bomb(str(tmp_path / "marker"))))
    with pytest.raises(UntrustedModelError):
        registry.import_model(tmp_path / "bomb.pkl", model_name="x")
    assert not (tmp_path / "marker").exists()
