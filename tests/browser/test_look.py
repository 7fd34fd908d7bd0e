"""Accessibility of all panels in JupyterLab, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from tests.browser.browser_panel import BrowserPanel
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook
from tests.browser.panel_tour import IMAGES, PANELS, furnish
from tests.browser.readability import low_contrast, unnamed_controls
from tests.browser.server import Server

# Text that is visible when a part of the browser panel is.
_PARTS = {
    "Provenance": "Created by",
    "History": "History (1 event)",
    "Notes": "Notes",
    "Code": "This version",
    "Tag": "Add tag",
    "Note": "Add note",
    "Export": "Export version",
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
def test_panels_are_accessible(tour: Notebook, theme: str) -> None:
    """Text has a contrast of at least 4.5 to 1, and every control has a name."""
    tour.theme(theme)
    found = {}
    for cell, panel in enumerate(PANELS, 1):
        output = tour.output(cell)
        found[panel] = [] if panel in IMAGES else low_contrast(output)
        found[panel] += [] if panel in {*IMAGES, *_WITHOUT_CONTROLS} else unnamed_controls(output)
    found["detail"] = list(_problems_of_details(tour.output(1)))
    assert not any(found.values()), found


def _problems_of_details(output: Locator) -> Iterator[str]:
    """Yield the problems of each part of the browser panel and of its messages."""
    panel = BrowserPanel(output)
    panel.search_for("metrics.f1_score >")
    panel.shows("metrics.f1_score >", role="alert")
    yield from low_contrast(output)
    panel.search_for("")
    for part, text in _PARTS.items():
        panel.press(part)
        output.get_by_text(text, exact=True).last.wait_for()
        yield from low_contrast(output)
        yield from unnamed_controls(output)
    panel.press("Delete")
    output.get_by_text("Restore", exact=True).wait_for()
    panel.press("Delete version")
    panel.shows("Delete kepler_svm:1?")
    yield from low_contrast(output)
    yield from unnamed_controls(output)
    panel.press("Cancel")
    panel.press("Models")
    output.get_by_text("2 models").wait_for()
    yield from low_contrast(output)
    yield from unnamed_controls(output)
    panel.press("Versions")
    output.get_by_text("3 versions").wait_for()
