"""What strangers write into a registry is text on the page, wherever it is shown."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Window
from tests.browser.export import OF_NBCONVERT, export
from tests.browser.hostile import IMAGE, PANELS, SCRIPT, SHOWN, furnish
from tests.browser.lab import Notebook, open_notebook
from tests.browser.server import Server


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
    assert page.evaluate("() => window.__nbr_xss") is None


def test_the_mark_of_an_attack_is_seen(window: Window) -> None:
    """An attack that is not escaped runs and leaves its mark, so that none means something."""
    page = window.page()
    page.set_content(f"<p>{IMAGE}</p>")
    page.wait_for_function("() => window.__nbr_xss === 1")
    page.set_content(f"<script>'{SCRIPT}'</script>")
    assert page.evaluate("() => window.__nbr_xss") == 1


def test_live_panels_run_nothing(shown: Notebook) -> None:
    """Live panels show attacks as text."""
    _is_harmless(shown.page)


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
