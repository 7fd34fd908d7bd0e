"""A registry that is opened to read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryNotFoundError, StoreError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.reading_only import open_to_read


def test_nothing_is_written(tmp_path: Path) -> None:
    """Versions are read, and each change raises an error with the remedy."""
    ModelRegistry(tmp_path / "registry", durable=False).register_model({"value": 1}, "toy")
    before = sorted((tmp_path / "registry").rglob("*"))
    registry = open_to_read(str(tmp_path / "registry"))
    assert registry.load_model("toy")[0] == {"value": 1}
    for change in (
        lambda: registry.register_model({"value": 2}, "toy"),
        lambda: registry.set_alias("toy", "champion", 1),
    ):
        with pytest.raises(StoreError, match=r"is open for reading only; open it with ModelReg"):
            change()
    assert sorted((tmp_path / "registry").rglob("*")) == before


def test_a_missing_registry_is_not_created(tmp_path: Path) -> None:
    """Reading needs an existing registry."""
    with pytest.raises(RegistryNotFoundError):
        open_to_read(str(tmp_path / "registry"))
    assert not (tmp_path / "registry").exists()
