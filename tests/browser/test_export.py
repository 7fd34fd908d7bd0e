"""A notebook with panels as a page of HTML, read without any kernel and any network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.chromium import Window
from tests.browser.lab import open_notebook
from tests.browser.reading import faint
from tests.browser.server import Server
from tests.browser.tour import PANELS, furnish

# What nbconvert's own pages ask for, with panels or without.
_OF_NBCONVERT = "https://cdnjs.cloudflare.com/ajax/libs/"


@pytest.fixture(scope="package")
def saved(server: Server, shared_window: Window) -> Path:
    """Return the tour, run and saved in JupyterLab."""
    folder = server.root / "saved"
    notebook = open_notebook(shared_window, server, "saved/tour.ipynb", furnish(folder))
    notebook.save()
    notebook.end()
    return notebook.file


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_of_html_needs_nothing_else(window: Window, saved: Path, theme: str) -> None:
    """Without network, what nbconvert made shows each panel's tables, and text that is seen."""
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to=html", f"--theme={theme}", saved],
        check=True,
        capture_output=True,
    )
    with window.offline() as page:
        page.goto(saved.with_suffix(".html").as_uri())
        for cell, panel in enumerate(PANELS, 1):
            shown = page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output").last
            assert shown.locator("table").first.is_visible(), panel
            assert "error" not in shown.inner_text().lower()
            assert faint(shown) == []
    assert [asked for asked in window.forget() if not asked.startswith(_OF_NBCONVERT)] == []
