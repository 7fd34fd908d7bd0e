"""One view over two transports: the same steps show the same texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar

_CELLS = [
    "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')",
    "panel = registry.browse()\npanel.view = 'models'\npanel.order_by = ''\npanel",
]
_QUIET_MS = 300


def _texts(node: Locator) -> list[str]:
    """Return the texts of an element that no longer changes."""
    texts: list[str] = []
    while True:
        node.page.wait_for_timeout(_QUIET_MS)
        shown = node.locator("[role=rowheader], [role=gridcell], h3, dt, dd, p, li, td")
        now = [" ".join(text.split()) for text in shown.all_text_contents()]
        if now and now == texts:
            return texts
        texts = now


def _steps(view: RegistryView) -> dict[str, list[str]]:
    """Search, sort, open and compare as a user, and return the texts after each of them."""
    found = {}
    found["models"] = _texts(view.node.locator(".exo-List"))
    view.press("Versions")
    expect(view.row("kepler_rf:2")).to_be_visible()
    found["versions"] = _texts(view.node.locator(".exo-List"))
    view.open("kepler_rf:2")
    found["detail"] = _texts(view.node.locator(".exo-Pane"))
    view.add("kepler_svm:1")
    found["comparison"] = _texts(view.node.locator(".exo-Pane"))
    return found


@pytest.mark.parametrize("step", ["models", "versions", "detail", "comparison"])
def test_both_transports_show_the_same_texts(
    step: str, both: tuple[dict[str, list[str]], dict[str, list[str]]]
) -> None:
    """The output, whose kernel answers, and the sidebar, whose server answers, show the same."""
    over_messages, over_rest = both
    assert over_messages[step] == over_rest[step]
    assert over_messages[step]


@pytest.fixture(scope="module")
def both(
    server: Server, shared_window: Window
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the texts of the view in an output and in the sidebar, by step."""
    folder: Path = server.root / "transports"
    folder.mkdir()
    sample_registries(folder / "registry")
    write_notebook(folder / "n.ipynb", _CELLS)
    page = shared_window.page()
    page.set_viewport_size({"width": 1600, "height": 1000})
    notebook = Notebook(page, server, "transports/n.ipynb")
    notebook.run()
    in_output = _steps(RegistryView(notebook.output(1)))
    sidebar = Sidebar(page, "transports/registry")
    return in_output, _steps(RegistryView(sidebar.panel))
