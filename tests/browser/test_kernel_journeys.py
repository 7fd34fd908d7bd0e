"""Journeys of panels whose kernel is busy, restarted or missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server

_PANEL = (
    "from exo_nbregistry import ModelRegistry\n"
    "ModelRegistry('registry', create=False).browse(order_by='-created_at')"
)
_SLEEP = "import time; time.sleep(20)"
# The whole kernel stops for a while, as by a long call of a compiled library.
_SUSPEND = (
    "import os, subprocess\n"
    "stop = 'sleep 1; kill -STOP {0}; sleep 12; kill -CONT {0}'.format(os.getpid())\n"
    "suspended = subprocess.Popen(['sh', '-c', stop])"
)
_UNTIL_SUSPENDED_MS = 2_000
_RUN_AGAIN = "Stored view. Run the cell to use the panel."
_BUSY = "Stored view. The kernel is busy or starting; the panel waits for it."
_WAITING = "Waiting for the kernel, which may be running a cell."
_START = """cell => {
    window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
    void window.jupyterapp.commands.execute('notebook:run-cell');
}"""
_RESTART = (
    "() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
)
_WORK = """\
from exo_nbregistry.exoplanet import ModelTrainer, load_koi, split_by_star
koi = load_koi()
split = split_by_star(koi.data, koi.target, koi.groups, random_state=42)
trainer = ModelTrainer(random_state=42)
models = {"RandomForest": {"n_estimators": 200, "random_state": 0}}
run = trainer.train_and_evaluate(*split, model_configs=models)"""


@pytest.fixture
def notebook(window: Window, server: Server, folder: Path) -> Notebook:
    """Return a notebook with a panel of two pages, and cells that occupy the kernel."""
    sample_registries(folder / "registry", forests=28)
    write_notebook(folder / "n.ipynb", [_PANEL, _SLEEP, _SUSPEND])
    notebook = Notebook(window.page(), server, f"{folder.name}/n.ipynb")
    notebook.run_cell(0)
    expect(RegistryView(notebook.output(0)).rows).to_have_count(25)
    return notebook


def _note(notebook: Notebook) -> Locator:
    """Return the sentences above the panel."""
    cell = notebook.page.locator(".jp-Cell").first
    return cell.locator(".exo-KernelNote").filter(has_text=".")


def _start_cell(notebook: Notebook) -> None:
    """Run the cell that sleeps, and do not wait for it."""
    notebook.page.evaluate(_START, 1)
    prompt = notebook.page.locator(".jp-Cell").nth(1).locator(".jp-InputPrompt")
    expect(prompt).to_have_text("[*]:")


def test_a_panel_that_waits_has_a_reason_and_continues(notebook: Notebook) -> None:
    """While the kernel does not reply, a sentence has the reason; then the page is turned."""
    view = RegistryView(notebook.output(0))
    notebook.run_cell(2)
    notebook.page.wait_for_timeout(_UNTIL_SUSPENDED_MS)
    view.press("Next page")
    expect(_note(notebook)).to_have_text(_WAITING)
    expect(view.rows).to_have_count(4)
    expect(_note(notebook)).to_have_count(0)


def test_a_reload_beside_a_running_cell_waits_for_the_kernel(notebook: Notebook) -> None:
    """The stored view is shown with the reason, and is replaced by the panel without a click."""
    notebook.save()
    _start_cell(notebook)
    notebook.page.reload()
    expect(_note(notebook)).to_have_text(_BUSY)
    stored = notebook.page.locator(".jp-Cell").first.locator(".jp-RenderedHTML")
    expect(stored.get_by_role("row").filter(has_text="kepler_rf:28").first).to_be_visible()
    view = RegistryView(notebook.output(0))
    expect(view.rows).to_have_count(25)
    expect(_note(notebook)).to_have_count(0)
    view.press("Next page")
    expect(view.rows).to_have_count(4)


def test_a_restarted_kernel_is_explained(notebook: Notebook) -> None:
    """After a restart, the stored view has the next step, which makes the panel live again."""
    notebook.page.evaluate(_RESTART)
    expect(_note(notebook)).to_have_text(_RUN_AGAIN)
    notebook.settle()
    notebook.run_cell(0)
    expect(RegistryView(notebook.output(0)).rows).to_have_count(25)
    expect(_note(notebook)).to_have_count(0)


def test_a_notebook_without_a_kernel_is_explained(notebook: Notebook) -> None:
    """A notebook that is opened with a new kernel has the stored view and the next step."""
    notebook.reopen()
    expect(_note(notebook)).to_have_text(_RUN_AGAIN)
    expect(RegistryView(notebook.output(0)).node).to_have_count(0)


def test_work_in_progress_is_shown_until_its_result(
    window: Window, server: Server, folder: Path
) -> None:
    """The bar and the model are shown while a cell trains, and the best model after it."""
    write_notebook(folder / "n.ipynb", [_WORK])
    notebook = Notebook(window.page(), server, f"{folder.name}/n.ipynb")
    notebook.page.evaluate(_START, 0)
    cell = notebook.page.locator(".jp-Cell").first
    expect(cell.locator(".widget-hprogress")).to_be_visible()
    expect(cell.locator(".jp-Cell-outputArea")).to_contain_text("RandomForest")
    notebook.settle()
    expect(cell.locator(".widget-hprogress")).to_have_count(0)
    expect(cell.get_by_role("row", name="RandomForest best")).to_be_visible()
