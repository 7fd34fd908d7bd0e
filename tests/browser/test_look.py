"""Accessibility of all panels in JupyterLab, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook
from tests.browser.panel_tour import IMAGES, PANELS, furnish
from tests.browser.readability import low_contrast, unnamed_controls
from tests.browser.registry_view import RegistryView
from tests.browser.server import Server

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
    """Yield the problems of the details of a version and of a comparison."""
    view = RegistryView(output)
    view.open("kepler_svm:1")
    view.node.locator(".exo-Metrics").get_by_text("accuracy").first.wait_for()
    yield from low_contrast(output)
    yield from unnamed_controls(output)
    view.add("kepler_rf:1")
    yield from low_contrast(output)
    yield from unnamed_controls(output)


def test_names_of_metrics_are_on_one_line(tour: Notebook) -> None:
    """The style of JupyterLab for lists in outputs does not break the names of metrics."""
    view = RegistryView(tour.output(1))
    view.open("kepler_svm:1")
    names = view.node.locator(".exo-Metrics dt")
    names.first.wait_for()
    heights = names.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert len(heights) > 5
    assert max(heights) < 2 * min(heights) < 60
