"""Driver of the browser panel on a page."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

_MAX_TABS = 80


class BrowserPanel:
    """A browser panel on a page, found by its labels and roles.

    Parameters
    ----------
    shown : Locator
        Output of the cell.
    """

    def __init__(self, shown: Locator) -> None:
        self.shown = shown
        self.search = shown.get_by_role("textbox", name="Search")
        self.versions = shown.get_by_role("table").first.get_by_role("rowheader")

    def lists(self, refs: list[str]) -> None:
        """Check that exactly these rows are listed, in this order."""
        expect(self.versions).to_have_text(refs)

    def shows(self, text: str, role: str = "status") -> None:
        """Check that a message is visible and announced by screen readers."""
        messages = self.shown.get_by_role(role)  # type: ignore[arg-type]
        expect(messages.filter(has_text=text).first).to_be_visible()

    def search_for(self, query: str) -> None:
        """Search for a text or by a filter."""
        self.search.fill(query)
        self.search.press("Enter")

    def press(self, name: str) -> None:
        """Press a button."""
        self.shown.get_by_role("button", name=name, exact=True).click()

    def box(self, ref: str) -> Locator:
        """Return the check box of a row."""
        return self.shown.get_by_role("checkbox", name=ref, exact=True)

    def select(self, *refs: str) -> None:
        """Select exactly these versions of the page."""
        clear = self.shown.get_by_role("button", name="Clear", exact=True)
        if clear.is_visible():
            clear.click()
            expect(clear).to_be_hidden()
        for number, ref in enumerate(refs, 1):
            self.box(ref).check()
            self.shows(f"{number} version{'s' if number > 1 else ''} selected: ")

    def confirm(self, question: str, done: str) -> None:
        """Check the question, confirm it and check the result."""
        self.shows(question)
        self.press("Confirm")
        self.shows(done)

    def tab_to(self, control: Locator) -> None:
        """Press Tab until a control has the keyboard focus."""
        for _ in range(_MAX_TABS):
            if control.evaluate("control => control === document.activeElement"):
                return
            control.page.keyboard.press("Tab")
        raise AssertionError(f"the tab key does not reach {control}")
