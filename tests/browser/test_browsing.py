"""The browser panel in JupyterLab: what it shows and does is what is on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.browser_panel import BrowserPanel
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server

_CELLS = [
    "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')",
    "seen = []\n"
    "panel = registry.browse()\n"
    "panel.observe(lambda change: seen.append(len(change.new)), 'selected')",
    "panel.selected, seen",
    "panel",
]
_MAX_TABS = 80


@pytest.fixture
def notebook(window: Window, server: Server, folder: Path) -> Notebook:
    """Return a notebook that shows a registry of two pages."""
    sample_registries(folder / "registry", forests=28)
    return open_notebook(window, server, f"{folder.name}/n.ipynb", _CELLS)


@pytest.fixture
def panel(notebook: Notebook) -> BrowserPanel:
    """Return its browser panel."""
    return BrowserPanel(notebook.output())


@pytest.fixture
def disk(notebook: Notebook) -> ModelRegistry:
    """Return another registry on the same folder."""
    return ModelRegistry(notebook.file.parent / "registry", create=False)


def _refs(disk: ModelRegistry, **asked: object) -> list[str]:
    return [item.model_id for item in disk.list_models(**asked)]  # type: ignore[arg-type]


def test_it_searches_sorts_and_turns_pages(panel: BrowserPanel, disk: ModelRegistry) -> None:
    """Each page is the one that the registry on disk gives."""
    newest = _refs(disk, order_by="-created_at")
    panel.lists(newest[:25])
    panel.press("Next")
    panel.says("Page 2 of 2 - 29 versions")
    panel.lists(newest[25:])

    panel.ask("metrics.f1_score > 0.7")
    found = _refs(disk, where="metrics.f1_score > 0.7", order_by="-created_at")
    assert len(found) == 8
    panel.lists(found)

    panel.shown.get_by_role("combobox", name="Sort by").select_option("metric: f1_score")
    panel.press("Descending ▼")
    panel.lists(_refs(disk, where="metrics.f1_score > 0.7", order_by="metrics.f1_score"))

    panel.ask("svm")
    panel.lists(["kepler_svm:1"])

    panel.ask("metrics.f1_score >")
    panel.says("metrics.f1_score >", role="alert")


def test_it_selects_and_compares(notebook: Notebook, panel: BrowserPanel) -> None:
    """One version is told in parts, two are compared, and Python knows which."""
    panel.select("kepler_rf:28")
    for part in ("Provenance", "History", "Notes", "Code", "Overview"):
        panel.press(part)
    expect(panel.shown.get_by_text("0.7800").last).to_be_visible()

    panel.select("kepler_rf:28", "kepler_rf:27")
    expect(panel.shown.get_by_text("-0.0100 worse")).to_be_visible()
    panel.press("Everything")
    expect(panel.shown.get_by_text("LogisticRegression").last).to_be_visible()

    panel.press("Plots")
    expect(panel.shown.get_by_text("f1_score of kepler_rf")).to_be_visible()
    picture = panel.shown.locator("img").last
    picture.wait_for()
    assert picture.evaluate("picture => picture.naturalWidth") > 400

    notebook.run_cell(2)
    expect(notebook.output(2)).to_have_text(
        "(('kepler_rf:28', 'kepler_rf:27'), [1, 0, 1, 2])", use_inner_text=True
    )


def test_what_it_does_is_on_disk(panel: BrowserPanel, disk: ModelRegistry) -> None:
    """Moving an alias, undoing that, deleting and restoring change the registry at once."""
    panel.select("kepler_rf:28")
    panel.shown.get_by_role("combobox", name="Alias").fill("champion")
    panel.press("Set here…")
    panel.confirm("Move kepler_rf@champion from 1 to 28?", "kepler_rf@champion points at 28")
    assert disk.get_metadata("kepler_rf@champion").version == 28

    panel.press("Undo: set champion")
    panel.says("Undone: kepler_rf@champion points at 1.")
    assert disk.get_metadata("kepler_rf@champion").version == 1

    panel.press("Delete or restore")
    panel.press("Delete…")
    panel.confirm("Delete kepler_rf:28?", "Deleted kepler_rf:28")
    assert disk.get_metadata("kepler_rf:28").status == "deleted"
    panel.lists(_refs(disk, order_by="-created_at", limit=25))

    panel.press("Restore…")
    panel.confirm("Restore kepler_rf:28?", "Restored kepler_rf:28")
    assert disk.get_metadata("kepler_rf:28").status == "active"
    panel.lists(_refs(disk, order_by="-created_at", limit=25))


def test_it_needs_no_mouse(notebook: Notebook, panel: BrowserPanel) -> None:
    """The tab key reaches the search box and the rows; Enter searches, and Space selects."""
    _tab_to(panel.search)
    notebook.page.keyboard.type("champion")
    notebook.page.keyboard.press("Enter")
    panel.lists(["kepler_rf:1"])
    _tab_to(panel.box("kepler_rf:1"))
    notebook.page.keyboard.press("Space")
    panel.says("1 version selected: kepler_rf:1")


def _tab_to(control: Locator) -> None:
    for _ in range(_MAX_TABS):
        if control.evaluate("control => control === document.activeElement"):
            return
        control.page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not come to {control}")


def test_it_is_there_again_without_its_kernel(notebook: Notebook, panel: BrowserPanel) -> None:
    """Saved, closed and opened with a new kernel, it shows its stored view and no error."""
    panel.select("kepler_rf:28")
    notebook.run()
    notebook.reopen()
    stored = notebook.output()
    expect(stored.get_by_role("row").filter(has_text="kepler_rf:28").first).to_be_visible()
    expect(stored.get_by_text("Page 1 of 2 - 29 versions")).to_be_visible()
    assert stored.get_by_role("button").count() == 0
    assert "Error" not in stored.inner_text()
    assert "widgets" not in json.loads(notebook.file.read_text())["metadata"]
