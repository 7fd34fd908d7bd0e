"""Hostile text of a registry is escaped on every page."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Window
from tests.browser.export import OF_NBCONVERT, export
from tests.browser.hostile import (
    ELSEWHERE,
    IMAGE,
    PANELS,
    RICH,
    SCRIPT,
    SHOWN,
    faults,
    furnish,
)
from tests.browser.lab import Notebook, open_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar


@pytest.fixture(scope="module")
def shown(server: Server, shared_window: Window) -> Notebook:
    """Return a notebook that shows a hostile registry, and is saved."""
    folder = server.root / "hostile"
    notebook = open_notebook(shared_window, server, "hostile/n.ipynb", furnish(folder))
    notebook.save()
    return notebook


def _is_harmless(page: Page) -> None:
    """Check that each output shows the attacks as text and that none has run."""
    for cell, panel in enumerate(PANELS, 1):
        output = page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output").last
        output.wait_for()
        for attack in SHOWN.get(panel, (IMAGE, SCRIPT)):
            output.get_by_text(attack).first.wait_for(state="attached")
        assert faults(output) == [], panel
    assert _mark(page) is None


def _mark(page: Page) -> object:
    return page.evaluate("() => window.__nbr_xss")


def test_an_attack_leaves_a_mark(window: Window) -> None:
    """An attack that is not escaped runs and leaves a mark."""
    page = window.page()
    page.set_content(f"<p>{IMAGE}</p>")
    page.wait_for_function("() => window.__nbr_xss === 1")
    page.set_content(f"<script>'{SCRIPT}'</script>")
    assert _mark(page) == 1


def test_live_panels_run_nothing(shown: Notebook) -> None:
    """Live panels show attacks as text."""
    _is_harmless(shown.page)


def test_details_run_nothing(shown: Notebook) -> None:
    """The details and the comparison of hostile versions show attacks as text."""
    view = RegistryView(shown.output(1))
    view.open("kepler_rf:1")
    expect(view.node.get_by_text(IMAGE).last).to_be_attached()
    view.add("kepler_rf:2")
    expect(view.node.get_by_text(IMAGE).last).to_be_attached()
    assert _mark(shown.page) is None


def _opens_everything(view: RegistryView, ref: str) -> None:
    """Check the details of a version with all sections, previews, the history and a plot."""
    view.open(ref)
    expect(view.node.locator(".exo-Detail").get_by_text("Metrics", exact=True)).to_be_visible()
    view.unfold()
    for button in view.node.get_by_role("button", name="Preview").all():
        button.click()
    expect(view.node.locator(".exo-Preview .exo-Loading")).to_have_count(0)
    expect(view.node.locator(".exo-Detail .exo-Loading")).to_have_count(0)
    expect(view.node.locator(".exo-Detail").get_by_text(IMAGE).first).to_be_attached()
    assert faults(view.node) == []
    assert _mark(view.node.page) is None


@pytest.mark.parametrize("ref", ["kepler_rf:1", RICH])
def test_every_section_in_an_output_runs_nothing(shown: Notebook, ref: str) -> None:
    """All sections of a hostile version in an output show attacks as text."""
    _opens_everything(RegistryView(shown.output(1)), ref)


def test_markdown_links_lead_elsewhere_only_by_a_click(shown: Notebook) -> None:
    """An image of Markdown is a link to its address, which is not requested."""
    view = RegistryView(shown.output(1))
    view.open(RICH)
    link = view.node.get_by_role("link", name="picture").first
    expect(link).to_have_attribute("href", f"{ELSEWHERE}/a.png")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_the_sidebar_runs_nothing(shown: Notebook) -> None:
    """The list, all sections and the comparison in the sidebar show attacks as text."""
    sidebar = Sidebar(shown.page, "hostile/registry")
    view = RegistryView(sidebar.panel)
    assert faults(view.node) == []
    view.press("Versions")
    for ref in ("kepler_rf:1", RICH):
        _opens_everything(view, ref)
    view.add("kepler_rf:2")
    expect(view.node.locator(".exo-Comparison table").first).to_be_visible()
    assert faults(view.node) == []
    assert _mark(shown.page) is None


def test_stored_panels_run_nothing(shown: Notebook) -> None:
    """The stored views of a trusted notebook show attacks as text."""
    shown.reopen()
    _is_harmless(shown.page)


def test_untrusted_panels_run_nothing(window: Window, server: Server, shown: Notebook) -> None:
    """A notebook of another user shows attacks as text."""
    content = nbformat.read(shown.file, as_version=4)
    # The trust of a notebook depends on its content.
    content.metadata["from"] = "another user"
    nbformat.write(content, shown.file.with_name("theirs.ipynb"))
    notebook = Notebook(window.page(), server, f"{shown.file.parent.name}/theirs.ipynb")
    _is_harmless(notebook.page)
    notebook.end()


@pytest.mark.parametrize("sanitize", [False, True])
def test_a_page_of_html_runs_nothing(window: Window, shown: Notebook, sanitize: bool) -> None:
    """A page of nbconvert shows attacks as text."""
    page = window.page()
    page.goto(export(shown.file, sanitize=sanitize))
    _is_harmless(page)
    assert [address for address in window.forget() if not address.startswith(OF_NBCONVERT)] == []
