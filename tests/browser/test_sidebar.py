"""The sidebar in JupyterLab: read, used by keys, changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.hostile import ATTACKS, IMAGE, furnish
from tests.browser.readability import low_contrast, unnamed_controls
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import HIDE, Sidebar, open_lab


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


def test_models_show_their_aliases_and_metric(sidebar: Sidebar) -> None:
    """A row has the name, where aliases point, the named metric, and the number of versions."""
    row = sidebar.model("kepler_rf")
    for text in ("@champion", "f1_score", "0.53", "3"):
        expect(row).to_contain_text(text)
    expect(sidebar.view.locator(".exo-Head")).to_contain_text("2 models, 4 versions")


def test_keys_move_in_the_list(sidebar: Sidebar) -> None:
    """Arrows move, expand and collapse; Space marks; Enter shows the details; Esc closes them."""
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
    expect(sidebar.pane.get_by_role("heading", name="kepler_rf:1")).to_be_visible()
    sidebar.version("kepler_rf:1").focus()
    keyboard.press("Escape")
    expect(sidebar.detail).to_have_count(0)
    keyboard.press("ArrowLeft")
    expect(sidebar.model("kepler_rf")).to_be_focused()
    keyboard.press("ArrowLeft")
    expect(sidebar.model("kepler_rf")).to_have_attribute("aria-expanded", "false")


def test_search_takes_words_and_filters(sidebar: Sidebar) -> None:
    """Words and filters search together; an invalid filter keeps the rows and shows its place."""
    sidebar.search.fill("svm")
    expect(sidebar.model()).to_have_count(1)
    sidebar.search.fill("kepler metrics.f1_score > 0.515")
    expect(sidebar.model("kepler_svm")).to_have_count(0)
    sidebar.model("kepler_rf").locator(".exo-Row-toggle").click()
    expect(sidebar.version("kepler_rf:2")).to_be_visible()
    expect(sidebar.version("kepler_rf:1")).to_have_count(0)
    sidebar.search.fill("metrics.f1_score > 'x")
    expect(sidebar.search).to_have_attribute("aria-invalid", "true")
    expect(sidebar.model("kepler_rf")).to_be_visible()
    sidebar.search.fill("")
    expect(sidebar.search).to_have_attribute("aria-invalid", "false")
    expect(sidebar.model()).to_have_count(2)


def test_another_registry_closes_the_details(
    window: Window, server: Server, folder: Path, registry: ModelRegistry
) -> None:
    """Nothing of one registry is shown beside another one that has the same model."""
    sample_registries(folder / "second")
    sidebar = Sidebar(open_lab(window, server), f"{folder.name}/registry")
    sidebar.expand("kepler_rf")
    sidebar.open("kepler_rf:3")
    sidebar.choose(f"{folder.name}/second")
    expect(sidebar.detail).to_have_count(0)
    expect(sidebar.version("kepler_rf:3")).to_have_count(0)
    assert len(registry.list_models("kepler_rf")) == 3


def test_an_alias_moves_and_comes_back(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A move shows its call and the previous version first, and can be undone."""
    sidebar.expand("kepler_rf")
    question = sidebar.act("kepler_rf:3", "Set alias", "Move here", Alias="champion")
    expect(question).to_contain_text("set_alias('kepler_rf', 'champion', 3")
    assert registry.get_metadata("kepler_rf@champion").version == 1
    sidebar.confirm(question, "Move here")
    expect(sidebar.version("kepler_rf:3")).to_contain_text("@champion")
    assert registry.get_metadata("kepler_rf@champion").version == 3
    sidebar.button("Undo").click()
    expect(sidebar.version("kepler_rf:1")).to_contain_text("@champion")
    assert registry.get_metadata("kepler_rf@champion").version == 1


def test_two_who_move_the_same_alias_see_each_other(
    window: Window, server: Server, folder: Path, registry: ModelRegistry
) -> None:
    """Of two concurrent moves one succeeds; the other can be applied anyway."""
    sidebars, questions = [], []
    for version in (2, 3):
        sidebar = Sidebar(open_lab(window, server), folder.name)
        sidebar.expand("kepler_rf")
        # Without a refresh in between, each page expects the version that it first saw.
        sidebar.page.evaluate(HIDE, True)
        question = sidebar.act(f"kepler_rf:{version}", "Set alias", "Move here", Alias="champion")
        expect(question).to_contain_text("set_alias")
        sidebars.append(sidebar)
        questions.append(question)
    sidebars[0].confirm(questions[0], "Move here")
    questions[1].get_by_role("button", name="Move here").click()
    expect(questions[1].get_by_role("alert")).to_contain_text("points to 2 instead of 1")
    assert registry.get_metadata("kepler_rf@champion").version == 2
    sidebars[1].confirm(questions[1], "Apply anyway")
    assert registry.get_metadata("kepler_rf@champion").version == 3


