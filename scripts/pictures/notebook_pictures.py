"""Pictures of panels in the outputs of a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playwright.sync_api import Locator, expect

from scripts.pictures.view_tour import Picture, ViewTour
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.server import Server

WIDTH, HEIGHT, TALL = 1280, 800, 7000
# Widths of a panel in pixels: a narrow window, a small screen, the whole notebook.
WIDTHS = {"narrow": 250, "medium": 700, "wide": None}

SETUP = """\
from exo_nbregistry import ModelRegistry

registry = ModelRegistry("models/registry")"""
_IMPORTS = "from exo_nbregistry.exoplanet import flag_candidates, load_koi"
# Code of each cell, by the name of its picture.
_CELLS = {
    "panel": "registry.browse()",
    "compare-models": (
        "registry.compare_models(['kepler_rf:4', 'kepler_rf@champion', 'kepler_svm'])"
    ),
    "plot": "registry.plot('roc', ['kepler_rf:1', 'kepler_rf@champion', 'kepler_svm'])",
    "version": "registry['kepler_rf:5']",
    "listing": "registry.list_models()",
    "candidates": "flag_candidates('kepler_rf@champion', load_koi(), 0.95, registry=registry)",
    "empty": "ModelRegistry('.empty/registry').browse()",
    "missing": "registry['kepler_rf@chmpion']",
}
# A search, captured while it runs.
_WORK = """\
from exo_nbregistry.exoplanet import load_koi, tune

koi = load_koi()
rows = slice(None, None, 3)
found = tune("SVM", koi.data[rows], koi.target[rows], koi.groups[rows], n_trials=30, folds=3)"""
_CAUGHT = re.compile("(5[5-9]|6[0-9]) of 90 fits")
_RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); return null; }"


def write_notebooks(server: Server) -> None:
    """Write the notebooks of the pictures below the root of the server."""
    write_notebook(server.root / "panels.ipynb", [SETUP, _IMPORTS, *_CELLS.values()])
    write_notebook(server.root / "work.ipynb", [_WORK])


def output_pictures(window: Window, server: Server, theme: str) -> Iterator[Picture]:
    """Yield pictures of each panel, and of each state of the view of a registry.

    Parameters
    ----------
    window : Window
        Opens the page.
    server : Server
        A server of `sample_server`.
    theme : str
        Name of a theme of JupyterLab.
    """
    notebook = Notebook(window.page(), server, "panels.ipynb")
    # High enough for all panels.
    notebook.page.set_viewport_size({"width": WIDTH, "height": TALL})
    notebook.theme(theme)
    notebook.command("application:toggle-left-area")
    notebook.run()
    cells = {name: number for number, name in enumerate(_CELLS, 2)}
    for width, pixels in WIDTHS.items():
        output = notebook.output(cells["panel"])
        _resize(output, pixels)
        for name, picture in ViewTour(output).pictures():
            yield f"output-{width}/{name}", picture
        for name in ("candidates", "empty"):
            _resize(notebook.output(cells[name]), pixels)
        yield from _candidates(notebook.output(cells["candidates"]), width)
        yield f"output-{width}/empty", notebook.output(cells["empty"]).screenshot()
    yield "output-wide/action", _question(notebook.output(cells["panel"]))
    for name in ("compare-models", "plot", "version", "listing", "missing"):
        yield f"output-wide/{name}", notebook.output(cells[name]).screenshot()
    notebook.end()


def _resize(output: Locator, pixels: int | None) -> None:
    width = "''" if pixels is None else f"'{pixels}px'"
    output.evaluate(f"node => {{ node.style.maxWidth = node.style.minWidth = {width}; }}")


def _candidates(output: Locator, width: str) -> Iterator[Picture]:
    """Yield pictures of the follow-up list, without and with the details of a signal."""
    view = output.locator(".exo-Followup")
    names = view.locator(".exo-Candidates-name")
    names.first.wait_for()
    yield f"output-{width}/candidates", output.screenshot(animations="disabled")
    names.nth(1).click()
    view.get_by_role("heading", level=3).first.wait_for()
    expect(view.locator(".exo-Loading:visible")).to_have_count(0)
    view.page.mouse.move(0, 0)
    yield f"output-{width}/candidate", output.screenshot(animations="disabled")
    view.get_by_title("Close the details").click()
    view.get_by_role("heading", level=3).wait_for(state="detached")


def _question(output: Locator) -> bytes:
    """Return a picture of an action that asks for confirmation, without the list."""
    view = RegistryView(output)
    view.press("Versions")
    view.open("kepler_rf:6")
    form = view.node.locator(".exo-ActionForm")
    view.node.locator('[data-action="set_alias"]').click()
    form.get_by_label("Alias", exact=True).fill("champion")
    form.get_by_text("@champion points to version 5.").wait_for()
    form.get_by_role("button", name="Move here").click()
    form.locator(".exo-ActionForm-code").wait_for()
    picture = form.screenshot(animations="disabled")
    view.press("Clear")
    return picture


def work_picture(window: Window, server: Server, theme: str) -> bytes:
    """Return a picture of a hyperparameter search while it runs."""
    notebook = Notebook(window.page(), server, "work.ipynb")
    notebook.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    notebook.theme(theme)
    notebook.command("application:toggle-left-area")
    notebook.page.evaluate(_RUN)
    output = notebook.page.locator(".jp-Cell-outputArea .jp-OutputArea-output").last
    expect(output).to_contain_text(_CAUGHT, timeout=300_000)
    picture = output.screenshot()
    notebook.end()
    return picture
