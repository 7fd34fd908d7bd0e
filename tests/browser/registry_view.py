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
        self.search = self.node.get_by_label("Search models and versions")
        self.pane = self.node.locator(".exo-Pane")
        self.status = self.node.locator(".exo-Status-message")

    def lists(self, refs: list[str]) -> None:
        """Check that exactly these versions are listed, in this order."""
        expect(self.rows).to_have_count(len(refs))
        for row, ref in zip(self.rows.all(), refs, strict=True):
            expect(row).to_have_attribute("data-ref", ref)

    def row(self, ref: str) -> Locator:
        """Return the row of a version, or of a model whose versions are not shown."""
        # The row of a model above its versions has the reference of the latest one.
        return self.node.locator(f'tr[data-ref="{ref}"]').last

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

    def unfold(self) -> None:
        """Open all sections of the pane, whose contents are read then."""
        folded = self.pane.locator("details:not([open]) > summary").filter(visible=True)
        while folded.count():
            folded.first.click()

    def menu(self, ref: str) -> Locator:
        """Open the menu of a version with the right mouse button."""
        self.row(ref).click(button="right")
        return self.node.page.get_by_role("menu")

    def act(self, ref: str, action: str, choice: str, **fields: str) -> Locator:
        """Open an action in the menu of a version, fill its form, and return its question."""
        self.menu(ref).get_by_text(f"{action}…", exact=True).click()
        form = self.node.locator(".exo-ActionForm")
        for label, text in fields.items():
            form.get_by_label(label, exact=True).fill(text)
        if fields:
            form.locator(".exo-Form").get_by_role("button", name=choice, exact=True).click()
        return form.locator(".exo-ActionForm-question")

    def confirm(self, question: Locator, choice: str) -> None:
        """Confirm a question, and wait until the action is done."""
        question.get_by_role("button", name=choice, exact=True).click()
        question.wait_for(state="detached")
