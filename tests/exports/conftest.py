"""The registry of the tests of exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)
