"""Narrow places and zoomed pages: no number is cut, and no control is out of sight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sklearn.dummy import DummyClassifier

from tests.browser.chromium import Window
from tests.browser.cut_text import cut_text
from tests.browser.lab import Notebook, open_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar, open_lab
from tests.browser.view_states import STATES, reset

_CELLS = [
    "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')",
    "registry.browse()",
]
_STATES = [
    *("list", "models", "detail", "comparison", "columns", "sort"),
    *("invalid filter", "no matches", "move of an alias"),
]
# A zoomed page has fewer CSS pixels: 1280 x 1600 at 100, 150 and 200 percent.
_WINDOWS = {"100": (1280, 1600), "150": (853, 1066), "200": (640, 800)}
_LONG = "gradient_boosting_of_many_features_with_a_long_name"
_NARROW_PX = 250
_SET_WIDTH = """(panel, width) => {
    Object.assign(panel.style, {minWidth: `${width}px`, maxWidth: `${width}px`});
}"""


@pytest.mark.parametrize(
    "content",
    [
        "<div style='width:50px;overflow:hidden;white-space:pre'>accuracy 0.123456</div>",
        "<div style='width:50px;overflow:auto'><button style='width:90px'>a</button> 1</div>",
        "<p style='white-space:pre;width:30px'>model_with_a_long_name:12</p>",
    ],
)
def test_cut_text_is_found(window: Window, content: str) -> None:
    """Numbers and controls that leave their area are found."""
    page = window.page()
    page.set_content(f"<div id='root' style='width:60px'>{content}</div>")
    assert cut_text(page.locator("#root"))


def test_whole_text_is_not_found(window: Window) -> None:
    """Text that wraps, and cut text without a number, are not found."""
    page = window.page()
    cut = "<div style='width:20px;overflow:hidden'>description</div>"
    page.set_content(f"<div id='root' style='width:99px'><p>accuracy 0.5 of 1</p>{cut}</div>")
    assert cut_text(page.locator("#root")) == []


@pytest.fixture(scope="module")
def notebook(server: Server, shared_window: Window) -> Iterator[Notebook]:
    """Return a notebook that shows a registry with a long name."""
    with server.user():
        registry = sample_registries(server.root / "zoom" / "registry")
        model = DummyClassifier().fit([[0], [1]], [0, 1])
        registry.register_model(model, _LONG, evaluation_results={"inertia": 123456.789})
        registry.set_alias(_LONG, "challenger", 1)
        registry.set_alias(_LONG, "production_of_europe", 1)
    notebook = open_notebook(shared_window, server, "zoom/n.ipynb", _CELLS)
    yield notebook
    notebook.end()


def _cut(view: RegistryView, state: str) -> list[str]:
    reset(view)
    STATES[state](view)
    dialog = view.node.page.locator(".exo-Popover")
    parts = [view.node, *dialog.all()]
    return [found for part in parts for found in cut_text(part)]


@pytest.mark.parametrize("state", _STATES)
@pytest.mark.parametrize("zoom", _WINDOWS)
def test_a_zoomed_panel_is_complete(notebook: Notebook, zoom: str, state: str) -> None:
    """In an output, all numbers and controls are visible at each zoom."""
    width, height = _WINDOWS[zoom]
    notebook.page.set_viewport_size({"width": width, "height": height})
    assert _cut(RegistryView(notebook.output()), state) == []


@pytest.fixture(scope="module")
def sidebar(server: Server, notebook: Notebook, shared_window: Window) -> Iterator[Sidebar]:
    """Return a narrow sidebar at the registry of the notebook."""
    assert notebook.file.exists()
    sidebar = Sidebar(open_lab(shared_window, server), "zoom/registry")
    sidebar.panel.evaluate(_SET_WIDTH, _NARROW_PX)
    yield sidebar
    sidebar.page.close()


@pytest.mark.parametrize("state", _STATES)
def test_a_narrow_sidebar_is_complete(sidebar: Sidebar, state: str) -> None:
    """In a sidebar of 250 px, all numbers and controls are visible."""
    assert _cut(RegistryView(sidebar.panel), state) == []
