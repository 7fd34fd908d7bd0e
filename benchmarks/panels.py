"""The browser panel in Chromium: its first page, the bytes of it, and the next page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from statistics import median
from typing import Any
from unittest import mock

from playwright.sync_api import Page, WebSocket

from benchmarks.populate import populate
from benchmarks.row import Row, Settings
from tests.browser.chromium import Window, chromium
from tests.browser.lab import Notebook, write_notebook
from tests.browser.server import Server

SMALL, LARGE = 100, 100_000
RUNS = 11
_VISIBLE, _BYTES, _TURN = 2.0, 1.2, 2.0

_SETUP = """\
from exo_nbregistry import ModelRegistry
registries = {{size: ModelRegistry(f"{{size}}") for size in {sizes}}}
panel = None"""
# A new panel for each run; the old one is closed.
_SHOW = """\
if panel is not None: panel.close()
panel = registries[{size}].browse()
panel"""

# Each returns the milliseconds until a new row is drawn, measured once per frame by the clock of
# the browser.
_LOOK = """
const newRow = (output, begin) => new Promise(done => {
    const look = () => {
        const row = output().querySelector('.nbr-table tbody tr');
        if (row?.getClientRects().length && !row.dataset.seen) {
            row.dataset.seen = true;
            done(performance.now() - begin);
        } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
});
const content = window.jupyterapp.shell.currentWidget.content;
const output = () => content.widgets[cell].node;
"""
_RUN = f"""cell => {{ {_LOOK}
    content.activeCellIndex = cell;
    const begin = performance.now();
    window.jupyterapp.commands.execute('notebook:run-cell');
    return newRow(output, begin);
}}"""
_TURN_PAGE = f"""cell => {{ {_LOOK}
    const next = [...output().querySelectorAll('button')].find(b => b.textContent === 'Next');
    const begin = performance.now();
    next.click();
    return newRow(output, begin);
}}"""


def measure(settings: Settings) -> Iterator[Row]:
    """Show a large and a small registry in turn, in one JupyterLab."""
    sizes = (SMALL, 5 * SMALL) if settings.quick else (SMALL, LARGE)
    home = settings.folder / "jupyter"
    with chromium() as browser:
        server = Server(home)
        try:
            with mock.patch.dict(os.environ, server.environment):
                for size in sizes:
                    settings.echo(f"populating {size:,} versions")
                    populate(server.root / f"{size}", versions=size)
            window = Window(browser)
            cells = [_SETUP.format(sizes=sizes), *(_SHOW.format(size=size) for size in sizes)]
            write_notebook(server.root / "n.ipynb", cells)
            page = window.page()
            received = _Received(page)
            notebook = Notebook(page, server, "n.ipynb")
            notebook.run_cell(0)
            yield from _rows(sizes, _measured(notebook, received, 1 if settings.quick else RUNS))
            window.close()
        finally:
            server.close()


def _measured(notebook: Notebook, received: _Received, runs: int) -> dict[str, tuple[float, float]]:
    """Return the median of each measure for the small and the large registry."""
    taken: dict[str, tuple[list[float], list[float]]] = {
        what: ([], []) for what in ("visible", "bytes", "turn")
    }
    for run in range(runs + 1):  # the first run is not counted
        for place in (0, 1) if run % 2 else (1, 0):
            before = received.n_bytes
            found = {"visible": notebook.page.evaluate(_RUN, place + 1) / 1000}
            notebook.settle()
            found["bytes"] = received.n_bytes - before
            found["turn"] = notebook.page.evaluate(_TURN_PAGE, place + 1) / 1000
            notebook.settle()
            for what, value in found.items():
                if run:
                    taken[what][place].append(value)
    return {what: (median(small), median(large)) for what, (small, large) in taken.items()}


class _Received:
    """Counter of the bytes that the kernel sends to the page."""

    def __init__(self, page: Page) -> None:
        self.n_bytes = 0
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", self._count)

    def _count(self, data: Any) -> None:
        self.n_bytes += len(data)


def _rows(sizes: tuple[int, int], medians: dict[str, tuple[float, float]]) -> Iterator[Row]:
    promised = {
        "visible": ("first page visible", _VISIBLE, "s"),
        "bytes": ("bytes of the first page", _BYTES, "B"),
        "turn": ("page turned", _TURN, "s"),
    }
    small, large = sizes
    for what, (name, target, unit) in promised.items():
        floor, ours = medians[what]
        yield Row(f"{name}, {large:,} versions, against {small}", ours, floor, target, unit=unit)
