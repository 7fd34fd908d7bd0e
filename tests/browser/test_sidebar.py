"""The sidebar in JupyterLab: found, read, steered by keys, changed, and quiet."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.hostile import ATTACKS, IMAGE, furnish
from tests.browser.readability import low_contrast, unnamed_controls
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar, open_lab, replies

_HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {get: () => hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def registry(folder: Path) -> ModelRegistry:
    """Return a registry of two models."""
    return sample_registries(folder / "registry", forests=3)


@pytest.fixture
def page(window: Window, server: Server, registry: ModelRegistry) -> Page:
    """Open JupyterLab where the registry is."""
    return open_lab(window, server)


@pytest.fixture
def sidebar(page: Page, folder: Path) -> Sidebar:
    """Open the sidebar at the registry."""
    return Sidebar(page, folder.name)


def test_models_are_told_by_their_aliases_and_metric(sidebar: Sidebar) -> None:
    """A line has the name, the versions, where aliases point, the metric and its course."""
    line = sidebar.model("kepler_rf")
    for text in ("3 versions", "@champion → 1", "0.5300"):
        expect(line).to_contain_text(text)
    course = "f1_score from 0.5100 in version 1 to 0.5300 in version 3"
    expect(line.get_by_role("img", name=course)).to_be_visible()


def test_keys_move_in_the_tree(sidebar: Sidebar) -> None:
    """Arrows move, unfold and fold; Space selects; Enter shows the details."""
    keyboard = sidebar.page.keyboard
    sidebar.model("kepler_rf").focus()
    keyboard.press("ArrowRight")
    expect(sidebar.model("kepler_rf")).to_have_attribute("aria-expanded", "true")
    sidebar.version("kepler_rf:3").wait_for()
    keyboard.press("ArrowDown")
    expect(sidebar.version("kepler_rf:3")).to_be_focused()
    keyboard.press(" ")
    expect(sidebar.version("kepler_rf:3")).to_have_attribute("aria-selected", "true")
    expect(sidebar.version("kepler_rf:3")).to_be_focused()
    keyboard.press("End")
    expect(sidebar.model("kepler_svm")).to_be_focused()
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    expect(sidebar.detail.get_by_role("heading", name="kepler_rf:1")).to_be_visible()
    sidebar.version("kepler_rf:1").focus()
    keyboard.press("ArrowLeft")
    expect(sidebar.model("kepler_rf")).to_be_focused()
    keyboard.press("ArrowLeft")
    expect(sidebar.model("kepler_rf")).to_have_attribute("aria-expanded", "false")


def test_search_takes_words_and_filters(sidebar: Sidebar) -> None:
    """Text and filters search; the error of an invalid filter points to its column."""
    sidebar.search.fill("svm")
    expect(sidebar.model()).to_have_count(1)
    sidebar.search.fill("metrics.f1_score > 0.515")
    expect(sidebar.model("kepler_svm")).to_have_count(0)
    sidebar.model("kepler_rf").click()
    expect(sidebar.version("kepler_rf:2")).to_be_visible()
    expect(sidebar.version("kepler_rf:1")).to_have_count(0)
    sidebar.search.fill("metrics.f1_score > 'x")
    error = sidebar.view.locator(".exo-SearchBar-error")
    expect(error).to_contain_text("column 20")
    expect(sidebar.search).to_have_attribute("aria-invalid", "true")
    expect(sidebar.model("kepler_rf")).to_be_visible()
    sidebar.search.fill("")
    expect(error).to_be_hidden()
    expect(sidebar.model()).to_have_count(2)


def test_an_alias_moves_and_comes_back(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A move is confirmed in place, shows the previous version, and can be undone."""
    sidebar.unfold("kepler_rf")
    sidebar.open("kepler_rf:3")
    sidebar.button("Move here").click()
    expect(sidebar.detail).to_contain_text("Move @champion from version 1 to 3?")
    sidebar.button("Move here").click()
    expect(sidebar.status).to_contain_text("@champion was moved from kepler_rf:1 to kepler_rf:3.")
    expect(sidebar.version("kepler_rf:3")).to_contain_text("@champion")
    assert registry.get_metadata("kepler_rf@champion").version == 3
    sidebar.button("Undo").click()
    expect(sidebar.version("kepler_rf:1")).to_contain_text("@champion")
    assert registry.get_metadata("kepler_rf@champion").version == 1


