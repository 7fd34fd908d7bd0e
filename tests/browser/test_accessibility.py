"""Accessibility of the views by axe-core, in each theme of JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import FLOATING, VIEW, violations
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook
from tests.browser.readability import low_contrast, unnamed_controls
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar, open_lab
from tests.browser.view_states import STATES, reset

THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
# The registry has the name of its folder.
_CELLS = [
    "from exo_nbregistry import ModelRegistry\nregistry = ModelRegistry('registry')",
    "registry.browse()",
]
_FAULTS = {
    "image-alt": "<img src='x.png'>",
    "label": "<input>",
    "color-contrast": "<p style='color:#aaa'>Faint</p>",
    "aria-required-children": "<div role='grid' aria-label='a'><p>a</p></div>",
    "nested-interactive": "<button>a <input aria-label='b'></button>",
}
_ATTEMPTS = 3
_THEME = "theme => void window.jupyterapp.commands.execute('apputils:change-theme', {theme})"


def _change_theme(page: Page, theme: str) -> None:
    page.evaluate(_THEME, theme)
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    # JupyterLab hides the page while it loads the style sheet of the theme.
    page.locator("#jupyterlab-splash").wait_for(state="detached")


def _problems(page: Page) -> list[str]:
    """Return the problems that remain: rows can be read again, and are pale, during a check."""
    for _ in range(_ATTEMPTS):
        found = _problems_now(page)
        if not found:
            break
    return found


def _problems_now(page: Page) -> list[str]:
    # Rows are pale while they are read again.
    expect(page.locator(".exo-View [aria-busy=true]")).to_have_count(0)
    page.wait_for_function("() => document.getAnimations().length === 0")
    parts = [part for part in (*VIEW, *FLOATING) if page.locator(part).first.is_visible()]
    found = violations(page, tuple(parts))
    for part in parts:
        found += low_contrast(page.locator(part))
    return found + unnamed_controls(page.locator(VIEW[0]))


@pytest.mark.parametrize("rule", _FAULTS)
def test_faults_are_found(window: Window, rule: str) -> None:
    """A part with a fault is reported with its rule, and a part without faults is not."""
    page = window.page()
    page.set_content(f"<html lang='en'><div class='exo-View'>{_FAULTS[rule]}</div></html>")
    assert rule in [found.partition(":")[0] for found in violations(page)]
    page.set_content("<html lang='en'><div class='exo-View'><button>a</button></div></html>")
    assert violations(page) == []


def test_an_absent_part_fails(window: Window) -> None:
    """A check of a page without a view fails."""
    page = window.page()
    page.set_content("<p>a</p>")
    with pytest.raises(AssertionError, match="no visible part"):
        violations(page)


@pytest.fixture(scope="module")
def notebook(server: Server, shared_window: Window) -> Iterator[Notebook]:
    """Return a notebook that shows a registry."""
    with server.user():
        sample_registries(server.root / "accessible" / "registry")
    notebook = open_notebook(shared_window, server, "accessible/n.ipynb", _CELLS)
    yield notebook
    notebook.end()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("theme", THEMES)
def test_a_panel_has_no_violations(notebook: Notebook, theme: str, state: str) -> None:
    """In an output, axe-core, the contrast and the names of controls are without a finding."""
    view = RegistryView(notebook.output())
    reset(view)
    notebook.theme(theme)
    STATES[state](view)
    assert _problems(notebook.page) == []


@pytest.fixture(scope="module")
def sidebar(server: Server, notebook: Notebook, shared_window: Window) -> Iterator[Sidebar]:
    """Return the sidebar in its default width, at the registry of the notebook."""
    assert notebook.file.exists()
    sidebar = Sidebar(open_lab(shared_window, server), "accessible/registry")
    yield sidebar
    sidebar.page.close()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("theme", THEMES)
def test_the_sidebar_has_no_violations(sidebar: Sidebar, theme: str, state: str) -> None:
    """In the sidebar, axe-core, the contrast and the names of controls are without a finding."""
    view = RegistryView(sidebar.panel)
    reset(view)
    _change_theme(sidebar.page, theme)
    STATES[state](view)
    assert _problems(sidebar.page) == []
