"""From the sidebar into a notebook, and back to the notebook that made a version."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook, write_notebook
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar, open_lab

_DATA = """\
from sklearn.svm import SVC

X_train, X_test, y_train, y_test = [[0.0], [1.0]], [[0.0], [1.0]], [0, 1], [0, 1]"""
_TRAIN = """\
vetter = SVC(
    C=10,  # as in the paper
).fit(X_train, y_train)"""
_ACTIVATE = """source => {
    const {content} = window.jupyterapp.shell.currentWidget;
    const same = cell => cell.model.sharedModel.getSource() === source;
    content.activeCellIndex = content.widgets.findIndex(same);
}"""
# A command with a dialog ends when the dialog is closed.
_START = "command => void window.jupyterapp.commands.execute(command)"


@pytest.fixture
def registry(folder: Path) -> ModelRegistry:
    """Return a registry beside the notebooks' folder."""
    return sample_registries(folder / "registry")


def _open(window: Window, server: Server, folder: Path, *cells: str) -> tuple[Notebook, Sidebar]:
    notebook = open_notebook(window, server, f"{folder.name}/work/it's.ipynb", cells)
    return notebook, Sidebar(notebook.page, folder.name)


def _cell(notebook: Notebook, index: int) -> Locator:
    return notebook.page.locator(".jp-Notebook .jp-Cell").nth(index)


def _source(notebook: Notebook, index: int) -> str:
    script = """index => window.jupyterapp.shell.currentWidget.content.widgets[index]
        .model.sharedModel.getSource()"""
    return str(notebook.page.evaluate(script, index))


def _code_from_server(server: Server, folder: Path, path: str) -> str:
    """Return the code of the server for the same version and notebook."""

    def ask(route: str) -> dict[str, Any]:
        address = f"{server.url}/exo-nbregistry/api/registries{route}"
        headers = {"Authorization": f"token {server.token}"}
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as reply:
            content: dict[str, Any] = json.load(reply)
            return content

    places = ask("")["registries"]
    place = next(place for place in places if place["location"].startswith(folder.name))
    quoted = urllib.request.quote(path)  # type: ignore[attr-defined]
    return str(ask(f"/{place['id']}/models/kepler_rf/versions/1?notebook={quoted}")["code"])


@pytest.mark.usefixtures("registry")
def test_a_version_is_dragged_into_a_cell(window: Window, server: Server, folder: Path) -> None:
    """Dropping a version inserts the code of the server, which runs, also for quoted paths."""
    notebook, sidebar = _open(window, server, folder, "", "metadata.model_id, type(model).__name__")
    sidebar.expand("kepler_rf")
    sidebar.version("kepler_rf:1").drag_to(_cell(notebook, 0).locator(".cm-content"))
    expect(_cell(notebook, 0)).to_contain_text("kepler_rf@champion")
    code = _code_from_server(server, folder, f"{folder.name}/work/it's.ipynb")
    assert _source(notebook, 0).strip() == code.strip()
    assert "ModelRegistry('../registry')" in code
    notebook.run()
    expect(notebook.output()).to_contain_text("('kepler_rf:1', 'LogisticRegression')")


@pytest.mark.usefixtures("registry")
def test_code_is_inserted_by_the_menu_of_a_version(
    window: Window, server: Server, folder: Path
) -> None:
    """An empty cell takes the code; otherwise it goes to a new cell below."""
    notebook, sidebar = _open(window, server, folder, "1 + 1")
    sidebar.expand("kepler_rf")
    for cell, number in ((1, 2), (2, 1)):
        sidebar.menu(f"kepler_rf:{number}").get_by_text("Insert code").click()
        expect(_cell(notebook, cell)).to_contain_text("registry.load_model")
        reference = "kepler_rf@champion" if number == 1 else "kepler_rf:2"
        assert f"registry.load_model('{reference}')" in _source(notebook, cell)
    notebook.run()
    expect(notebook.page.locator(".jp-OutputArea-output")).to_have_text(["2"])


def _register(notebook: Notebook, name: str | None = None) -> str:
    """Run the command, answer its dialog, and return the suggested name."""
    notebook.page.evaluate(_START, "exo-nbregistry:register-model")
    dialog = notebook.page.locator(".jp-Dialog")
    field = dialog.locator("input")
    suggested = field.input_value()
    if name is not None:
        field.fill(name)
    dialog.get_by_role("button", name="Insert Code").click()
    return suggested