def test_two_who_move_the_same_alias_see_each_other(
    window: Window, server: Server, folder: Path, registry: ModelRegistry
) -> None:
    """Of two concurrent moves one succeeds; the other can be applied anyway."""
    asked = "Move @champion from version 1 to {}?"
    sidebars = []
    for version in (2, 3):
        sidebar = Sidebar(open_lab(window, server), folder.name)
        sidebar.unfold("kepler_rf")
        sidebar.open(f"kepler_rf:{version}")
        # Without a refresh in between, each page expects the version that it first saw.
        sidebar.page.evaluate(_HIDE, True)
        sidebar.button("Move here").click()
        expect(sidebar.detail).to_contain_text(asked.format(version))
        sidebars.append(sidebar)
    first, second = sidebars
    first.button("Move here").click()
    expect(first.status).to_contain_text("@champion was moved from kepler_rf:1 to kepler_rf:2.")
    second.button("Move here").click()
    expect(second.status).to_contain_text("points to 2 instead of 1")
    expect(second.version("kepler_rf:2")).to_contain_text("@champion")
    assert registry.get_metadata("kepler_rf@champion").version == 2
    second.button("Apply anyway").click()
    expect(second.status).to_contain_text("@champion was moved from kepler_rf:2 to kepler_rf:3.")


def _tag(sidebar: Sidebar) -> None:
    sidebar.detail.get_by_text("Tags", exact=True).click()
    sidebar.detail.get_by_label("Tag or tag=value").fill("sigma=7.1")
    sidebar.detail.get_by_label("Tag or tag=value").press("Enter")


def _set(sidebar: Sidebar) -> None:
    sidebar.detail.get_by_label("Alias name").fill("@challenger")
    sidebar.button("Set alias").click()


def _confirm(name: str, sidebar: Sidebar) -> None:
    expect(sidebar.button(name)).to_have_count(1)
    sidebar.button(name).click()
    sidebar.button(name).click()


