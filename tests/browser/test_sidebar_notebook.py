"""From the sidebar into a notebook, and back to the notebook that made a version."""

from __future__ import annotations

import json
import re
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

_TRAIN = """\
from sklearn.svm import SVC

X, y = [[0.0], [1.0]], [0, 1]
vetter = SVC(
    C=10,  # as in the paper
).fit(X, y)"""
_ACTIVATE = """source => {
    const {content} = window.jupyterapp.shell.currentWidget;
    const same = cell => cell.model.sharedModel.getSource() === source;
    content.activeCellIndex = content.widgets.findIndex(same);
    return content.activeCellIndex;
}"""
_REGISTER = """\
registry.register_model(model=vetter, model_name='vetter')"""


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
    sidebar.unfold("kepler_rf")
    sidebar.version("kepler_rf:1").drag_to(_cell(notebook, 0).locator(".cm-content"))
    expect(_cell(notebook, 0)).to_contain_text("kepler_rf@champion")
    code = _code_from_server(server, folder, f"{folder.name}/work/it's.ipynb")
    assert _source(notebook, 0).strip() == code.strip()
    assert "ModelRegistry('../registry')" in code
    notebook.run()
    expect(notebook.output()).to_contain_text("('kepler_rf:1', 'LogisticRegression')")


@pytest.mark.usefixtures("registry")
def test_code_is_inserted_by_the_context_menu(window: Window, server: Server, folder: Path) -> None:
    """A free cell takes the code; otherwise it goes to a new cell below."""
    notebook, sidebar = _open(window, server, folder, "1 + 1")
    sidebar.unfold("kepler_rf")
    for cell, number in ((1, 2), (2, 1)):
        sidebar.version(f"kepler_rf:{number}").click(button="right")
        menu = notebook.page.locator(".lm-Menu")
        menu.get_by_text("Insert Loading Code").click()
        reference = "kepler_rf@champion" if number == 1 else "kepler_rf:2"
        expect(sidebar.status).to_contain_text(f"loads {reference}")
        assert f"registry.load_model('{reference}')" in _source(notebook, cell)
    notebook.run()
    expect(notebook.page.locator(".jp-OutputArea-output")).to_have_text(["2"])


def test_the_model_of_a_cell_is_registered(
    window: Window, server: Server, folder: Path, registry: ModelRegistry
) -> None:
    """The command writes the call below the cell that fits the estimator; run, it registers."""
    notebook, sidebar = _open(window, server, folder, _TRAIN)
    sidebar.model("kepler_rf").wait_for()
    notebook.command("exo-nbregistry:register-model")
    assert _source(notebook, 1) == (
        "from exo_nbregistry import ModelRegistry\n\nregistry = ModelRegistry('../registry')\n"
        "registry.register_model(model=vetter, model_name='vetter')"
    )
    notebook.run()
    expect(sidebar.model("vetter")).to_be_visible()
    assert registry.get_metadata("vetter").algorithm == "SVC"


# Of each cell the variable that is registered; none where nothing is.
_CELLS = {
    "model = SVC()": "model",
    "model = SVC().fit(X, y)\nX_new = StandardScaler().fit_transform(X)": "model",
    "a = SVC()\nb = SVC()\na.fit(X, y)": "a",
    "grid: GridSearchCV = GridSearchCV(\n    SVC(), {'C': [1, 10]},\n)\ngrid.fit(X, y)": "grid",
    "pipe = make_pipeline(StandardScaler(), SVC())  # b = SVC()": "pipe",
    "if True:\n    inner = sklearn.svm.SVC(); inner.fit(X, y)": "inner",
    "text = '''\nfake = SVC()\n'''\nframe = pd.DataFrame({'a': [1]})": None,
    "scores = cross_val_score(SVC(), X, y)": None,
    "predicted = SVC().fit(X, y).predict(X)": None,
}


