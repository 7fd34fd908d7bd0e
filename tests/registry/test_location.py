"""The registry that is used if no path is passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryNotFoundError
from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty current folder, without the environment variable."""
    monkeypatch.delenv("EXO_NBREGISTRY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_variable_names_the_registry(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a path, the registry of the environment variable is opened, and created on use."""
    monkeypatch.setenv("EXO_NBREGISTRY", str(home / "team"))
    registry = ModelRegistry()
    assert registry.location == str(home / "team")
    assert not (home / "team").exists()
    assert registry.register_model({"a": 1}, "toy") == "toy:1"
    assert ModelRegistry(create=False).list_models().ids == ("toy:1",)


def test_an_existing_default_folder_is_used(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without path and variable, or with an empty one, models/registry is used if it exists."""
    ModelRegistry(Path("models", "registry"), create=True)
    assert ModelRegistry().location == str(home / "models" / "registry")
    monkeypatch.setenv("EXO_NBREGISTRY", "")
    assert ModelRegistry().location == str(home / "models" / "registry")


def test_a_registry_must_be_chosen(home: Path) -> None:
    """Without any of them, the error names the argument, the variable and near registries."""
    ModelRegistry("registry", create=True)
    with pytest.raises(
        RegistryNotFoundError, match="EXO_NBREGISTRY is not set; pass the path"
    ) as e:
        ModelRegistry()
    assert e.value.known == ("registry",)
