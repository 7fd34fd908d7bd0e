"""From the view of a registry in an output into its notebook: inserted code and origin cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server

_REGISTER = """\
from sklearn.svm import SVC
from exo_nbregistry import ModelRegistry
registry = ModelRegistry('../registry')
ref = registry.register_model(SVC().fit([[0.0], [1.0]], [0, 1]), 'own')"""
_BROWSE = "registry.browse(order_by='-created_at')"


def _run(window: Window, server: Server, folder: Path, view: str, *cells: str) -> Notebook:
    sample_registries(folder / "registry")
    write_notebook(folder / "work" / "n.ipynb", cells)
    notebook = Notebook(window.page(), server, f"{folder.name}/work/n.ipynb", view)
    notebook.run()
    return notebook


def _menu(view: RegistryView, ref: str) -> Locator:
    view.row(ref).get_by_role("rowheader").click(button="right")
    return view.shown.page.get_by_role("menu")


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_code_is_inserted_below_the_panel_and_runs(
    window: Window, server: Server, folder: Path, app: str
) -> None:
    """The code is inserted into a new cell below the output, and loads the version unchanged."""
    notebook = _run(window, server, folder, app, _REGISTER, _BROWSE)
    view = RegistryView(notebook.output())
    view.open("own:1")
    view.press("Insert code")
    cells = notebook.page.locator(".jp-Notebook .jp-Cell")
    expect(cells).to_have_count(3)
    expect(cells.nth(2)).to_contain_text("registry.load_model('own:1')")
    notebook.run_cell(2)
    expect(cells.nth(2).locator(".jp-OutputArea-output")).to_have_count(0)


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_the_cell_that_registered_a_version_is_shown(
    window: Window, server: Server, folder: Path, app: str
) -> None:
    """The origin in the same notebook becomes the active cell, also by the menu of its row."""
    notebook = _run(window, server, folder, app, "1", _REGISTER, _BROWSE)
    view = RegistryView(notebook.output())
    _menu(view, "own:1").get_by_text("Open notebook").click()
    active = notebook.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("from sklearn.svm import SVC")


def test_another_notebook_opens_at_its_cell(window: Window, server: Server, folder: Path) -> None:
    """The origin in a notebook of the same folder opens in a tab, at its cell."""
    made = _run(window, server, folder, "lab/tree", "1", _REGISTER)
    made.save()
    opened = "\n".join(_REGISTER.splitlines()[1:3])
    write_notebook(folder / "work" / "look.ipynb", [opened, _BROWSE])
    made.end()
    notebook = Notebook(made.page, server, f"{folder.name}/work/look.ipynb")
    notebook.run()
    view = RegistryView(notebook.output())
    _menu(view, "own:1").get_by_text("Open notebook").click()
    active = notebook.page.locator(".jp-Notebook:visible .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("from sklearn.svm import SVC")
