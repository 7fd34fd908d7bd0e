"""Fixtures of the panels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.panels.panel_driver import ActionsDriver, toys


@pytest.fixture
def driver(tmp_path: Path) -> ActionsDriver:
    """Return the actions on a registry with five versions of toy."""
    return ActionsDriver(toys(tmp_path / "registry"))
