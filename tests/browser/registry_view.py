"""Driver of the view of a registry, in an output, the sidebar or a tab."""

from __future__ import annotations

from playwright.sync_api import Locator, expect


class RegistryView:
    """A view of a registry on a page, found by labels and roles.

    Parameters
    ----------
    shown : Locator
        An element that contains one view.
    """

    def __init__(self, shown: Locator) -> None:
        self.shown = shown
        self.node = shown.locator(".exo-View")
        self.rows = self.node.locator("tr[data-ref]")

    def lists(self, refs: list[str]) -> None:
        """Check that exactly these versions are listed, in this order."""
        expect(self.rows).to_have_count(len(refs))
        for row, ref in zip(self.rows.all(), refs, strict=True):
            expect(row).to_have_attribute("data-ref", ref)

    def row(self, ref: str) -> Locator:
        """Return the row of a version or model."""
        return self.node.locator(f'tr[data-ref="{ref}"]')

    def open(self, ref: str) -> None:
        """Select exactly one version by a click."""
        self.row(ref).get_by_role("rowheader").click()
        expect(self.row(ref)).to_have_attribute("aria-selected", "true")

    def add(self, ref: str) -> None:
        """Select a version in addition to others."""
        self.row(ref).locator("input[type=checkbox]").click()
        expect(self.row(ref)).to_have_attribute("aria-selected", "true")

    def press(self, name: str) -> None:
        """Press a button."""
        self.node.get_by_role("button", name=name, exact=True).first.click()
