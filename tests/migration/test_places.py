"""Stores and registries that are inside each other."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from sklearn.linear_model import Ridge

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.registry.facade import ModelRegistry
from tests.migration.folder_store import write_store


def test_a_store_is_not_moved_into_itself(tmp_path: Path) -> None:
    """A registry in a store is refused before anything is written, also through a link."""
    store = write_store(tmp_path / "store", {"rf": {"versions": []}})
    (tmp_path / "link").symlink_to(tmp_path / "store")
    for folder in ("store/registry", "link/registry"):
        with pytest.raises(InvalidInputError, match="which is only read; choose a folder outside"):
            plan_move_in(store, ModelRegistry(tmp_path / folder))
    assert not (tmp_path / "store/registry").exists()


def test_files_of_a_registry_are_not_moved_in(tmp_path: Path) -> None:
    """The folders of a registry have model files, and are not a folder of model files."""
    registry = ModelRegistry(tmp_path / "registry")
    registry.register_model(Ridge(), "ridge")
    for folder in ("models", "models/ridge/blobs"):
        with pytest.raises(InvalidInputError, match=r"is in the registry .* copy_to"):
            plan_move_in(tmp_path / "registry" / folder, registry)


def test_a_project_can_have_the_registry(tmp_path: Path) -> None:
    """A folder of model files can have the registry, whose files are not moved in."""
    (tmp_path / "rf_v1.pkl").write_bytes(pickle.dumps(Ridge()))
    registry = ModelRegistry(tmp_path / "models/registry")
    assert plan_move_in(tmp_path, registry).execute(progress=False).versions == 1
    assert plan_move_in(tmp_path, registry).changes_nothing
