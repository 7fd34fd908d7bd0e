"""A notebook with panels as an HTML page, without kernel and network."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator

from tests.browser.chromium import Window
from tests.browser.export import OF_NBCONVERT, export
from tests.browser.lab import Notebook, open_notebook, write_notebook
from tests.browser.panel_tour import IMAGES, PANELS, UNDER_WAY, furnish
from tests.browser.readability import low_contrast
from tests.browser.server import Server

_DRAWN = "images => images.map(image => image.complete && image.naturalWidth > 0)"
# The element of a stored view, which can be the output or a part of it.
_STORED = """descendant-or-self::*[
    contains(@class, 'jp-RenderedHTML') or contains(@class, 'jp-RenderedImage')
]"""
# The elements of a page with their styles and attributes. The sanitizer of JupyterLab changes `rel`
# of links, and adds `disabled` to inputs.
_LOOK = """root => [...root.querySelectorAll('*')].map(one => [
    one.tagName,
    one.style.cssText,
    [...one.attributes]
        .filter(({ name }) => !['style', 'rel', 'disabled'].includes(name))
        .map(({ name, value }) => `${name}=${value}`).sort().join(' '),
    [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => node.nodeValue).join(''),
])"""


@pytest.fixture(scope="package")
def saved(server: Server, shared_window: Window) -> Path:
    """Return the notebook of the tour, run and saved in JupyterLab."""
    folder = server.root / "saved"
    notebook = open_notebook(shared_window, server, "saved/tour.ipynb", furnish(folder))
    notebook.save()
    notebook.end()
    return notebook.file


@pytest.fixture(scope="module", params=["light", "dark"])
def executed(server: Server, request: pytest.FixtureRequest) -> str:
    """Return the address of the tour's page, run and converted by nbconvert."""
    folder = server.root / f"executed_{request.param}"
    write_notebook(folder / "tour.ipynb", furnish(folder))
    return export(folder / "tour.ipynb", request.param, execute=True)


def test_an_executed_page_shows_every_panel(window: Window, executed: str) -> None:
    """Without front end and network, a page that nbconvert runs shows each panel's table."""
    with window.offline() as page:
        page.goto(executed)
        assert page.locator("script[type*=widget]").count() == 0
        for cell, panel in enumerate(PANELS, 1):
            outputs = page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output")
            for shown in outputs.all():
                assert shown.locator("table, img").first.is_visible(), panel
                assert all(shown.locator("img").evaluate_all(_DRAWN)), panel
                assert panel in IMAGES or low_contrast(shown) == []
            assert outputs.count() > 0, panel
    assert [address for address in window.forget() if not address.startswith(OF_NBCONVERT)] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_html_page_is_complete(window: Window, saved: Path, theme: str) -> None:
    """Without network, an HTML page of nbconvert shows the tables of all panels readably."""
    address = export(saved, theme)
    with window.offline() as page:
        page.goto(address)
        for cell, panel in enumerate(PANELS, 1):
            shown = page.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output").last
            assert panel in UNDER_WAY or shown.locator("table, img").first.is_visible(), panel
            assert all(shown.locator("img").evaluate_all(_DRAWN)), panel
            assert "Error" not in shown.inner_text()
            assert panel in IMAGES or low_contrast(shown) == []
    assert [address for address in window.forget() if not address.startswith(OF_NBCONVERT)] == []


def test_sanitizing_keeps_the_look_of_the_stored_view(
    window: Window, server: Server, saved: Path
) -> None:
    """In a notebook that is not trusted, each stored view keeps its elements and styles."""
    looks = []
    trusted = Notebook(window.page(), server, f"{saved.parent.name}/{saved.name}")
    looks.append([_look(trusted, cell) for cell, _ in enumerate(PANELS, 1)])
    trusted.end()
    content = nbformat.read(saved, as_version=4)
    # The trust of a notebook depends on its content.
    content.metadata["from"] = "another user"
    nbformat.write(content, saved.with_name("theirs.ipynb"))
    theirs = Notebook(window.page(), server, f"{saved.parent.name}/theirs.ipynb")
    looks.append([_look(theirs, cell) for cell, _ in enumerate(PANELS, 1)])
    theirs.end()
    for panel, before, after in zip(PANELS, *looks, strict=True):
        assert after == before, panel


def _look(notebook: Notebook, cell: int) -> list[list[str]]:
    """Return the elements of the stored view of a cell."""
    shown: Locator = notebook.output(cell).locator(f"xpath={_STORED}").first
    shown.wait_for()
    look: list[list[str]] = shown.evaluate(_LOOK)
    return look
