"""Every panel in JupyterLab, light and dark: what it says is seen, and heard."""

from __future__ import annotations

from pathlib import Path

from tests.browser.chromium import Window
from tests.browser.lab import open_notebook
from tests.browser.reading import faint, nameless
from tests.browser.server import Server
from tests.browser.tour import PANELS, furnish


def test_every_panel_can_be_read_and_named(window: Window, server: Server, folder: Path) -> None:
    """Text has a contrast of 4.5 to 1 in both themes, and every control has a name."""
    notebook = open_notebook(window, server, f"{folder.name}/tour.ipynb", furnish(folder))
    found = {}
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        notebook.theme(theme)
        for cell, panel in enumerate(PANELS, 1):
            output = notebook.output(cell)
            found[theme, panel] = [*faint(output), *nameless(output)]
    assert not any(found.values()), found