def test_actions_can_be_undone(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A tag, a new alias, a rollback, a removal and a deletion can be undone."""
    registry.set_alias("kepler_rf", "champion", 2)
    sidebar.expand("kepler_rf")
    expect(sidebar.version("kepler_rf:2")).to_contain_text("@champion")

    def state() -> tuple[object, ...]:
        version = registry.get_metadata("kepler_rf:2")
        aliases = {alias: move.version for alias, move in registry.aliases("kepler_rf").items()}
        return dict(version.tags), aliases, version.status

    before = state()
    actions: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("Tag", "Add tag", {"Tag": "sigma=7.1"}),
        ("Set alias", "Set alias", {"Alias": "@challenger"}),
        ("Set alias", "Roll back", {"Alias": "champion"}),
        ("Set alias", "Remove", {"Alias": "champion"}),
        ("Delete", "Delete", {}),
    )
    for action, choice, fields in actions:
        sidebar.confirm(sidebar.act("kepler_rf:2", action, choice, **fields), choice)
        assert state() != before
        done = sidebar.status.locator(".exo-Status-message").inner_text()
        sidebar.button("Undo").click()
        expect(sidebar.status).not_to_contain_text(done)
        expect(sidebar.status).not_to_have_class(re.compile("exo-mod-empty"))
        assert state() == before


def test_notes_are_permanent(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A note is added as Markdown text, and cannot be undone."""
    sidebar.expand("kepler_svm")
    question = sidebar.act("kepler_svm:1", "Note", "Add note", Note="Odd at <b>long</b> periods.")
    sidebar.confirm(question, "Add note")
    sidebar.detail.get_by_text("Model card and notes").click()
    expect(sidebar.detail.get_by_text("Odd at <b>long</b> periods.")).to_be_visible()
    expect(sidebar.button("Undo")).to_have_count(0)
    notes = [note.text for note in registry.get_metadata("kepler_svm:1").notes]
    assert notes == ["Odd at <b>long</b> periods."]


def test_details_show_plots_and_the_history(sidebar: Sidebar) -> None:
    """A plot has a description; the history has sentences with users, newest first."""
    sidebar.expand("kepler_rf")
    detail = sidebar.open("kepler_rf:1")
    sidebar.button("Metric over versions").click()
    expect(detail.locator("img")).to_have_attribute("alt", re.compile("f1_score"))
    detail.get_by_text("History", exact=True).click()
    expect(detail.locator(".exo-Events")).to_contain_text("@champion")


def test_changes_by_others_are_followed(sidebar: Sidebar, registry: ModelRegistry) -> None:
    """A change by a kernel appears in the list and in the details without a click."""
    sidebar.expand("kepler_rf")
    detail = sidebar.open("kepler_rf:2")
    registry.set_alias("kepler_rf", "champion", 2)
    registry.tag_model("kepler_rf:2", reviewed=True)
    expect(sidebar.version("kepler_rf:2")).to_contain_text("@champion")
    expect(detail).to_contain_text("reviewed")


def test_text_is_readable_and_controls_have_names(sidebar: Sidebar) -> None:
    """Text has a contrast of 4.5 to 1 in both themes, and every control has a name."""
    sidebar.expand("kepler_rf")
    sidebar.open("kepler_rf:1")
    sidebar.detail.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    sidebar.search.fill("metrics.f1_score > 'x")
    expect(sidebar.search).to_have_attribute("aria-invalid", "true")
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
    sidebar.model("kepler_rf").locator(".exo-Row-toggle").click()
    rows = sidebar.list.locator(".exo-Row-version")
    expect(rows).to_have_count(50)
    sidebar.list.get_by_text("Show more (10 remaining)").click()
    expect(rows).to_have_count(60)


def test_user_text_is_shown_as_text(window: Window, server: Server, folder: Path) -> None:
    """Attacks in every field are shown as text: in the list, in details and in a comparison."""
    furnish(folder)
    sidebar = Sidebar(open_lab(window, server), folder.name)
    sidebar.model().first.locator(".exo-Row-toggle").click()
    rows = sidebar.list.locator(".exo-Row-version")
    expect(rows).to_have_count(len(ATTACKS) + 1)
    for version in (5, 6):
        sidebar.open(f"kepler_rf:{version}")
        every = "all => all.forEach(one => one.open = true)"
        sidebar.detail.locator("details").evaluate_all(every)
        expect(sidebar.detail.get_by_text(ATTACKS[version - 1]).first).to_be_visible()
    sidebar.mark("kepler_rf:5")
    expect(sidebar.comparison.get_by_text(ATTACKS[5]).first).to_be_visible()
    sidebar.search.fill(f"{IMAGE} >")
    expect(sidebar.view.locator(".exo-Search")).to_contain_text(IMAGE)
    assert sidebar.page.evaluate("() => window.__nbr_xss") is None
