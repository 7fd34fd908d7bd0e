"""The view of a registry in the output of a cell, and its kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server

_OPEN = "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')"
_CELLS = [
    _OPEN,
    "seen = []\n"
    "panel = registry.browse(order_by='-created_at')\n"
    "panel.observe(lambda change: seen.append(change.new), 'selected')",
    "panel.selected, seen",
    "panel",
]
# Pages of Voila request these addresses.
_OF_VOILA = (
    "https://cdn.jsdelivr.net/npm/@fortawesome/",
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
)
_RESTART = (
    "() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
)
_RUN_CELL = """cell => {
    window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
    window.jupyterapp.commands.execute('notebook:run-cell');
}"""


@pytest.fixture
def notebook(window: Window, server: Server, folder: Path) -> Notebook:
    """Return a notebook that shows a registry with two pages."""
    sample_registries(folder / "registry", forests=28)
    return open_notebook(window, server, f"{folder.name}/n.ipynb", _CELLS)


@pytest.fixture
def disk(notebook: Notebook) -> ModelRegistry:
    """Return another registry on the same folder."""
    return ModelRegistry(notebook.file.parent / "registry", create=False)


def _newest(disk: ModelRegistry) -> list[str]:
    return [item.model_id for item in disk.list_models(order_by="-created_at")]


def _is_stored(notebook: Notebook) -> None:
    """Check that the output shows its stored view, and keeps it."""
    stored = notebook.output().locator(".jp-RenderedHTML")
    expect(stored.get_by_role("row").filter(has_text="kepler_rf:28").first).to_be_visible()
    # A missing widget would show a message within a second.
    notebook.page.wait_for_timeout(1_500)
    expect(stored).to_be_visible()
    expect(notebook.output().locator(".exo-View")).to_have_count(0)
    expect(notebook.page.get_by_text("not found")).to_have_count(0)


def test_the_first_page_needs_no_request(window: Window, server: Server, folder: Path) -> None:
    """The rows are drawn from the output, without a message to the kernel."""
    sample_registries(folder / "registry", forests=28)
    write_notebook(folder / "n.ipynb", [_OPEN, "registry.browse(order_by='-created_at')"])
    page = window.page()
    sent = _requests(page)
    notebook = Notebook(page, server, f"{folder.name}/n.ipynb")
    notebook.run()
    expect(RegistryView(notebook.output()).rows).to_have_count(25)
    assert [path for path in sent if "/versions" in path] == []


def _requests(page: Page) -> list[str]:
    """Return the paths of the requests of views, which grows as they are sent."""
    sent: list[str] = []

    def count(data: Any) -> None:
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        sent.extend(part.partition('"')[0] for part in text.split('"path":"')[1:])

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", count)

    page.on("websocket", listen)
    return sent


def test_pages_are_turned(notebook: Notebook, disk: ModelRegistry) -> None:
    """Each page matches the registry on disk."""
    view = RegistryView(notebook.output())
    view.lists(_newest(disk)[:25])
    view.press("Next page")
    view.lists(_newest(disk)[25:])


def test_a_page_is_turned_while_a_cell_runs(notebook: Notebook, disk: ModelRegistry) -> None:
    """The kernel answers the view beside a running cell."""
    view = RegistryView(notebook.output())
    view.lists(_newest(disk)[:25])
    notebook.page.evaluate(
        "cell => window.jupyterapp.shell.currentWidget.content.widgets[cell].model.sharedModel"
        ".setSource('import time; time.sleep(25)')",
        2,
    )
    notebook.page.evaluate(_RUN_CELL, 2)
    prompt = notebook.page.locator(".jp-Cell").nth(2).locator(".jp-InputPrompt")
    expect(prompt).to_have_text("[*]:")
    view.press("Next page")
    view.lists(_newest(disk)[25:])
    expect(prompt).to_have_text("[*]:")


def _shows(notebook: Notebook, cell: int, text: str) -> None:
    """Check what a cell displays, as soon as the state of the page has reached the kernel."""
    # The state arrives in another thread than the cell, in any order.
    for _ in range(20):
        notebook.run_cell(cell)
        if notebook.output(cell).inner_text().strip() == text:
            return
        notebook.page.wait_for_timeout(500)
    expect(notebook.output(cell)).to_have_text(text, use_inner_text=True)


def test_python_follows_the_selection(notebook: Notebook) -> None:
    """Versions that are selected in the view are in the trait, and observers are called."""
    view = RegistryView(notebook.output())
    view.open("kepler_rf:28")
    view.add("kepler_rf:27")
    _shows(
        notebook,
        2,
        "(('kepler_rf:28', 'kepler_rf:27'),\n"
        " [('kepler_rf:28',), ('kepler_rf:28', 'kepler_rf:27')])",
    )


def test_the_view_follows_python(window: Window, server: Server, folder: Path) -> None:
    """Traits that Python sets change the view, and a change by a cell is shown."""
    sample_registries(folder / "registry", forests=28)
    cells = [_OPEN, "panel = registry.browse(order_by='-created_at')\npanel"]
    cells += ["panel.selected = ['kepler_rf:28']", "registry.delete_model('kepler_rf:27')"]
    cells += ["panel.query = 'svm'"]
    write_notebook(folder / "n.ipynb", cells)
    notebook = Notebook(window.page(), server, f"{folder.name}/n.ipynb")
    for cell in (0, 1, 2):
        notebook.run_cell(cell)
    view = RegistryView(notebook.output(1))
    expect(view.row("kepler_rf:28")).to_have_attribute("aria-selected", "true")
    expect(view.row("kepler_rf:27")).to_be_visible()
    notebook.run_cell(3)
    expect(view.row("kepler_rf:27")).to_have_count(0)
    notebook.run_cell(4)
    view.lists(["kepler_svm:1"])


def test_a_panel_is_stored_without_its_kernel(notebook: Notebook, disk: ModelRegistry) -> None:
    """The view is live after a reload, and stored after a restart and with a new kernel."""
    view = RegistryView(notebook.output())
    view.lists(_newest(disk)[:25])
    notebook.save()
    notebook.reload()
    view.lists(_newest(disk)[:25])
    notebook.page.evaluate(_RESTART)
    _is_stored(notebook)
    notebook.run()
    view.lists(_newest(disk)[:25])
    notebook.reopen()
    _is_stored(notebook)
    stored = json.loads(notebook.file.read_text(encoding="utf-8"))
    assert "widgets" not in stored["metadata"]
    assert set(stored["cells"][-1]["outputs"][0]["data"]) == {
        "application/vnd.exo-nbregistry.panel+json",
        "text/html",
        "text/plain",
    }


def test_two_views_of_a_panel_are_live(window: Window, server: Server, folder: Path) -> None:
    """A panel that is shown twice has two views with the same selection."""
    sample_registries(folder / "registry", forests=3)
    cells = [_OPEN, "panel = registry.browse(order_by='-created_at')\npanel", "panel"]
    notebook = open_notebook(window, server, f"{folder.name}/n.ipynb", cells)
    first, second = (RegistryView(notebook.output(cell)) for cell in (1, 2))
    first.open("kepler_rf:2")
    expect(second.row("kepler_rf:2")).to_have_attribute("aria-selected", "true")
    second.open("kepler_rf:3")
    expect(first.row("kepler_rf:3")).to_have_attribute("aria-selected", "true")


def test_a_panel_is_live_in_notebook_7(window: Window, server: Server, folder: Path) -> None:
    """A panel is live in Notebook 7, which does not put it in a scrolled box."""
    disk = sample_registries(folder / "registry", forests=28)
    write_notebook(folder / "n.ipynb", _CELLS)
    notebook = Notebook(window.page(), server, f"{folder.name}/n.ipynb", "notebooks")
    notebook.run()
    view = RegistryView(notebook.page.locator("body"))
    view.lists(_newest(disk)[:25])
    view.press("Next page")
    view.lists(_newest(disk)[25:])
    expect(notebook.page.locator(".jp-mod-outputsScrolled")).to_have_count(0)
    notebook.end()


def test_a_panel_is_live_in_voila(window: Window, server: Server, folder: Path) -> None:
    """The plugins are active in Voila, and a panel is live."""
    disk = sample_registries(folder / "registry", forests=28)
    write_notebook(folder / "n.ipynb", _CELLS)
    page = window.page()
    failed: list[str] = []
    page.on("console", lambda message: failed.append(message.text))
    page.goto(f"{server.url}/voila/render/{folder.name}/n.ipynb?token={server.token}")
    view = RegistryView(page.locator("body"))
    view.lists(_newest(disk)[:25])
    view.press("Next page")
    view.lists(_newest(disk)[25:])
    plugins = page.evaluate("() => window.jupyterapp.listPlugins()")
    assert {"exo-nbregistry:renderer", "exo-nbregistry:widgets"} <= set(plugins)
    assert [text for text in failed if "package: exo-nbregistry" in text] == []
    assert [address for address in window.forget() if not address.startswith(_OF_VOILA)] == []


def test_anywidget_shows_a_panel_of_vs_code(window: Window, server: Server, folder: Path) -> None:
    """In VS Code, a panel brings its code with it and is shown by anywidget."""
    sample_registries(folder / "registry", forests=3)
    declare = "get_ipython().user_ns['__vsc_ipynb_file__'] = 'n.ipynb'"
    cells = [_OPEN, declare, "panel = registry.browse(order_by='-created_at')\npanel"]
    cells += ["type(panel).__name__, panel.selected"]
    write_notebook(folder / "n.ipynb", cells)
    notebook = Notebook(window.page(), server, f"{folder.name}/n.ipynb")
    for cell in (0, 1, 2):
        notebook.run_cell(cell)
    RegistryView(notebook.output(2)).open("kepler_rf:2")
    _shows(notebook, 3, "('AnywidgetRegistryPanel', ('kepler_rf:2',))")
