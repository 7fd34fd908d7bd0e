"""States of the view of a registry that are checked for contrast, names and cut text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Locator, TimeoutError, expect

from tests.browser.registry_view import RegistryView

# The version with the most facts, and one to compare it with.
FULL = "kepler_svm:1"
OTHER = "kepler_rf:2"

_OPEN_ALL = "all => all.forEach(one => { one.open = true; })"


def reset(view: RegistryView) -> None:
    """Return to the list of all versions."""
    page = view.node.page
    page.keyboard.press("Escape")
    for form in view.node.locator(".exo-ActionForm").get_by_role("button", name="Cancel").all():
        form.click()
    _search(view).fill("")
    _search(view).press("Escape")
    clear = view.node.get_by_role("button", name="Clear", exact=True)
    if clear.is_visible():
        # Escape clears the selection too, and may hide the button at this moment.
        with suppress(TimeoutError):
            clear.click(timeout=3_000)
    expect(clear).to_be_hidden()
    view.press("Versions")
    expect(view.node.locator(".exo-Row-model")).to_have_count(0)
    expect(view.row(FULL)).to_be_visible()
    expect(view.node.locator(".exo-Pane-title")).to_be_hidden()


def _search(view: RegistryView) -> Locator:
    return view.node.get_by_label("Search models and versions")


def _list(view: RegistryView) -> None:
    expect(view.row(OTHER)).to_be_visible()


def _models(view: RegistryView) -> None:
    view.press("Models")
    expect(view.node.locator(".exo-Row-model", has_text="kepler_rf")).to_have_count(1)
    model = view.node.locator(".exo-Row-model", has_text="kepler_rf")
    if model.get_attribute("aria-expanded") == "false":
        model.locator(".exo-Row-toggle").click()
    expect(view.row("kepler_rf:1")).to_be_visible()


def _detail(view: RegistryView) -> None:
    view.open(FULL)
    detail = view.node.locator(".exo-Detail")
    detail.get_by_text("Metrics", exact=True).first.wait_for()
    detail.locator("details").evaluate_all(_OPEN_ALL)
    detail.locator(".exo-Events li").first.wait_for()


def _plot(view: RegistryView) -> None:
    view.open(FULL)
    button = view.node.get_by_role("button", name="ROC curve", exact=True)
    if button.get_attribute("aria-pressed") == "false":
        button.click()
    expect(view.node.locator(".exo-Plots img")).to_be_visible()


def _comparison(view: RegistryView) -> None:
    view.open(FULL)
    view.add(OTHER)
    view.node.get_by_role("columnheader", name=OTHER).wait_for()
    _press_if(view, "Show differences only", "Show all")


def _same_facts(view: RegistryView) -> None:
    _comparison(view)
    _press_if(view, "Show all", "Show differences only")


def _press_if(view: RegistryView, name: str, other: str) -> None:
    """Press a button, unless the view remembers that it was pressed."""
    button = view.node.locator(".exo-Compare-same button")
    button.wait_for()
    if button.inner_text() == name:
        button.click()
    expect(button).to_have_text(other)


def _columns(view: RegistryView) -> None:
    view.press("Columns")
    view.node.page.get_by_role("dialog").wait_for()


def _sort(view: RegistryView) -> None:
    view.node.get_by_title("Sort by any field").click()
    view.node.page.get_by_role("dialog").wait_for()


def _row_menu(view: RegistryView) -> None:
    view.row(OTHER).click(button="right")
    view.node.page.get_by_role("menu").wait_for()


def _invalid_filter(view: RegistryView) -> None:
    _search(view).fill("metrics.f1_score > 'x")
    expect(_search(view)).to_have_attribute("aria-invalid", "true")


def _no_matches(view: RegistryView) -> None:
    _search(view).fill("kepler metrics.f1_score > 2")
    view.node.get_by_role("button", name="Clear search").wait_for()


def _completions(view: RegistryView) -> None:
    _search(view).press_sequentially("metr")
    view.node.get_by_role("listbox").wait_for()


def _form(action: str, button: str = "", **fields: str) -> Callable[[RegistryView], None]:
    def show(view: RegistryView) -> None:
        page = view.node.page
        _row_menu(view)
        page.get_by_role("menu").get_by_text(f"{action}…", exact=True).click()
        form = view.node.locator(".exo-ActionForm")
        form.wait_for()
        for label, text in fields.items():
            form.get_by_label(label, exact=True).fill(text)
        if button:
            form.locator(".exo-Form").get_by_role("button", name=button, exact=True).click()
            form.locator(".exo-ActionForm-code").wait_for()

    return show


# How to get from the list of all versions to each state.
STATES: dict[str, Callable[[RegistryView], None]] = {
    "list": _list,
    "models": _models,
    "detail": _detail,
    "plot": _plot,
    "comparison": _comparison,
    "same facts": _same_facts,
    "columns": _columns,
    "sort": _sort,
    "row menu": _row_menu,
    "invalid filter": _invalid_filter,
    "no matches": _no_matches,
    "completions": _completions,
    "alias": _form("Set alias"),
    "move of an alias": _form("Set alias", "Move here", Alias="champion"),
    "tag": _form("Tag"),
    "note": _form("Note"),
    "deletion": _form("Delete"),
}
