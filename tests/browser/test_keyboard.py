"""The view of a registry by the keyboard alone, in the output of a notebook in command mode."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.view_states import reset

_CELLS = [
    "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')",
    "registry.browse(order_by='-created_at')",
    "# the last cell",
]
# Cells, the current one and its mode.
_STATE = """() => {
    const {content} = window.jupyterapp.shell.currentWidget;
    return [content.mode, content.activeCellIndex, ...content.widgets.map(
        cell => `${cell.model.id} ${cell.model.type} ${cell.model.sharedModel.getSource()}`)];
}"""
_MAX_STOPS = 40
# Shortcuts of the command mode: delete, insert, change, cut, merge and run cells.
_SHORTCUTS = ["d", "d", "a", "b", "m", "y", "x", "z", "j", "Shift+M", "Shift+L", "0", "0"]


@pytest.fixture(scope="module")
def shown(server: Server, shared_window: Window) -> Iterator[Notebook]:
    """Return a notebook that shows a registry."""
    with server.user():
        sample_registries(server.root / "keyboard" / "registry", forests=3)
    notebook = open_notebook(shared_window, server, "keyboard/n.ipynb", _CELLS)
    yield notebook
    notebook.end()


@pytest.fixture
def notebook(shown: Notebook) -> Iterator[Notebook]:
    """Return the notebook in command mode; a test that changes its cells or its mode fails."""
    reset(RegistryView(shown.output(1)))
    _sort_by_date(RegistryView(shown.output(1)))
    shown.page.locator(".jp-InputPrompt").nth(1).click()
    before = shown.page.evaluate(_STATE)
    assert before[:2] == ["command", 1]
    yield shown
    assert shown.page.evaluate(_STATE) == before


def _sort_by_date(view: RegistryView) -> None:
    head = view.node.locator("th[data-column='created_at']")
    for _ in range(2):
        if head.get_attribute("aria-sort") != "descending":
            head.get_by_role("button").click()
            expect(view.node.locator("[aria-busy=true]")).to_have_count(0)
    expect(head).to_have_attribute("aria-sort", "descending")
    view.lists(["kepler_svm:1", "kepler_rf:3", "kepler_rf:2", "kepler_rf:1"])


@pytest.fixture
def view(notebook: Notebook) -> RegistryView:
    """Return the view of the registry."""
    return RegistryView(notebook.output(1))


@pytest.fixture
def disk(shown: Notebook) -> ModelRegistry:
    """Return another registry on the same folder."""
    return ModelRegistry(shown.file.parent / "registry", create=False)


def _press(view: RegistryView, *keys: str) -> None:
    for key in keys:
        view.node.page.keyboard.press(key)


def _tab_to(view: RegistryView, target: Locator, key: str = "Tab") -> None:
    """Press Tab until a control has the focus."""
    for _ in range(_MAX_STOPS):
        if target.evaluate("node => node === document.activeElement"):
            return
        _press(view, key)
    raise AssertionError(f"Tab does not reach {target}")


def _tab_to_list(view: RegistryView) -> None:
    _tab_to(view, view.node.locator("tr[data-ref][tabindex='0']"))


def test_words_are_searched(view: RegistryView) -> None:
    """Tab goes from the notebook into the view; typed words search, and Esc clears them."""
    search = view.node.get_by_label("Search models and versions")
    _tab_to(view, search)
    view.node.page.keyboard.type("svm")
    view.lists(["kepler_svm:1"])
    _press(view, "Escape", "Escape")
    expect(search).to_have_value("")
    expect(view.rows).to_have_count(4)
    expect(search).to_be_focused()


def test_a_completion_is_taken(view: RegistryView) -> None:
    """The arrows choose a completion, and Enter takes it."""
    search = view.node.get_by_label("Search models and versions")
    _tab_to(view, search)
    view.node.page.keyboard.type("metrics.f1_s")
    expect(view.node.get_by_role("option").first).to_contain_text("metrics.f1_score")
    _press(view, "ArrowDown", "Enter")
    expect(search).to_have_value("metrics.f1_score ")
    view.node.page.keyboard.type("> 0.525")
    view.lists(["kepler_rf:3"])


def test_the_last_filter_is_removed(view: RegistryView) -> None:
    """After the button of the only filter has removed it, the search field has the focus."""
    search = view.node.get_by_label("Search models and versions")
    _tab_to(view, search)
    view.node.page.keyboard.type("svm")
    view.lists(["kepler_svm:1"])
    _press(view, "Escape")
    if search.input_value() == "":
        view.node.page.keyboard.type("svm")
    _tab_to(view, view.node.locator(".exo-Chip-remove"))
    _press(view, "Enter")
    expect(view.rows).to_have_count(4)
    expect(search).to_be_focused()


def test_a_list_is_sorted_by_its_heads(view: RegistryView) -> None:
    """The arrow up leads from the first row to the heads, whose Enter sorts."""
    _tab_to_list(view)
    _press(view, "Home", "ArrowUp", "End")
    head = view.node.locator(".exo-Heads-button:focus")
    column = head.evaluate("node => node.dataset.column")
    assert column != "name"
    sorted_by = view.node.locator(f"th[data-column='{column}']")
    before = sorted_by.get_attribute("aria-sort")
    _press(view, "Enter")
    expect(sorted_by).not_to_have_attribute("aria-sort", str(before))
    after = sorted_by.get_attribute("aria-sort")
    _press(view, " ")
    expect(sorted_by).not_to_have_attribute("aria-sort", str(after))
    _press(view, "ArrowDown")
    expect(view.rows.first).to_be_focused()


def test_a_list_is_sorted_by_any_field(view: RegistryView) -> None:
    """The dialog has a search for fields; Esc closes it, and its button has the focus."""
    button = view.node.get_by_title("Sort by any field")
    _tab_to(view, button)
    _press(view, "Enter")
    dialog = view.node.page.get_by_role("dialog")
    expect(dialog.get_by_label("Search fields")).to_be_focused()
    view.node.page.keyboard.type("f1_score")
    _tab_to(view, dialog.get_by_role("radio", name="f1_score").first)
    _press(view, " ")
    expect(button).to_contain_text("f1_score")
    _press(view, "Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_a_column_is_chosen(view: RegistryView) -> None:
    """Space shows a column and hides it again."""
    button = view.node.get_by_role("button", name="Columns", exact=True)
    _tab_to(view, button)
    _press(view, "Enter")
    dialog = view.node.page.get_by_role("dialog")
    view.node.page.keyboard.type("brier")
    box = dialog.get_by_role("checkbox", name="brier")
    _tab_to(view, box)
    _press(view, " ")
    expect(view.node.locator("th[data-column='metrics.brier']")).to_have_count(1)
    expect(dialog.get_by_role("checkbox", name="brier")).to_be_focused()
    _tab_to(view, dialog.get_by_role("button", name="Reset"))
    _press(view, "Enter")
    expect(view.node.locator("th[data-column='metrics.brier']")).to_have_count(0)
    _press(view, "Escape")
    expect(button).to_be_focused()


def test_a_version_is_opened_and_closed(view: RegistryView) -> None:
    """Enter shows the details, Tab goes through them, and Esc returns to the row."""
    _tab_to_list(view)
    _press(view, "Home", "ArrowDown", "Enter")
    expect(view.row("kepler_rf:3")).to_have_attribute("aria-selected", "true")
    metrics = view.node.locator(".exo-Detail summary").first
    metrics.wait_for()
    expect(view.row("kepler_rf:3")).to_be_focused()
    _tab_to(view, metrics)
    _press(view, "Enter")
    expect(view.node.locator(".exo-Detail details").first).not_to_have_attribute("open", "")
    _press(view, " ")
    expect(view.node.locator(".exo-Detail details").first).to_have_attribute("open", "")
    _press(view, "Escape")
    expect(view.node.locator(".exo-Detail")).to_have_count(0)
    expect(view.row("kepler_rf:3")).to_be_focused()


def test_versions_are_compared(view: RegistryView) -> None:
    """Space selects a second version, which is compared; Esc clears the selection."""
    _tab_to_list(view)
    _press(view, "Home", "ArrowDown", " ", "ArrowDown", " ")
    comparison = view.node.locator(".exo-Comparison")
    expect(comparison.get_by_role("columnheader", name="kepler_rf:2")).to_be_visible()
    reference = comparison.get_by_role("button", name="Make reference")
    _tab_to(view, reference)
    _press(view, "Enter")
    expect(comparison.get_by_role("columnheader").nth(1)).to_contain_text("kepler_rf:2")
    _press(view, "Escape")
    expect(comparison).to_have_count(0)


@pytest.mark.parametrize("key", ["ContextMenu", "Shift+F10"])
def test_an_alias_is_moved_and_moved_back(
    view: RegistryView, disk: ModelRegistry, key: str
) -> None:
    """The menu of a row sets an alias after a confirmation; Undo is reached by Tab."""
    page = view.node.page
    _tab_to_list(view)
    _press(view, "Home", "ArrowDown", key)
    expect(page.get_by_role("menu")).to_be_visible()
    _press(view, "s", "Enter")
    expect(view.node.get_by_label("Alias", exact=True)).to_be_focused()
    page.keyboard.type("champion")
    _press(view, "Enter")
    question = view.node.locator(".exo-ActionForm-question")
    expect(question.get_by_role("button", name="Move here")).to_be_focused()
    _press(view, "Enter")
    expect(view.row("kepler_rf:3")).to_contain_text("@champion")
    assert disk.get_metadata("kepler_rf@champion").version == 3
    _tab_to(view, view.node.get_by_role("button", name="Undo"), "Shift+Tab")
    _press(view, "Enter")
    expect(view.row("kepler_rf:1")).to_contain_text("@champion")
    assert disk.get_metadata("kepler_rf@champion").version == 1
    assert view.node.evaluate("node => node.contains(document.activeElement)")


def test_a_version_is_deleted_and_restored(view: RegistryView, disk: ModelRegistry) -> None:
    """Delete asks first; Undo restores the version."""
    _tab_to_list(view)
    _press(view, "Home", "ArrowDown", "ArrowDown", "Delete")
    question = view.node.locator(".exo-ActionForm-question")
    expect(question.get_by_role("button", name="Delete")).to_be_focused()
    assert len(disk.list_models("kepler_rf")) == 3
    _press(view, "Enter")
    expect(view.row("kepler_rf:2")).to_have_count(0)
    _tab_to(view, view.node.get_by_role("button", name="Undo"), "Shift+Tab")
    _press(view, "Enter")
    expect(view.row("kepler_rf:2")).to_be_visible()
    assert len(disk.list_models("kepler_rf")) == 3


def test_the_menu_closes_without_a_choice(view: RegistryView) -> None:
    """Esc closes the menu, and the row has the focus again."""
    _tab_to_list(view)
    _press(view, "Home", "Shift+F10", "ArrowDown", "Escape")
    expect(view.node.page.get_by_role("menu")).to_have_count(0)
    expect(view.rows.first).to_be_focused()


_CONTROLS = {
    "row": "tr[data-ref]",
    "button": ".exo-Tools button",
    "check box": ".exo-Tools input[type=checkbox]",
    "head": ".exo-Heads-button[tabindex='0']",
    "divider": ".exo-Divider",
    "section": ".exo-Detail summary",
}


@pytest.mark.parametrize("control", _CONTROLS)
def test_shortcuts_of_the_notebook_are_not_run(
    notebook: Notebook, view: RegistryView, control: str
) -> None:
    """Letters that are typed on a control do not delete, insert or change cells."""
    view.open("kepler_rf:3")
    target = view.node.locator(_CONTROLS[control]).first
    target.focus()
    for key in _SHORTCUTS:
        notebook.page.keyboard.press(key)
    # "Enter" would edit the cell, and "Shift+Enter" run it.
    target.focus()
    for key in ("Shift+Enter", "Control+Enter"):
        notebook.page.keyboard.press(key)
    expect(notebook.page.locator(".jp-Cell")).to_have_count(len(_CELLS))
    expect(notebook.page.get_by_role("dialog")).to_have_count(0)
    notebook.page.keyboard.press("Escape")