def test_the_model_of_a_cell_is_registered_with_its_data(
    window: Window, server: Server, folder: Path, registry: ModelRegistry
) -> None:
    """The command passes the data and the chosen name; the inserted cell registers the model."""
    notebook, sidebar = _open(window, server, folder, _DATA, _TRAIN)
    sidebar.model("kepler_rf").wait_for()
    notebook.page.evaluate(_ACTIVATE, _TRAIN)
    assert _register(notebook, "kepler_svm") == "vetter"
    expect(_cell(notebook, 2)).to_contain_text("register_model")
    assert _source(notebook, 2) == (
        "from exo_nbregistry import ModelRegistry\n\nregistry = ModelRegistry('../registry')\n"
        "registry.register_model(\n    model=vetter, model_name='kepler_svm',\n"
        "    X=X_train, y=y_train, X_test=X_test, y_test=y_test,\n)"
    )
    notebook.run_cell(2)
    expect(sidebar.model("kepler_svm")).to_contain_text("2")
    registered = registry.get_metadata("kepler_svm")
    assert (registered.version, registered.algorithm) == (2, "SVC")
    assert registered.accuracy == 1.0


@pytest.mark.usefixtures("registry")
def test_an_invalid_name_is_explained(window: Window, server: Server, folder: Path) -> None:
    """The dialog explains the rule, keeps the text, and nothing is inserted after Cancel."""
    notebook, sidebar = _open(window, server, folder, _DATA, _TRAIN)
    sidebar.model("kepler_rf").wait_for()
    notebook.page.evaluate(_ACTIVATE, _TRAIN)
    _register(notebook, "my model")
    dialog = notebook.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("A name has 1 to 64 letters")
    expect(dialog.locator("input")).to_have_value("my model")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(notebook.page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)


@pytest.mark.usefixtures("registry")
def test_a_cell_without_a_model_is_explained(window: Window, server: Server, folder: Path) -> None:
    """Without an estimator, no code is inserted, and a notification has the reason."""
    notebook, _ = _open(window, server, folder, "X_new = scaler.transform(X) if 0 else 1")
    notebook.command("exo-nbregistry:register-model")
    expect(notebook.page.get_by_role("alert")).to_contain_text("No model found in the active cell")
    expect(notebook.page.locator(".jp-Notebook .jp-Cell")).to_have_count(1)


def test_the_notebook_that_made_a_version_opens_at_its_cell(
    window: Window, server: Server, folder: Path
) -> None:
    """The cell is found by its source, also after others were inserted before it."""
    registering = f"from exo_nbregistry import ModelRegistry\n\n{_DATA}\n{_TRAIN}\n" + (
        "registry = ModelRegistry('../registry')\n"
        "registry.register_model(model=vetter, model_name='vetter')"
    )
    notebook, _ = _open(window, server, folder, "1", registering, "2")
    notebook.save()
    notebook.page.close()
    write_notebook(notebook.file, ["0", "1", registering, "2"])
    sidebar = Sidebar(open_lab(window, server), folder.name)
    sidebar.expand("vetter")
    sidebar.menu("vetter:1").get_by_text("Open notebook").click()
    active = sidebar.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("registry.register_model(model=vetter")


@pytest.mark.usefixtures("registry")
def test_a_registry_opens_as_a_document(window: Window, server: Server, folder: Path) -> None:
    """The file nbregistry.json opens as its registry, and nothing is written."""
    before = _contents(folder)
    page = open_lab(window, server, f"lab/tree/{folder.name}/registry/nbregistry.json")
    tab = page.locator("#jp-main-dock-panel .exo-View")
    expect(tab.locator(".exo-Row-model")).to_have_count(2)
    expect(tab.get_by_label("Registry", exact=True)).to_be_hidden()
    page.evaluate("() => void window.jupyterapp.commands.execute('docmanager:save')")
    tab.locator(".exo-Row-toggle").first.click()
    expect(tab.locator(".exo-Row-version")).to_have_count(2)
    assert _contents(folder) == before


def _contents(folder: Path) -> dict[Path, object]:
    return {path: path.is_dir() or path.read_bytes() for path in folder.rglob("*")}


def test_the_launcher_opens_a_tab(window: Window, server: Server) -> None:
    """The launcher has a card, which opens a view in the place of the launcher."""
    page = open_lab(window, server)
    page.locator(".jp-LauncherCard", has_text="Model Registry").click()
    expect(page.locator("#jp-main-dock-panel .exo-View")).to_be_visible()


@pytest.mark.usefixtures("registry")
def test_it_works_in_notebook_7(window: Window, server: Server, folder: Path) -> None:
    """The sidebar lists, compares and inserts in Notebook 7, which has no tabs."""
    write_notebook(folder / "work.ipynb", [""])
    page = window.page()
    notebook = Notebook(page, server, f"{folder.name}/work.ipynb", "notebooks")
    sidebar = Sidebar(page, folder.name)
    sidebar.expand("kepler_rf")
    menu = sidebar.menu("kepler_rf:1")
    expect(menu.get_by_text("Open in a tab")).to_have_count(0)
    menu.get_by_text("Insert code").click()
    expect(_cell(notebook, 0)).to_contain_text("kepler_rf@champion")
    for number in (1, 2):
        sidebar.mark(f"kepler_rf:{number}")
    expect(sidebar.comparison.get_by_role("columnheader", name="kepler_rf:2")).to_be_visible()
