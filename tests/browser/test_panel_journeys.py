"""Journeys in the output of a cell: what a user does there with one registry."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server

_CELL = (
    "from exo_nbregistry import ModelRegistry\n"
    "panel = ModelRegistry('registry', create=False).browse()\npanel"
)


@pytest.fixture
def registry(folder: Path) -> ModelRegistry:
    """Return a registry beside the notebook; kepler_rf:4 is another model with an attachment."""
    registry = sample_registries(folder / "registry", forests=3)
    model, _ = registry.load_model("kepler_svm:1")
    table = pd.DataFrame({"koi": ["K00001.01", "K00002.01"], "score": [0.25, 0.75]})
    X = pd.DataFrame({"koi_period": [-1.0, 0.5, 1.0], "koi_depth": [0.0, 1.0, 0.0]})
    test = {"X_test": X, "y_test": [0, 0, 1]}
    registry.register_model(model, "kepler_rf", attachments={"scores": table}, **test)
    return registry


@pytest.fixture
def notebook(window: Window, server: Server, folder: Path, registry: ModelRegistry) -> Notebook:
    """Return a notebook that shows the registry."""
    return open_notebook(window, server, f"{folder.name}/n.ipynb", [_CELL, "panel.columns"])


@pytest.fixture
def view(notebook: Notebook) -> RegistryView:
    """Return the view of the registry."""
    view = RegistryView(notebook.output(0))
    expect(view.rows).to_have_count(5)
    return view


def _act(view: RegistryView, ref: str, action: str) -> Locator:
    """Open an action of a version by its menu, and return its form."""
    view.row(ref).click(button="right")
    view.node.page.get_by_role("menu").get_by_text(f"{action}…", exact=True).click()
    return view.node.locator(".exo-ActionForm")


def test_columns_are_chosen_and_ordered(notebook: Notebook, view: RegistryView) -> None:
    """A column is added, moved to the front and known to Python; Reset shows the first ones."""
    page = view.node.page
    view.press("Columns")
    dialog = page.get_by_role("dialog", name="Columns")
    dialog.get_by_role("searchbox").fill("team")
    dialog.get_by_role("checkbox", name="team", exact=True).check()
    expect(dialog.get_by_role("status")).to_have_text("team is shown.")
    up = dialog.get_by_role("button", name="Move team up")
    while up.is_enabled():
        up.click()
    page.keyboard.press("Escape")
    heads = view.node.get_by_role("columnheader")
    # The sorted column is always shown, and is the first one.
    expect(heads.nth(2)).to_contain_text("team")
    notebook.run_cell(1)
    expect(notebook.output(1)).to_contain_text("('tags.team', ")
    view.press("Columns")
    dialog.get_by_role("button", name="Reset").click()
    page.keyboard.press("Escape")
    expect(view.node.get_by_role("columnheader", name="team")).to_have_count(0)


def test_a_deleted_version_is_found_and_restored(
    view: RegistryView, registry: ModelRegistry
) -> None:
    """A deleted version leaves the list, is listed by Show deleted, and can be restored."""
    form = _act(view, "kepler_rf:2", "Delete")
    form.get_by_role("button", name="Delete", exact=True).click()
    expect(view.row("kepler_rf:2")).to_have_count(0)
    assert registry.get_metadata("kepler_rf:2").status == "deleted"
    view.node.get_by_label("Show deleted").check()
    expect(view.row("kepler_rf:2")).to_contain_text("deleted")
    form = _act(view, "kepler_rf:2", "Restore")
    form.get_by_role("button", name="Restore", exact=True).click()
    expect(view.node.locator(".exo-Status")).to_contain_text("Restored kepler_rf:2.")
    assert registry.get_metadata("kepler_rf:2").status == "active"


def test_a_version_is_exported_beside_the_notebook(notebook: Notebook, view: RegistryView) -> None:
    """The form and the message state how to undo an export, and where the files are."""
    view.open("kepler_rf:3")
    question = _export(view)
    expect(question).to_contain_text("To undo the export, delete the folder.")
    question.get_by_role("button", name="Export", exact=True).click()
    expect(view.node.locator(".exo-Status")).to_contain_text(f"to {notebook.file.parent}/exported")
    assert "README.md" in os.listdir(notebook.file.parent / "exported")


def test_an_export_replaces_no_file(notebook: Notebook, view: RegistryView) -> None:
    """A folder with files is refused, and the form keeps its name."""
    mine = notebook.file.parent / "exported" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    view.open("kepler_rf:3")
    question = _export(view)
    question.get_by_role("button", name="Export", exact=True).click()
    expect(question.get_by_role("alert")).to_contain_text("exported")
    form = view.node.locator(".exo-ActionForm")
    expect(form.get_by_label("Folder", exact=True)).to_have_value("exported")
    assert [path.name for path in mine.parent.iterdir()] == ["mine.txt"]


def _export(view: RegistryView) -> Locator:
    """Fill the form that exports the open version, and return its question."""
    view.node.get_by_role("button", name="Export…").click()
    form = view.node.locator(".exo-ActionForm")
    form.get_by_label("Folder", exact=True).fill("exported")
    form.locator(".exo-Form").get_by_role("button", name="Export", exact=True).click()
    return form.locator(".exo-ActionForm-question")


def test_an_attachment_is_previewed_and_downloaded(view: RegistryView, tmp_path: Path) -> None:
    """A table is shown in the page, and its file is downloaded under its name."""
    view.open("kepler_rf:4")
    pane = view.node.locator(".exo-Pane")
    pane.locator("summary", has_text="Attachments").click()
    pane.get_by_role("button", name="Preview scores").click()
    expect(pane.get_by_role("cell", name="K00002.01")).to_be_visible()
    with view.node.page.expect_download() as download:
        pane.get_by_role("button", name="Download scores").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name.startswith("scores")
    assert file.stat().st_size > 0


def test_several_versions_are_plotted(view: RegistryView) -> None:
    """A plot of compared versions has a description that names them."""
    view.open("kepler_svm:1")
    view.add("kepler_rf:4")
    view.node.get_by_role("button", name="ROC").first.click()
    image = view.node.locator(".exo-Pane img").first
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
