"""Checks of accessibility by axe-core, a library of the packages of js/."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

# The parts of the page that belong to the view; JupyterLab's own faults are not ours.
VIEW = (".exo-View",)
# Menus and dialogs are children of the body.
FLOATING = (".exo-Menu", ".exo-Popover")

_SHOWN = """selectors => selectors.flatMap(selector => [...document.querySelectorAll(selector)])
    .filter(node => node.checkVisibility()).length"""
_LOADED = "() => 'axe' in window"
_RUN = """async selectors => {
    const shown = selectors.flatMap(selector => [...document.querySelectorAll(selector)])
        .filter(node => node.checkVisibility());
    const {violations} = await window.axe.run(
        {include: shown},
        {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}},
    );
    return violations.flatMap(({id, nodes}) => nodes.map(
        ({html, failureSummary}) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`
    ));
}"""


def violations(page: Page, parts: tuple[str, ...] = VIEW) -> list[str]:
    """List what axe-core finds in the visible parts of a page.

    Parameters
    ----------
    page : Page
        The page.
    parts : tuple of str
        Selectors of the parts; at least one element must be visible.

    Returns
    -------
    list of str
        Rule, beginning of the HTML of the element and what to change.
    """
    if not AXE.is_file():
        pytest.skip("The checks by axe-core require the packages of js/: run make js-test.")
    assert page.evaluate(_SHOWN, list(parts)), "no visible part"
    if not page.evaluate(_LOADED):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(_RUN, list(parts)))