@pytest.mark.usefixtures("registry")
def test_the_last_estimator_of_a_cell_is_found(
    window: Window, server: Server, folder: Path
) -> None:
    """The estimator is the last fitted or last created one, and never data or scores."""
    write_notebook(folder / "work.ipynb", list(_CELLS))
    notebook = Notebook(window.page(), server, f"{folder.name}/work.ipynb")
    cells = notebook.page.locator(".jp-Notebook .jp-Cell")
    found: dict[str, str | None] = {}
    for source in _CELLS:
        index = notebook.page.evaluate(_ACTIVATE, source)
        before = cells.count()
        notebook.command("exo-nbregistry:register-model")
        written = cells.count() > before
        call = re.search(r"model=(\w+)", _source(notebook, index + 1)) if written else None
        found[source] = call and call[1]
    assert found == _CELLS


@pytest.mark.usefixtures("registry")
def test_a_cell_without_a_model_says_so(window: Window, server: Server, folder: Path) -> None:
    """Without an estimator, no code is inserted, and the status line has the reason."""
    notebook, sidebar = _open(window, server, folder, "X_new = scaler.transform(X) if 0 else 1")
    notebook.command("exo-nbregistry:register-model")
    expect(sidebar.status).to_contain_text("No model found in the active cell")
    expect(notebook.page.locator(".jp-Notebook .jp-Cell")).to_have_count(1)


def test_the_notebook_that_made_a_version_opens_at_its_cell(
    window: Window, server: Server, folder: Path
) -> None:
    """The cell is found by its source, also after others were put before it."""
    registering = f"from exo_nbregistry import ModelRegistry\n\n{_TRAIN}\n" + (
        "registry = ModelRegistry('../registry')\n" + _REGISTER
    )
    notebook, _ = _open(window, server, folder, "1", registering, "2")
    notebook.save()
    notebook.page.close()
    write_notebook(notebook.file, ["0", "1", registering, "2"])
    sidebar = Sidebar(open_lab(window, server), folder.name)
    sidebar.unfold("vetter")
    sidebar.open("vetter:1")
    sidebar.button("Open notebook").click()
    expect(sidebar.status).to_contain_text("vetter:1 was registered in this cell.")
    active = sidebar.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("registry.register_model(model=vetter")


@pytest.mark.usefixtures("registry")
def test_a_registry_opens_as_a_document(window: Window, server: Server, folder: Path) -> None:
    """The file that makes a folder a registry opens as the registry, and nothing is written."""
    before = _contents(folder)
    page = open_lab(window, server, f"lab/tree/{folder.name}/registry/nbregistry.json")
    tab = page.locator("#jp-main-dock-panel .exo-View")
    expect(tab.locator(".exo-Row-model")).to_have_count(2)
    expect(tab.get_by_label("Registry", exact=True)).to_be_hidden()
    page.evaluate("() => void window.jupyterapp.commands.execute('docmanager:save')")
    tab.locator(".exo-Row-model").first.click()
    expect(tab.locator(".exo-Row-version")).to_have_count(2)
    assert _contents(folder) == before


def _contents(folder: Path) -> dict[Path, object]:
    return {path: path.is_dir() or path.read_bytes() for path in folder.rglob("*")}


def test_the_launcher_opens_a_tab(window: Window, server: Server) -> None:
    """The launcher has a card, which opens a view in the place of the launcher."""
    page = open_lab(window, server)
    page.locator(".jp-LauncherCard", has_text="Model Registry").click()
    expect(page.locator("#jp-main-dock-panel .exo-View").get_by_role("tree")).to_be_visible()


@pytest.mark.usefixtures("registry")
def test_it_works_in_notebook_7(window: Window, server: Server, folder: Path) -> None:
    """The sidebar lists, compares and inserts in Notebook 7, which has no tabs."""
    write_notebook(folder / "work.ipynb", [""])
    page = window.page()
    notebook = Notebook(page, server, f"{folder.name}/work.ipynb", "notebooks")
    sidebar = Sidebar(page, folder.name)
    sidebar.unfold("kepler_rf")
    for number in (1, 2):
        sidebar.version(f"kepler_rf:{number}").locator(".exo-Row-checkbox").click()
    sidebar.button("Compare (2)").click()
    expect(sidebar.view.get_by_role("columnheader", name="kepler_rf:2")).to_be_visible()
    sidebar.open("kepler_rf:1")
    sidebar.button("Insert code").click()
    expect(sidebar.status).to_contain_text("loads kepler_rf@champion")
    assert re.search(r"load_model\('kepler_rf@champion'\)", _source(notebook, 0))
