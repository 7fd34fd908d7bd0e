"""Exports for other tools: the checks that all formats have."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidInputError,
    StoreError,
    UntrustedModelError,
    VersionNotFoundError,
)
from exo_nbregistry.exports.formats import EXPORTS
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

FORMATS = [str(name) for name in EXPORTS]
X, Y = [[0.0], [1.0], [2.0], [3.0]], ["dust", "dust", "planet", "planet"]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with a version."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit(X, Y), "toy", X=X, y=Y)
    return registry


def names(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("format", FORMATS)
def test_a_model_of_an_unknown_signer_is_not_exported(
    registry: ModelRegistry, tmp_path: Path, format: str
) -> None:
    """No format contains a model whose signer is not trusted."""
    keyring = Keyring(tmp_path / "eve")
    other = ModelRegistry(tmp_path / "registry", keyring=keyring)
    with pytest.raises(UntrustedModelError, match="trust_signer"):
        other.export_model("toy", tmp_path / "out", format=format)
    assert "out" not in names(tmp_path)


@pytest.mark.parametrize("format", FORMATS)
def test_a_changed_model_is_not_exported(
    registry: ModelRegistry, tmp_path: Path, format: str
) -> None:
    """No format contains a model whose bytes were changed, and none leaves a file."""
    (path,) = (tmp_path / "registry" / "models" / "toy" / "blobs").glob("*.joblib")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(IntegrityError):
        registry.export_model("toy", tmp_path / "out", format=format)
    assert "out" not in names(tmp_path)


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_is_outside_of_the_registry(
    registry: ModelRegistry, tmp_path: Path, format: str
) -> None:
    """No format is written into the folder of a registry."""
    with pytest.raises(StoreError):
        registry.export_model("toy", tmp_path / "registry" / "out", format=format)


def test_an_unknown_format_is_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    """The error lists the formats."""
    with pytest.raises(InvalidInputError, match=r"'pmml'.*'mlflow', 'huggingface', 'onnx'"):
        registry.export_model("toy", tmp_path / "out", format="pmml")


def test_the_default_format_can_be_named(registry: ModelRegistry, tmp_path: Path) -> None:
    """The format folder is the folder that predicts by itself."""
    registry.export_model("toy", tmp_path / "first")
    folder = registry.export_model("toy", tmp_path / "second", format="folder")
    assert names(folder) == names(tmp_path / "first")


def test_a_deleted_version_is_not_exported(registry: ModelRegistry, tmp_path: Path) -> None:
    """A version that was deleted must be restored first."""
    registry.delete_model("toy:1")
    with pytest.raises(VersionNotFoundError):
        registry.export_model("toy:1", tmp_path / "out", format="mlflow")
