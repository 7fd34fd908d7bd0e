"""Every panel in JupyterLab, light and dark: what it says is seen, and heard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from tests.browser.browser_panel import BrowserPanel
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook
from tests.browser.panel_tour import PANELS, PICTURES, furnish
from tests.browser.readability import low_contrast, unnamed_controls
from tests.browser.server import Server

# What is there once a part of the browser panel is.
_PARTS = {
    "Provenance": "Made by",
    "History": "History (1 event)",
    "Notes": "Notes",
    "Code": "This version",
    "Tag": "Tag…",
    "Note": "Add note…",
    "Export": "Export…",
}
_WITHOUT_CONTROLS = {"version", "listing", "work"}


@pytest.fixture(scope="module")
def tour(server: Server, shared_window: Window) -> Iterator[Notebook]:
    """Return a notebook with all panels."""
    folder = server.root / "look"
    notebook = open_notebook(shared_window, server, "look/tour.ipynb", furnish(folder))
    yield notebook
    notebook.end()


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_every_panel_can_be_read_and_named(tour: Notebook, theme: str) -> None:
    """Text has a contrast of 4.5 to 1, and every control has a name."""
    tour.theme(theme)
    found = {}
    for cell, panel in enumerate(PANELS, 1):
        output = tour.output(cell)
        found[panel] = [] if panel in PICTURES else low_contrast(output)
        found[panel] += [] if panel in {*PICTURES, *_WITHOUT_CONTROLS} else unnamed_controls(output)
    found["detail"] = list(_faults_of_details(tour.output(1)))
    assert not any(found.values()), found


def _faults_of_details(output: Locator) -> Iterator[str]:
    """Yield what is wrong in each part of the browser panel, and in what it asks and answers."""
    panel = BrowserPanel(output)
    panel.ask("metrics.f1_score >")
    panel.says("metrics.f1_score >", role="alert")
    yield from low_contrast(output)
    panel.ask("")
    for part, told in _PARTS.items():
        panel.press(part)
        output.get_by_text(told, exact=True).last.wait_for()
        yield from low_contrast(output)
        yield from unnamed_controls(output)
    panel.press("Delete or restore")
    output.get_by_text("Restore…", exact=True).wait_for()
    panel.press("Delete…")
    panel.says("Delete kepler_svm:1?")
    yield from low_contrast(output)
    yield from unnamed_controls(output)
    panel.press("Cancel")
    panel.press("Models")
    output.get_by_text("2 models").wait_for()
    yield from low_contrast(output)
    yield from unnamed_controls(output)
    panel.press("Versions")
    output.get_by_text("3 versions").wait_for()
