"""Fixtures of the API: a root folder, a registry and a caller of the routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from tests.api.route_caller import RouteCaller, fill


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root folder of a server."""
    folder = tmp_path / "root_dir"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def registry(root: Path) -> ModelRegistry:
    """Return the registry models/registry below the root."""
    return fill(root / "models" / "registry")


@pytest.fixture
def caller(root: Path, registry: ModelRegistry) -> RouteCaller:
    """Return a caller of the routes."""
    return RouteCaller(root)
