"""Panels in outputs: first stored, then live while the kernel has them."""

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
    """Return the check box, which only a live panel has."""
    return notebook.output().get_by_role("checkbox", name="Show identical rows")


def _stored(notebook: Notebook) -> Locator:
    cell = notebook.page.locator(".jp-Cell").last
    return cell.locator(".jp-RenderedHTML").get_by_text("f1_score")


def _is_live(notebook: Notebook) -> None:
    expect(_switch(notebook)).to_be_visible()
    expect(_stored(notebook)).to_have_count(0)
    _switch(notebook).check()
    expect(notebook.output().get_by_text("max_iter")).to_be_visible()


def _is_stored(notebook: Notebook) -> None:
    expect(_stored(notebook)).to_be_visible()
    expect(_switch(notebook)).to_have_count(0)
    # A missing widget would show a message within a second.
    notebook.page.wait_for_timeout(1_500)
    expect(_stored(notebook)).to_be_visible()
    expect(notebook.page.get_by_text("not found")).to_have_count(0)


def test_panels_are_live_with_their_kernel(window: Window, server: Server, folder: Path) -> None:
    """A panel is live after a run or reload, and stored after a restart or with a new kernel."""
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


def test_a_closed_panel_shows_the_stored_view(window: Window, server: Server, folder: Path) -> None:
    """A panel that the kernel closes is replaced by its stored view."""
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
    expect(shown.get_by_role("checkbox", name="Show identical rows")).to_be_visible()
    notebook.run_cell(2)
    expect(shown.locator(".jp-RenderedHTML").get_by_text("f1_score")).to_be_visible()


def test_untrusted_notebooks_show_the_stored_view(
    window: Window, server: Server, folder: Path
) -> None:
    """A notebook of another user shows the stored view, sanitized by JupyterLab."""
    sample_registries(folder / "registry")
    mine = open_notebook(window, server, f"{folder.name}/n.ipynb", _CELLS)
    mine.save()
    mine.page.close()
    content = nbformat.read(mine.file, as_version=4)
    content.metadata["from"] = "another user"
    nbformat.write(content, folder / "theirs.ipynb")
    theirs = Notebook(window.page(), server, f"{folder.name}/theirs.ipynb")
    _is_stored(theirs)
