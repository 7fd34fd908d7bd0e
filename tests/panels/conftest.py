"""A registry of toys, and a desk to act on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.panels.desk import Desk, toys


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return the actions on a registry with five versions of toy."""
    return Desk(toys(tmp_path / "registry"))
