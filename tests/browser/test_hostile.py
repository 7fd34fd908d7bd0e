"""What strangers write into a registry is text on the page, wherever it is shown."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.browser_panel import BrowserPanel
from tests.browser.chromium import Window
from tests.browser.export import OF_NBCONVERT, export
from tests.browser.hostile import IMAGE, PANELS, SCRIPT, SHOWN, furnish
from tests.browser.lab import Notebook, open_notebook
from tests.browser.server import Server

# What is told of the first version in each part of its detail.
_PARTS = {
    "Overview": IMAGE,
    "History": IMAGE,
    "Notes": IMAGE,
    "Plots": IMAGE,
    "Code": "load_model",
    "Provenance": "Made by",
}


@pytest.fixture(scope="module")
def shown(server: Server, shared_window: Window) -> Notebook:
    """Return a notebook that shows a hostile registry, and is saved."""
    folder = server.root / "hostile"
    notebook = open_notebook(shared_window, server, "hostile/n.ipynb", furnish(folder))
    notebook.save()
    return notebook


def _is_harmless(page: Page) -> None:
    """See the attacks as text in each output, and that none has run."""
    for cell, panel in enumerate(PANELS, 1):
        output = page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output").last
        output.wait_for()
        for attack in SHOWN.get(panel, (IMAGE, SCRIPT)):
            output.get_by_text(attack).first.wait_for(state="attached")
    assert _mark(page) is None


def _mark(page: Page) -> object:
    return page.evaluate("() => window.__nbr_xss")


def test_the_mark_of_an_attack_is_seen(window: Window) -> None:
    """An attack that is not escaped runs and leaves its mark, so that none means something."""
    page = window.page()
    page.set_content(f"<p>{IMAGE}</p>")
    page.wait_for_function("() => window.__nbr_xss === 1")
    page.set_content(f"<script>'{SCRIPT}'</script>")
    assert _mark(page) == 1


def test_live_panels_run_nothing(shown: Notebook) -> None:
    """Live panels show attacks as text."""
    _is_harmless(shown.page)


def test_details_and_actions_run_nothing(shown: Notebook) -> None:
    """Each part of the browser panel, and what it asks before it acts, show attacks as text."""
    panel = BrowserPanel(shown.output(1))
    panel.select("kepler_rf:1")
    for part, told in _PARTS.items():
        panel.press(part)
        expect(panel.shown.get_by_text(told).last).to_be_visible()
    # No action takes a name that is none, as the first two versions have.
    panel.select("kepler_rf:3")
    panel.press("Tag")
    panel.shown.get_by_role("combobox", name="Tag").fill(f"</script> = {IMAGE}")
    panel.press("Tag…")
    panel.says(f"Tag kepler_rf:3 with '</script>' = '{IMAGE}'")
    panel.press("Confirm")
    panel.says(f"Tagged kepler_rf:3 with '</script>' = '{IMAGE}'")
    panel.ask(IMAGE)
    expect(panel.shown.get_by_role("status").filter(has_text="version").first).to_be_visible()
    panel.ask(f"{IMAGE} >")
    assert _mark(shown.page) is None


def test_stored_panels_run_nothing(shown: Notebook) -> None:
    """The stored views in one's own notebook show attacks as text."""
    shown.reopen()
    _is_harmless(shown.page)


def test_untrusted_panels_run_nothing(window: Window, server: Server, shown: Notebook) -> None:
    """A notebook of somebody else shows attacks as text, whatever is left of its outputs."""
    content = nbformat.read(shown.file, as_version=4)
    # Whom a notebook is from is judged by its content.
    content.metadata["from"] = "somebody else"
    nbformat.write(content, shown.file.with_name("theirs.ipynb"))
    notebook = Notebook(window.page(), server, f"{shown.file.parent.name}/theirs.ipynb")
    _is_harmless(notebook.page)
    notebook.end()


def test_a_page_of_html_runs_nothing(window: Window, shown: Notebook) -> None:
    """What nbconvert makes of the notebook shows attacks as text."""
    page = window.page()
    page.goto(export(shown.file))
    _is_harmless(page)
    assert [asked for asked in window.forget() if not asked.startswith(OF_NBCONVERT)] == []
