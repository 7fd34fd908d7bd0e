"""Live panels in Notebook 7 and in Voila."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.panel_tour import furnish
from tests.browser.registry_view import RegistryView
from tests.browser.server import Server

# Pages of Voila request these addresses.
_OF_VOILA = (
    "https://cdn.jsdelivr.net/npm/@fortawesome/",
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
)


def _steer(shown: Locator) -> None:
    """Use each panel once, which requires its kernel."""
    RegistryView(shown).open("kepler_rf:2")
    shown.get_by_role("checkbox", name="Show identical rows").last.check()
    expect(shown.get_by_role("cell", name="fit_intercept", exact=True).first).to_be_visible()


def test_panels_are_live_in_notebook_7(window: Window, server: Server, folder: Path) -> None:
    """Panels are live in Notebook 7."""
    path = folder / "tour.ipynb"
    write_notebook(path, furnish(folder))
    notebook = Notebook(window.page(), server, f"{folder.name}/{path.name}", "notebooks")
    notebook.run()
    _steer(notebook.page.locator("body"))
    notebook.end()


def test_panels_are_live_in_voila(window: Window, server: Server, folder: Path) -> None:
    """Panels are live in Voila."""
    write_notebook(folder / "tour.ipynb", furnish(folder))
    page = window.page()
    page.goto(f"{server.url}/voila/render/{folder.name}/tour.ipynb?token={server.token}")
    _steer(page.locator("body"))
    assert [address for address in window.forget() if not address.startswith(_OF_VOILA)] == []