def test_what_is_done_can_be_undone(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A tag, a new alias, a rollback, a removal and a deletion can be undone."""
    registry.set_alias("kepler_rf", "champion", 2)
    sidebar.unfold("kepler_rf")
    sidebar.open("kepler_rf:2")
    expect(sidebar.detail).to_contain_text("this version")

    def state() -> tuple[object, ...]:
        version = registry.get_metadata("kepler_rf:2")
        aliases = {alias: move.version for alias, move in registry.aliases("kepler_rf").items()}
        return dict(version.tags), aliases, version.status

    before = state()
    for act, message in (
        (_tag, "Tag sigma was added to kepler_rf:2."),
        (_set, "@challenger was set to kepler_rf:2."),
        (partial(_confirm, "Roll back"), "@champion was rolled back to kepler_rf:1."),
        (partial(_confirm, "Remove"), "@champion was removed from kepler_rf:2."),
        (partial(_confirm, "Delete"), "kepler_rf:2 was deleted."),
    ):
        act(sidebar)
        expect(sidebar.status).to_contain_text(message)
        assert state() != before
        sidebar.button("Undo").click()
        expect(sidebar.button("Undo")).to_be_visible()
        assert state() == before


def test_notes_stay(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A note is added in place, and cannot be undone."""
    sidebar.unfold("kepler_svm")
    detail = sidebar.open("kepler_svm:1")
    detail.get_by_text("Notes", exact=True).click()
    detail.get_by_label("Add a note (permanent)").fill("Odd at <b>long</b> periods.")
    detail.get_by_label("Add a note (permanent)").press("Enter")
    expect(detail.get_by_text("Odd at <b>long</b> periods.")).to_be_visible()
    expect(detail.get_by_label("Add a note (permanent)")).to_have_value("")
    expect(sidebar.button("Undo")).to_have_count(0)
    assert [note.text for note in registry.get_metadata("kepler_svm:1").notes] == [
        "Odd at <b>long</b> periods."
    ]


def test_versions_are_compared_in_a_tab(sidebar: Sidebar) -> None:
    """The marked versions are compared in the main area, with identical rows on request."""
    sidebar.unfold("kepler_rf")
    for number in (1, 3):
        sidebar.version(f"kepler_rf:{number}").locator(".exo-Row-checkbox").click()
    sidebar.button("Compare (2)").click()
    tab = sidebar.page.locator("#jp-main-dock-panel .exo-Comparison")
    expect(tab.get_by_role("columnheader", name="kepler_rf:3")).to_be_visible()
    expect(tab.get_by_role("row", name="hyperparameters C")).to_contain_text("3")
    expect(tab.get_by_role("row", name="max_iter")).to_have_count(0)
    tab.get_by_role("checkbox").check()
    expect(tab.get_by_role("row", name="max_iter")).to_be_visible()


def test_details_draw_plots_and_tell_the_history(sidebar: Sidebar) -> None:
    """A plot has a description; the history has users and actions, newest first."""
    sidebar.unfold("kepler_rf")
    detail = sidebar.open("kepler_rf:1")
    sidebar.button("Metric over versions").click()
    expect(detail.locator("img")).to_have_attribute("alt", re.compile("f1_score"))
    detail.get_by_text("History of kepler_rf").click()
    expect(detail.get_by_role("listitem").filter(has_text="registered")).to_have_count(3)
    moves = detail.get_by_role("listitem").filter(has_text="set @champion to version 1")
    expect(moves).to_be_visible()


def test_changes_by_others_are_followed(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A change by a kernel appears in the tree, the details and the history without a click."""
    sidebar.unfold("kepler_rf")
    detail = sidebar.open("kepler_rf:2")
    registry.set_alias("kepler_rf", "champion", 2)
    registry.tag_model("kepler_rf:2", reviewed=True)
    expect(sidebar.model("kepler_rf")).to_contain_text("@champion → 2")
    expect(sidebar.version("kepler_rf:2")).to_contain_text("@champion")
    detail.get_by_text("Tags", exact=True).click()
    expect(detail.get_by_role("button", name="Remove tag reviewed")).to_be_visible()


def test_idle_it_asks_whether_anything_is_new_and_hidden_nothing(sidebar: Sidebar) -> None:
    """Visible and idle there are only 304s; with the sidebar or the page hidden, nothing."""
    page = sidebar.page
    with replies(page) as states:
        page.wait_for_timeout(7_000)
    assert set(states) == {304}
    commands = "() => void window.jupyterapp.commands.execute"
    page.evaluate(f"{commands}('filebrowser:activate')")
    expect(sidebar.view).to_be_hidden()
    with replies(page) as states:
        page.wait_for_timeout(7_000)
        assert states == []
        page.evaluate(f"{commands}('exo-nbregistry:show')")
        expect(sidebar.view).to_be_visible()
        page.wait_for_timeout(1_000)
    assert set(states) == {304}
    page.evaluate(_HIDE, True)
    with replies(page) as states:
        page.wait_for_timeout(7_000)
    assert states == []


def test_it_can_be_read_and_named(sidebar: Sidebar) -> None:
    """Text has a contrast of 4.5 to 1 in both themes, and every control has a name."""
    sidebar.unfold("kepler_rf")
    sidebar.open("kepler_rf:1")
    sidebar.detail.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    expect(sidebar.detail.get_by_text("registered version").last).to_be_visible()
    sidebar.search.fill("metrics.f1_score > 'x")
    expect(sidebar.view.locator(".exo-SearchBar-error")).to_contain_text("column")
    found = {}
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        sidebar.page.evaluate(
            "theme => void window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
            theme,
        )
        sidebar.page.wait_for_function(
            "theme => document.body.dataset.jpThemeName === theme", arg=theme
        )
        found[theme] = [*low_contrast(sidebar.view), *unnamed_controls(sidebar.view)]
    assert not any(found.values()), found


def test_pages_stay_small(window: Window, server: Server, folder: Path) -> None:
    """Of many versions the first page is listed, and the next on request."""
    sample_registries(folder / "registry", forests=60)
    sidebar = Sidebar(open_lab(window, server), folder.name)
    sidebar.model("kepler_rf").click()
    lines = sidebar.tree.locator(".exo-Row-version")
    expect(lines).to_have_count(50)
    sidebar.tree.get_by_text("Show more versions (10 remaining)").click()
    expect(lines).to_have_count(60)


def test_what_strangers_write_is_text(window: Window, server: Server, folder: Path) -> None:
    """Attacks in every field are shown as text: in the tree, in details and in a comparison."""
    furnish(folder)
    sidebar = Sidebar(open_lab(window, server), folder.name)
    sidebar.model().first.click()
    lines = sidebar.tree.locator(".exo-Row-version")
    expect(lines).to_have_count(len(ATTACKS))
    expect(lines.filter(has_text=IMAGE).first).to_be_visible()
    for version in (5, 6):
        sidebar.open(f"kepler_rf:{version}")
        sidebar.version(f"kepler_rf:{version}").locator(".exo-Row-checkbox").click()
        every = "all => all.forEach(one => one.open = true)"
        sidebar.detail.locator("details").evaluate_all(every)
        expect(sidebar.detail.get_by_text("registered version").last).to_be_visible()
        expect(sidebar.detail.get_by_text(ATTACKS[version - 1]).first).to_be_visible()
    sidebar.button("Compare (2)").click()
    tab = sidebar.page.locator("#jp-main-dock-panel .exo-Comparison")
    expect(tab.get_by_text(ATTACKS[5]).first).to_be_visible()
    sidebar.search.fill(f"{IMAGE} >")
    expect(sidebar.view.locator(".exo-SearchBar-error")).to_contain_text(IMAGE)
    assert sidebar.page.evaluate("() => window.__nbr_xss") is None
