"""A page that shows panels, and measures them by the clock of the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, WebSocket

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.server import Server

_SETUP = """\
{path}from exo_nbregistry import ModelRegistry
registries = {{size: ModelRegistry(f"{{size}}") for size in {sizes}}}"""
_OTHER_PACKAGE = """\
import os, sys
sys.path.insert(0, {package!r})
os.environ["EXO_NBREGISTRY_CACHE_DIR"] = {cache!r}
"""
# A new panel for each run. With an order, the list is never folded.
_SHOW = """\
panel = registries[{size}].browse(order_by="-created_at")
panel"""
_CLOSE = "panel.close()"
_SECOND = "registries[{size}].browse(order_by='-created_at')"

# Each returns the milliseconds until another first row is drawn, checked once per frame. A loading
# panel can draw its old rows again, so that texts are compared.
_LOOK = """
const newRow = (output, begin, old) => new Promise(done => {
    const look = () => {
        const row = output().querySelector(rows);
        if (row?.getClientRects().length && row.textContent !== old) {
            done(performance.now() - begin);
        } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
});
const content = window.jupyterapp.shell.currentWidget.content;
const output = () => content.widgets[cell].node;
"""
_RUN = f"""([cell, rows]) => {{ {_LOOK}
    content.activeCellIndex = cell;
    content.activeCell.model.clearExecution();
    const begin = performance.now();
    window.jupyterapp.commands.execute('notebook:run-cell');
    return newRow(output, begin, '');
}}"""
_TURN_PAGE = f"""([cell, rows, next]) => {{ {_LOOK}
    const button = [...output().querySelectorAll('button')].find(
        one => [one.textContent, one.getAttribute('aria-label')].includes(next));
    const old = output().querySelector(rows).textContent;
    const begin = performance.now();
    button.click();
    return newRow(output, begin, old);
}}"""


@dataclass(frozen=True)
class Look:
    """How the rows of a panel and its button for the next page are found."""

    rows: str
    next: str


OLD = Look(".nbr-table tbody tr", "Next")
NEW = Look(".exo-View tr[data-ref]", "Next page")


class PanelPage:
    """A notebook that shows panels of registries.

    Parameters
    ----------
    window : Window
        An empty window.
    server : Server
        The server.
    path : str
        Name of the notebook.
    sizes : sequence of int
        Names of the folders of the registries.
    look : Look
        The panel.
    package : Path, optional
        Folder of another revision of the package.
    """

    def __init__(
        self,
        window: Window,
        server: Server,
        path: str,
        sizes: Sequence[int],
        look: Look,
        package: Path | None = None,
    ) -> None:
        other = _OTHER_PACKAGE.format(package=str(package), cache=f"{package}-cache")
        setup = _SETUP.format(path=other if package else "", sizes=tuple(sizes))
        cells = [_SHOW.format(size=size) for size in sizes]
        second = _SECOND.format(size=sizes[0])
        write_notebook(server.root / path, [setup, *cells, second, _CLOSE])
        self._page = window.page()
        self._received = _Received(self._page)
        self._notebook = Notebook(self._page, server, path)
        self._notebook.run_cell(0)
        self._look = look
        self._cells = {size: cell for cell, size in enumerate(sizes, 1)}

    def measure(self, size: int) -> dict[str, float]:
        """Show a new panel and its second page, and return seconds, bytes and widget models."""
        cell, received = self._cells[size], self._received
        self._page.bring_to_front()
        received.reset()
        visible = self._page.evaluate(_RUN, [cell, self._look.rows]) / 1000
        self._notebook.settle()
        shown = {"visible": visible, "bytes": received.n_bytes, "models": received.n_models}
        received.reset()
        turn = self._page.evaluate(_TURN_PAGE, [cell, self._look.rows, self._look.next]) / 1000
        self._notebook.settle()
        turned = {"turn": turn, "turn bytes": received.n_bytes}
        self._notebook.run_cell(len(self._cells) + 2)
        self._notebook.settle()
        return shown | turned

    def scripts_of_second_panel(self, size: int) -> int:
        """Return the number of scripts that the page requests for a second panel."""
        requested: list[str] = []
        self._page.on("request", lambda request: requested.append(request.resource_type))
        self._notebook.run_cell(len(self._cells) + 1)
        output = self._notebook.output(len(self._cells) + 1)
        output.locator(self._look.rows).first.wait_for()
        self._page.evaluate(_RUN, [self._cells[size], self._look.rows])
        return requested.count("script")


class _Received:
    """Counter of the bytes and of the widget models that the kernel sends to the page."""

    def __init__(self, page: Page) -> None:
        self.reset()
        page.on("websocket", self._listen)

    def reset(self) -> None:
        """Count from zero."""
        self.n_bytes = 0
        self.n_models = 0

    def _listen(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", self._count)

    def _count(self, data: Any) -> None:
        self.n_bytes += len(data)
        opened = b"comm_open" if isinstance(data, bytes) else "comm_open"
        self.n_models += opened in data
