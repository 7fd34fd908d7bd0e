"""Folded models and children in the browser panel in JupyterLab."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.browser_panel import BrowserPanel
from tests.browser.chromium import Window
from tests.browser.lab import open_notebook
from tests.browser.readability import low_contrast
from tests.browser.server import Server

_CELLS = ["from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')"]


def _register(registry: ModelRegistry, name: str, count: int, parent: str | None = None) -> None:
    for number in range(count):
        registry.register_model({name: number}, name, metrics={"f1_score": 0.5}, parent=parent)


@pytest.fixture
def panel(window: Window, server: Server, folder: Path) -> BrowserPanel:
    """Return the panel of a registry with a search, its children and a model with 30 versions."""
    registry = ModelRegistry(folder / "registry", durable=False)
    _register(registry, "search", 1)
    _register(registry, "search", 4, parent="search:1")
    _register(registry, "forest", 30)
    cells = [*_CELLS, "registry"]
    return BrowserPanel(open_notebook(window, server, f"{folder.name}/n.ipynb", cells).output())


def test_models_and_children_are_opened_by_keyboard(panel: BrowserPanel) -> None:
    """Tab reaches the buttons of models and of children, and Enter opens them."""
    panel.lists(["forest:30", "search:5"])
    keyboard = panel.shown.page.keyboard
    panel.tab_to(panel.shown.get_by_role("button", name="5 versions"))
    keyboard.press("Enter")
    panel.lists(["search:5", "search:1"])
    assert low_contrast(panel.shown) == []
    panel.tab_to(panel.shown.get_by_role("button", name="4 children"))
    keyboard.press("Enter")
    panel.lists(["search:5", "search:4", "search:3", "search:2"])
    panel.search_for("")
    panel.lists(["forest:30", "search:5"])
