"""Driver of notebooks in JupyterLab."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page

from tests.browser.chromium import Window
from tests.browser.server import Server

# No function waits inside the page, because the page has no time limit.
RESTORED = """() => {
    window.jupyterapp?.restored.then(() => { window.restored = true; });
    return window.restored;
}"""
# A command before the kernel is connected can open a dialog and never return.
_CONNECTED = """() => {
    const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
    const kernel = context?.session?.kernel;
    return !!context?.isReady && kernel?.status === 'idle'
        && kernel.connectionStatus === 'connected';
}"""
_COMMAND = """([command, options]) => {
    window.finished = false;
    window.jupyterapp.commands.execute(command, options).then(() => { window.finished = true; });
}"""
_SHUTDOWN = """() => {
    window.finished = false;
    window.jupyterapp.shell.currentWidget.sessionContext.shutdown()
        .then(() => { window.finished = true; });
}"""
_RAN = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].every(
    cell => cell.type !== 'code' || !cell.sharedModel.getSource().trim() || cell.executionCount
)"""


class Notebook:
    """An open notebook in JupyterLab, or in Notebook 7.

    Parameters
    ----------
    page : Page
        The page.
    server : Server
        The server.
    path : str
        Path below the root of the server.
    view : {"lab/tree", "notebooks"}
        Application that opens the notebook.
    """

    def __init__(self, page: Page, server: Server, path: str, view: str = "lab/tree") -> None:
        self.page = page
        self.file = server.root / path
        self._server, self._path, self._view = server, path, view
        self._open()

    def _open(self) -> None:
        token = self._server.token
        self.page.goto(f"{self._server.url}/{self._view}/{self._path}?token={token}&reset")
        self.page.wait_for_function(RESTORED)
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        self.page.wait_for_function(_CONNECTED)

    def command(self, name: str, **options: object) -> None:
        """Run a JupyterLab command and wait for its end."""
        self.page.evaluate(_COMMAND, [name, options])
        self.page.wait_for_function("() => window.finished")

    def run(self) -> None:
        """Run all cells and wait for their end."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(_RAN)
        self.settle()

    def run_cell(self, cell: int) -> None:
        """Run a cell and wait for its end."""
        self.page.evaluate(
            "cell => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell; }",
            cell,
        )
        self.command("notebook:run-cell")
        self.settle()

    def settle(self) -> None:
        """Wait until the kernel is idle."""
        self.page.wait_for_function(_CONNECTED)

    def output(self, cell: int = -1) -> Locator:
        """Return the last output of a cell; by default of the last cell."""
        shown = self.page.locator(".jp-Cell").nth(cell)
        return shown.locator(".jp-Cell-outputArea .jp-OutputArea-output").last

    def save(self) -> None:
        """Save the notebook."""
        self.command("docmanager:save")

    def reload(self) -> None:
        """Reload the page and keep the kernel."""
        self._open()

    def reopen(self) -> None:
        """Save and close the notebook, and open it with a new kernel."""
        self.save()
        self.end()
        self._open()

    def end(self) -> None:
        """Shut down the kernel and leave the page."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.goto("about:blank")

    def theme(self, name: str) -> None:
        """Set the theme, such as "JupyterLab Light" or "JupyterLab Dark"."""
        self.command("apputils:change-theme", theme=name)
        light = json.dumps("light" in name.lower())
        self.page.wait_for_function(
            f"() => document.body.dataset.jpThemeLight === '{light}'"
            f" && document.body.dataset.jpThemeName === '{name}'"
        )
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells.

    Parameters
    ----------
    path : Path
        Path of the file; missing folders are created.
    cells : sequence of str
        Sources of the cells.
    """
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(cells)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def open_notebook(window: Window, server: Server, path: str, cells: Sequence[str]) -> Notebook:
    """Write a notebook, open it in JupyterLab and run it.

    Parameters
    ----------
    window : Window
        Window for the new page.
    server : Server
        The server.
    path : str
        Path below the root of the server.
    cells : sequence of str
        Sources of the cells.

    Returns
    -------
    Notebook
        The notebook after the run.
    """
    write_notebook(server.root / path, cells)
    notebook = Notebook(window.page(), server, path)
    notebook.run()
    return notebook
