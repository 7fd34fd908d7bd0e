"""Pictures of JupyterLab with the sidebar, a tab, the status bar and the toolbar."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator, Page

from scripts.pictures.notebook_pictures import HEIGHT, SETUP, WIDTH
from scripts.pictures.view_tour import Picture, ViewTour
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar

# The left edge of the sidebar is the bar with its icon.
_NARROW, _WIDE = 250, 420
_REGISTRY = "models/registry"


def write_demo(server: Server, name: str = "demo.ipynb") -> None:
    """Write a notebook that shows a registry."""
    write_notebook(server.root / name, [SETUP, "registry"])


def lab_pictures(window: Window, server: Server, theme: str) -> Iterator[Picture]:
    """Yield pictures of the whole window, of the sidebar in two widths, and of a tab.

    Parameters
    ----------
    window : Window
        Opens the page.
    server : Server
        A server of `sample_server`.
    theme : str
        Name of a theme of JupyterLab.
    """
    notebook = Notebook(window.page(), server, "demo.ipynb")
    page = notebook.page
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    notebook.theme(theme)
    notebook.run()
    sidebar = Sidebar(page, _REGISTRY)
    resize_sidebar(page, 330)
    sidebar.expand("kepler_rf")
    RegistryView(notebook.output()).open("kepler_rf:5")
    notebook.settle()
    yield "lab/window", page.screenshot(animations="disabled")
    sidebar.open("kepler_rf:5")
    yield "lab/sidebar", sidebar.panel.screenshot(animations="disabled")
    yield from _bars(page)
    sidebar.button("Clear").click()
    sidebar.model("kepler_rf").locator(".exo-Row-toggle").click()
    yield from _tab(page, sidebar)
    for name, pixels in (("narrow", _NARROW), ("medium", _WIDE)):
        resize_sidebar(page, pixels)
        for state, picture in ViewTour(sidebar.panel, whole=False).pictures():
            yield f"sidebar-{name}/{state}", picture
    notebook.end()


def resize_sidebar(page: Page, pixels: int) -> None:
    """Drag the edge of the sidebar until its content has this width."""
    panel = page.locator("#exo-nbregistry-sidebar")
    handle = page.locator("#jp-main-split-panel > .lm-SplitPanel-handle").first
    box, edge = _box(panel), _box(handle)
    middle = edge["y"] + edge["height"] / 2
    page.mouse.move(edge["x"] + edge["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(edge["x"] + edge["width"] / 2 + pixels - box["width"], middle, steps=4)
    page.mouse.up()


def _box(shown: Locator) -> dict[str, float]:
    box = shown.bounding_box()
    assert box is not None
    return dict(box)


def _bars(page: Page) -> Iterator[Picture]:
    """Yield pictures of the status bar, of the toolbar, and of the menu of a cell."""
    page.locator(".exo-StatusItem").wait_for()
    yield "lab/status-bar", page.locator("#jp-main-statusbar").screenshot()
    yield "lab/toolbar", page.locator("#exo-nbregistry-sidebar .jp-Toolbar").first.screenshot()


def _tab(page: Page, sidebar: Sidebar) -> Iterator[Picture]:
    """Yield pictures of the view in a tab, which is wide."""
    sidebar.panel.get_by_title("Show this list and the selected versions in a tab").click()
    tab = page.locator("#jp-main-dock-panel")
    tab.locator(".exo-RegistryPanel .exo-View").wait_for()
    for state, picture in ViewTour(tab.locator(".exo-RegistryPanel"), whole=False).pictures():
        yield f"tab/{state}", picture
    page.locator(
        "#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current .lm-TabBar-tabCloseIcon"
    ).click()
