"""Panels in outputs: stored at once, live while the kernel has them, and never an error line."""

from __future__ import annotations

from pathlib import Path

import nbformat
from playwright.sync_api import Locator, expect

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook, write_notebook
from tests.browser.panel_tour import SETUP
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server

_CELLS = [SETUP, "registry.compare_models(model_name='kepler_rf')"]
_RESTART = (
    "() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
)


def _switch(notebook: Notebook) -> Locator:
    """Return a control, which only a live panel has."""
    return notebook.output().get_by_role("button", name="Everything")


def _stored(notebook: Notebook) -> Locator:
    cell = notebook.page.locator(".jp-Cell").last
    return cell.locator(".jp-RenderedHTML").get_by_text("f1_score")


def _is_live(notebook: Notebook) -> None:
    expect(_switch(notebook)).to_be_visible()
    expect(_stored(notebook)).to_have_count(0)
    _switch(notebook).click()
    expect(notebook.output().get_by_text("max_iter")).to_be_visible()


def _is_stored(notebook: Notebook) -> None:
    expect(_stored(notebook)).to_be_visible()
    expect(_switch(notebook)).to_have_count(0)
    # A widget that is not found would say so within the second.
    notebook.page.wait_for_timeout(1_500)
    expect(_stored(notebook)).to_be_visible()
    expect(notebook.page.get_by_text("not found")).to_have_count(0)


def test_panels_live_as_long_as_their_kernel(window: Window, server: Server, folder: Path) -> None:
    """Live when run and after a reload; stored with another or a restarted kernel; live again."""
    sample_registries(folder / "registry")
    notebook = open_notebook(window, server, f"{folder.name}/n.ipynb", _CELLS)
    _is_live(notebook)
    notebook.save()
    notebook.reload()
    _is_live(notebook)
    notebook.page.evaluate(_RESTART)
    _is_stored(notebook)
    notebook.run()
    _is_live(notebook)
    notebook.reopen()
    _is_stored(notebook)
    notebook.run()
    _is_live(notebook)
    assert '"model_id": ""' not in notebook.file.read_text(encoding="utf-8")


def test_a_closed_panel_leaves_what_is_stored(window: Window, server: Server, folder: Path) -> None:
    """A panel that its kernel closes turns into its stored view, not into an empty place."""
    sample_registries(folder / "registry")
    show = (
        "from exo_nbregistry.panels.comparison import ComparisonPanel\n"
        "panel = ComparisonPanel(registry.compare_models(model_name='kepler_rf'))\npanel"
    )
    write_notebook(folder / "n.ipynb", [SETUP, show, "panel.close()"])
    notebook = Notebook(window.page(), server, f"{folder.name}/n.ipynb")
    for cell in (0, 1):
        notebook.run_cell(cell)
    shown = notebook.output(1)
    expect(shown.get_by_role("button", name="Everything")).to_be_visible()
    notebook.run_cell(2)
    expect(shown.locator(".jp-RenderedHTML").get_by_text("f1_score")).to_be_visible()


def test_untrusted_notebooks_show_what_is_stored(
    window: Window, server: Server, folder: Path
) -> None:
    """A notebook of somebody else shows the stored view, sanitised by JupyterLab, at once."""
    sample_registries(folder / "registry")
    mine = open_notebook(window, server, f"{folder.name}/n.ipynb", _CELLS)
    mine.save()
    mine.page.close()
    content = nbformat.read(mine.file, as_version=4)
    content.metadata["from"] = "somebody else"
    nbformat.write(content, folder / "theirs.ipynb")
    theirs = Notebook(window.page(), server, f"{folder.name}/theirs.ipynb")
    _is_stored(theirs)
