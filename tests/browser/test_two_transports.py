"""One view over two transports: the same steps show the same texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar

_CELLS = [
    "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')",
    "panel = registry.browse()\npanel.view = 'models'\npanel.order_by = ''\npanel",
]
# The kernel answers one request after the other, so that a text can come after a pause.
_QUIET_MS, _QUIET_READS = 300, 3
_TEXTS = (
    "[role=rowheader], [role=gridcell], [role=columnheader], [role=alert], [role=status], "
    "h2, h3, dt, dd, p, li, th, td, pre, summary, .exo-Chip, .exo-ActionForm-title"
)
_MOMENT = re.compile(r"\b(just now|\d+ (s|sec|min)\w*( ago)?)\b|\b30 Nov \d\d:\d\d\b|\b\d\d:\d\d\b")
_LOCATION = re.compile(r"(?<=ModelRegistry\(')[^']*(?='\))")
_FIRST, _SECOND, _SVM = "kepler_rf:1", "kepler_rf:2", "kepler_svm:1"
_Step = Callable[[RegistryView], Locator]


def _texts(node: Locator) -> list[str]:
    """Return the texts of an element that no longer changes, without its folder and its times."""
    reads: list[list[str]] = []
    while len(reads) < _QUIET_READS or node.locator(".exo-Loading").count():
        node.page.wait_for_timeout(_QUIET_MS)
        shown = node.locator(_TEXTS).filter(visible=True).all_text_contents()
        now = [_MOMENT.sub("…", _LOCATION.sub("…", " ".join(text.split()))) for text in shown]
        now += node.locator("img").evaluate_all("all => all.map(one => one.alt)")
        reads = [*reads, now] if now in reads[-1:] else [now]
    return reads[-1]


def _search(view: RegistryView, text: str) -> Locator:
    view.search.fill(text)
    view.search.press("Enter")
    return view.node


def _list_versions(view: RegistryView) -> Locator:
    view.press("Versions")
    expect(view.row(_SECOND)).to_be_visible()
    return view.node.locator(".exo-List")


def _sort(view: RegistryView) -> Locator:
    view.node.get_by_role("columnheader", name="f1_score").get_by_role("button").click()
    return view.node.locator(".exo-List")


def _add_column(view: RegistryView) -> Locator:
    view.press("Columns")
    dialog = view.node.page.get_by_role("dialog", name="Columns")
    dialog.get_by_label("Search columns").fill("precision")
    dialog.locator(".exo-Columns-fields input").first.click()
    expect(dialog.locator(".exo-Columns-shown")).to_contain_text("precision")
    view.node.page.keyboard.press("Escape")
    return view.node.locator(".exo-List")


def _open(view: RegistryView) -> Locator:
    view.open(_FIRST)
    expect(view.pane.get_by_text("Metrics", exact=True)).to_be_visible()
    view.unfold()
    return view.pane


def _plot(view: RegistryView) -> Locator:
    view.press("Metric over versions")
    expect(view.pane.locator("img")).to_be_visible()
    return view.pane


def _compare(view: RegistryView) -> Locator:
    view.add(_SVM)
    expect(view.pane.locator(".exo-Comparison table").first).to_be_visible()
    return view.pane


def _ask(action: str, choice: str, ref: str = _SECOND, **fields: str) -> _Step:
    """Return a step that fills the form of an action, and shows its question."""

    def step(view: RegistryView) -> Locator:
        question = view.act(ref, action, choice, **fields)
        expect(question.get_by_role("button", name=choice, exact=True)).to_be_visible()
        return view.node.locator(".exo-ActionForm")

    return step


def _confirm(choice: str) -> _Step:
    """Return a step that confirms the question of the step before."""

    def step(view: RegistryView) -> Locator:
        view.confirm(view.node.locator(".exo-ActionForm-question"), choice)
        expect(view.status).not_to_be_empty()
        return view.node

    return step


def _reject(action: str, choice: str, **fields: str) -> _Step:
    """Return a step whose form shows an error, and is closed after that."""

    def step(view: RegistryView) -> Locator:
        view.act(_SECOND, action, choice, **fields)
        expect(view.node.locator(".exo-ActionForm [role=alert]")).to_be_visible()
        return view.node.locator(".exo-ActionForm")

    return step


def _press(name: str) -> _Step:
    """Return a step that presses a button."""

    def step(view: RegistryView) -> Locator:
        view.press(name)
        return view.node

    return step


def _undo(view: RegistryView) -> Locator:
    done = view.status.inner_text()
    view.press("Undo")
    expect(view.status).not_to_have_text(done)
    return view.node


def _show_deleted(view: RegistryView) -> Locator:
    view.node.get_by_label("Show deleted").check()
    expect(view.row(_SECOND)).to_be_visible()
    return view.node


_STEPS: dict[str, _Step] = {
    "models": lambda view: view.node.locator(".exo-List"),
    "versions": _list_versions,
    "search for words": lambda view: _search(view, "kepler_svm"),
    "search with a filter": lambda view: _search(view, "kepler metrics.f1_score > 0.515"),
    "wrong filter": lambda view: _search(view, "metrics.f1_score >"),
    "unknown field": lambda view: _search(view, "metrics.f1_scoer > 0.5"),
    "no match": lambda view: _search(view, "no-such-model"),
    "cleared search": lambda view: _search(view, ""),
    "sort": _sort,
    "column": _add_column,
    "detail": _open,
    "plot": _plot,
    "closed plot": _press("Metric over versions"),
    "comparison": _compare,
    "wrong alias": _reject("Set alias", "Set alias", Alias="Not an alias"),
    "leave": _press("Cancel"),
    "alias": _ask("Set alias", "Move here", Alias="champion"),
    "moved alias": _confirm("Move here"),
    "alias back": _undo,
    "tag": _ask("Tag", "Add tag", Tag="sigma=7.1"),
    "added tag": _confirm("Add tag"),
    "tag back": _undo,
    "empty note": _reject("Note", "Add note", Note=" "),
    "leave the note": _press("Cancel"),
    "note": _ask("Note", "Add note", Note="*Odd* at <b>long</b> periods."),
    "added note": _confirm("Add note"),
    "delete": _ask("Delete", "Delete"),
    "deleted": _confirm("Delete"),
    "with deleted": _show_deleted,
    "restore": _ask("Restore", "Restore"),
    "restored": _confirm("Restore"),
}


def _widen(sidebar: Sidebar, width: float) -> None:
    """Set the width of the view in the sidebar by dragging its border."""
    page, border = (
        sidebar.page,
        sidebar.page.locator("#jp-main-split-panel > .lm-SplitPanel-handle"),
    )
    box, before = border.first.bounding_box(), sidebar.view.bounding_box()
    assert box is not None
    assert before is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + width - before["width"], y, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "([node, width]) => Math.abs(node.clientWidth - width) < 3",
        arg=[sidebar.view.element_handle(), width],
    )


@pytest.fixture(scope="module")
def both(
    server: Server, shared_window: Window
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the texts of the view in an output and in the sidebar, by step."""
    folder: Path = server.root / "transports"
    for name in ("registry", "copy/registry"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        sample_registries(folder / name)
    write_notebook(folder / "n.ipynb", _CELLS)
    page = shared_window.page()
    page.set_viewport_size({"width": 1600, "height": 1000})
    notebook = Notebook(page, server, "transports/n.ipynb")
    notebook.run()
    in_output = RegistryView(notebook.output(1))
    width = in_output.node.evaluate("node => node.clientWidth")
    over_messages = {name: _texts(step(in_output)) for name, step in _STEPS.items()}
    sidebar = Sidebar(page, "transports/copy/registry")
    _widen(sidebar, width)
    in_sidebar = RegistryView(sidebar.panel)
    return over_messages, {name: _texts(step(in_sidebar)) for name, step in _STEPS.items()}


@pytest.mark.parametrize("step", _STEPS)
def test_both_transports_show_the_same_texts(
    step: str, both: tuple[dict[str, list[str]], dict[str, list[str]]]
) -> None:
    """The output, whose kernel answers, and the sidebar, whose server answers, show the same."""
    over_messages, over_rest = both
    assert over_messages[step] == over_rest[step]
    assert over_messages[step]


@pytest.mark.parametrize(
    ("step", "text"),
    [
        ("search for words", "kepler_svm:1"),
        ("wrong filter", "Cannot read the filter"),
        ("unknown field", "f1_score"),
        ("no match", "No matching versions."),
        ("plot", "f1_score"),
        ("comparison", "Reference"),
        ("wrong alias", "Invalid alias"),
        ("alias", "set_alias('kepler_rf', 'champion', 2"),
        ("moved alias", "champion"),
        ("added tag", "sigma"),
        ("empty note", "Enter the text of the note."),
        ("added note", "kepler_rf:2"),
        ("deleted", "Deleted"),
        ("restored", "Restored"),
    ],
)
def test_each_step_has_its_effect(
    step: str, text: str, both: tuple[dict[str, list[str]], dict[str, list[str]]]
) -> None:
    """A step shows its result, so that two views that show nothing are not equal by that."""
    assert any(text in shown for shown in both[0][step]), both[0][step]
