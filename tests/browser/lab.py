"""Notebooks as a user has them: opened, run, saved, closed and opened again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page

from tests.browser.chromium import Window
from tests.browser.server import Server

# Nothing here waits inside of the page, where no time limit would end it.
RESTORED = """() => {
    window.jupyterapp?.restored.then(() => { window.restored = true; });
    return window.restored;
}"""
# A command that runs before the kernel is connected may open a dialog, and never come back.
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
        Shows it.
    server : Server
        Serves it.
    path : str
        From the server's root.
    view : {"lab/tree", "notebooks"}
        Which of the two.
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
        """Run one of JupyterLab's commands to its end."""
        self.page.evaluate(_COMMAND, [name, options])
        self.page.wait_for_function("() => window.finished")

    def run(self) -> None:
        """Run all cells to their end."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(_RAN)
        self.settle()

    def run_cell(self, cell: int) -> None:
        """Run one cell to its end."""
        self.page.evaluate(
            "cell => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell; }",
            cell,
        )
        self.command("notebook:run-cell")
        self.settle()

    def settle(self) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(_CONNECTED)

    def output(self, cell: int = -1) -> Locator:
        """Return the last thing that a cell shows; by default the last cell."""
        shown = self.page.locator(".jp-Cell").nth(cell)
        return shown.locator(".jp-Cell-outputArea .jp-OutputArea-output").last

    def save(self) -> None:
        """Write the file."""
        self.command("docmanager:save")

    def reload(self) -> None:
        """Load the page again, while its kernel goes on."""
        self._open()

    def reopen(self) -> None:
        """Save and close it, end its kernel, and open it with a new one."""
        self.save()
        self.end()
        self._open()

    def end(self) -> None:
        """End its kernel, and leave the page."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.goto("about:blank")

    def theme(self, name: str) -> None:
        """Change the colours of everything, to "JupyterLab Light" or "JupyterLab Dark"."""
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
        Its file; missing folders are made.
    cells : sequence of str
        Their sources.
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
        Gets a new page.
    server : Server
        Serves it.
    path : str
        From the server's root.
    cells : sequence of str
        The sources.

    Returns
    -------
    Notebook
        After its run.
    """
    write_notebook(server.root / path, cells)
    notebook = Notebook(window.page(), server, path)
    notebook.run()
    return notebook
