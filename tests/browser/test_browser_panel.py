"""The browser panel in JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

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


@pytest.fixture
def notebook(window: Window, server: Server, folder: Path) -> Notebook:
    """Return a notebook that shows a registry with two pages."""
    sample_registries(folder / "registry", forests=28)
    return open_notebook(window, server, f"{folder.name}/n.ipynb", _CELLS)


@pytest.fixture
def panel(notebook: Notebook) -> BrowserPanel:
    """Return the browser panel of the notebook."""
    return BrowserPanel(notebook.output())


@pytest.fixture
def disk(notebook: Notebook) -> ModelRegistry:
    """Return another registry on the same folder."""
    return ModelRegistry(notebook.file.parent / "registry", create=False)


def _refs(disk: ModelRegistry, **query: object) -> list[str]:
    return [item.model_id for item in disk.list_models(**query)]  # type: ignore[arg-type]


def test_versions_are_searched_sorted_and_paged(panel: BrowserPanel, disk: ModelRegistry) -> None:
    """Each page matches the registry on disk."""
    newest = _refs(disk, order_by="-created_at")
    panel.lists(newest[:25])
    panel.press("Next")
    panel.shows("Page 2 of 2 - 29 versions")
    panel.lists(newest[25:])

    panel.search_for("metrics.f1_score > 0.7")
    found = _refs(disk, where="metrics.f1_score > 0.7", order_by="-created_at")
    assert len(found) == 8
    panel.lists(found)

    panel.shown.get_by_role("combobox", name="Sort by").select_option("metric: f1_score")
    panel.press("Descending ▼")
    panel.lists(_refs(disk, where="metrics.f1_score > 0.7", order_by="metrics.f1_score"))

    panel.search_for("svm")
    panel.lists(["kepler_svm:1"])

    panel.search_for("metrics.f1_score >")
    panel.shows("metrics.f1_score >", role="alert")


def test_versions_are_selected_and_compared(notebook: Notebook, panel: BrowserPanel) -> None:
    """One version is shown in parts, two are compared, and Python reads the selection."""
    panel.select("kepler_rf:28")
    for part in ("Provenance", "History", "Notes", "Code", "Overview"):
        panel.press(part)
    expect(panel.shown.get_by_text("0.7800").last).to_be_visible()

    panel.select("kepler_rf:28", "kepler_rf:27")
    expect(panel.shown.get_by_text("-0.0100 worse")).to_be_visible()
    panel.box("Show identical rows").check()
    expect(panel.shown.get_by_text("LogisticRegression").last).to_be_visible()

    panel.press("Plots")
    expect(panel.shown.get_by_text("f1_score of kepler_rf")).to_be_visible()
    image = panel.shown.locator("img").last
    image.wait_for()
    assert image.evaluate("image => image.naturalWidth") > 400

    notebook.run_cell(2)
    expect(notebook.output(2)).to_have_text(
        "(('kepler_rf:28', 'kepler_rf:27'), [1, 0, 1, 2])", use_inner_text=True
    )


def test_actions_change_the_registry(panel: BrowserPanel, disk: ModelRegistry) -> None:
    """Moving an alias, undoing it, deleting and restoring change the registry."""
    panel.select("kepler_rf:28")
    panel.shown.get_by_role("combobox", name="Alias").fill("champion")
    panel.press("Set alias")
    panel.confirm("Move kepler_rf@champion from 1 to 28?", "Moved kepler_rf@champion from 1 to 28.")
    assert disk.get_metadata("kepler_rf@champion").version == 28

    panel.press("Undo")
    panel.shows("Undone: kepler_rf@champion points to 1.")
    assert disk.get_metadata("kepler_rf@champion").version == 1

    panel.press("Delete")
    panel.press("Delete version")
    panel.confirm("Delete kepler_rf:28?", "Deleted kepler_rf:28")
    assert disk.get_metadata("kepler_rf:28").status == "deleted"
    panel.lists(_refs(disk, order_by="-created_at", limit=25))

    panel.press("Restore")
    panel.confirm("Restore kepler_rf:28?", "Restored kepler_rf:28")
    assert disk.get_metadata("kepler_rf:28").status == "active"
    panel.lists(_refs(disk, order_by="-created_at", limit=25))


def test_the_panel_can_be_used_by_keyboard(notebook: Notebook, panel: BrowserPanel) -> None:
    """Tab reaches the search box and the rows; Enter searches, and Space selects."""
    panel.tab_to(panel.search)
    notebook.page.keyboard.type("champion")
    notebook.page.keyboard.press("Enter")
    panel.lists(["kepler_rf:1"])
    panel.tab_to(panel.box("kepler_rf:1"))
    notebook.page.keyboard.press("Space")
    panel.shows("1 version selected: kepler_rf:1")


def test_the_stored_view_is_shown_after_reopening(notebook: Notebook, panel: BrowserPanel) -> None:
    """A notebook that is reopened with a new kernel shows the stored view without an error."""
    panel.select("kepler_rf:28")
    notebook.run()
    notebook.reopen()
    stored = notebook.output()
    expect(stored.get_by_role("row").filter(has_text="kepler_rf:28").first).to_be_visible()
    expect(stored.get_by_text("Page 1 of 2 - 29 versions")).to_be_visible()
    assert stored.get_by_role("button").count() == 0
    assert "Error" not in stored.inner_text()
    assert "widgets" not in json.loads(notebook.file.read_text())["metadata"]
