"""The sidebar as a part of JupyterLab: tabs, the status bar, and silence while hidden."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import HIDE, Sidebar, open_lab, replies

# After the last request of a change, and longer than two checks for changes.
_SETTLED_MS, _QUIET_MS = 1_000, 7_000
# JupyterLab saves its tabs a moment after they change.
_SAVED_MS = 3_000


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


def test_versions_are_compared_in_the_sidebar_and_in_a_tab(sidebar: Sidebar) -> None:
    """Marked versions are compared with better and worse values; a tab shows them larger."""
    sidebar.expand("kepler_rf")
    for number in (1, 3):
        sidebar.mark(f"kepler_rf:{number}")
    expect(sidebar.comparison.get_by_role("columnheader", name="kepler_rf:3")).to_be_visible()
    expect(sidebar.comparison).to_contain_text("better")
    sidebar.view.locator(".exo-Pane-bar").get_by_title("Open in a tab").click()
    tab = sidebar.page.locator("#jp-main-dock-panel .exo-View")
    expect(tab.locator(".exo-Comparison")).to_contain_text("better")
    label = sidebar.page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="kepler_rf:1")
    expect(label).to_have_text("kepler_rf:1 and 1 more")
    # Each view has a selection of its own.
    tab.get_by_title("Clear selection").click()
    expect(tab.locator(".exo-Comparison")).to_have_count(0)
    expect(sidebar.comparison).to_be_visible()


def test_a_tab_is_restored_with_its_search(sidebar: Sidebar) -> None:
    """After a reload, a tab shows the same registry, search and versions."""
    page = sidebar.page
    sidebar.search.fill("svm")
    expect(sidebar.model()).to_have_count(1)
    sidebar.model("kepler_svm").locator(".exo-Name").click()
    sidebar.panel.get_by_title("Show this list and the selected versions in a tab").click()
    tab = page.locator("#jp-main-dock-panel .exo-View")
    expect(tab.locator(".exo-Detail")).to_be_visible()
    page.wait_for_timeout(_SAVED_MS)
    page.goto(page.url.replace("&reset", "").replace("?reset", ""))
    expect(tab.get_by_label("Search models and versions")).to_have_value("svm")
    expect(tab.locator(".exo-Pane").get_by_role("heading", name="kepler_svm:1")).to_be_visible()


def test_the_status_bar_opens_the_sidebar(sidebar: Sidebar) -> None:
    """The status bar has the registry and its versions; a click shows the hidden sidebar."""
    page = sidebar.page
    item = page.locator(".exo-StatusItem")
    expect(item).to_have_text("registry: 4 versions")
    page.evaluate("() => void window.jupyterapp.commands.execute('filebrowser:activate')")
    expect(sidebar.view).to_be_hidden()
    item.click()
    expect(sidebar.view).to_be_visible()


def test_the_status_bar_has_the_last_registry_before_the_sidebar_is_seen(
    sidebar: Sidebar,
) -> None:
    """After a reload with a hidden sidebar, two requests fill the item, and none follow."""
    page = sidebar.page
    page.evaluate("() => void window.jupyterapp.commands.execute('filebrowser:activate')")
    expect(sidebar.view).to_be_hidden()
    page.wait_for_timeout(_SAVED_MS)
    with replies(page) as states:
        page.goto(page.url.replace("&reset", "").replace("?reset", ""))
        expect(page.locator(".exo-StatusItem")).to_have_text("registry: 4 versions")
        page.wait_for_timeout(_QUIET_MS)
    assert len(states) == 2
    expect(page.locator("#exo-nbregistry-sidebar .exo-View")).to_have_count(0)


def test_a_hidden_sidebar_is_silent(sidebar: Sidebar) -> None:
    """Unchanged registries are answered by 304; a hidden sidebar or page sends no request."""
    page = sidebar.page
    page.wait_for_timeout(_SETTLED_MS)
    _wait_for_half_a_minute(page)
    with replies(page) as states:
        page.wait_for_timeout(_QUIET_MS)
    assert set(states) == {304}
    commands = "() => void window.jupyterapp.commands.execute"
    page.evaluate(f"{commands}('filebrowser:activate')")
    expect(sidebar.view).to_be_hidden()
    with replies(page) as states:
        page.wait_for_timeout(_QUIET_MS)
        assert states == []
        page.evaluate(f"{commands}('exo-nbregistry:show')")
        expect(sidebar.view).to_be_visible()
        page.wait_for_timeout(_SETTLED_MS)
    assert set(states) == {304}
    page.evaluate(HIDE, True)
    with replies(page) as states:
        page.wait_for_timeout(_QUIET_MS)
    assert states == []


def _wait_for_half_a_minute(page: Page) -> None:
    """Wait until no minute begins for 30 s: then a list with relative times is sent again."""
    left = 60 - time.time() % 60
    if left < 30:
        page.wait_for_timeout(left * 1_000 + _QUIET_MS)


@pytest.mark.usefixtures("registry")
def test_a_sidebar_that_was_never_seen_sends_nothing(page: Page) -> None:
    """Before the sidebar is seen for the first time, it sends no request."""
    with replies(page) as states:
        page.wait_for_timeout(_QUIET_MS)
    assert states == []
