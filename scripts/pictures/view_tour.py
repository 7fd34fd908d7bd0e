"""Pictures of each state of one view: the same tour in outputs, in the sidebar and in a tab."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Locator, expect

from tests.browser.registry_view import RegistryView

Picture = tuple[str, bytes]

QUERY = "kepler metrics.f1_score > 0.9"
_OPEN_ALL = "all => all.forEach(one => { one.open = true; })"
# The details scroll in their place; for a picture of all sections, the place is as high as needed.
_WHOLE = """
.exo-View .exo-Layout.exo-mod-open { height: 6200px !important; max-height: none !important; }
.exo-View .exo-Layout.exo-mod-open > .exo-Layout-list { flex-basis: 200px !important; }
"""


class ViewTour:
    """Takes the pictures of a view.

    Parameters
    ----------
    shown : Locator
        An element that contains one view.
    whole : bool
        Whether to take the pictures of open sections, which need a window of 7,000 pixels.
    """

    def __init__(self, shown: Locator, *, whole: bool = True) -> None:
        self.view = RegistryView(shown)
        self.node = self.view.node
        self.page = shown.page
        self.search = self.node.get_by_label("Search models and versions")
        self._whole = whole

    def pictures(self) -> Iterator[Picture]:
        """Yield the name and the picture of each state; the last state is the first one."""
        self._search("")
        yield from self._lists()
        yield from self._details()
        yield from self._actions()
        yield from self._comparison()
        yield from self._searches()

    def _shot(self) -> bytes:
        # The pointer is beside the view, so that no row is highlighted.
        self.page.mouse.move(0, 0)
        self.settle()
        return self.node.screenshot(animations="disabled")

    def settle(self) -> None:
        """Wait until the view has read what it shows."""
        expect(self.node.locator(".exo-Loading:visible")).to_have_count(0)
        expect(self.node.locator(".exo-mod-busy")).to_have_count(0)

    def _lists(self) -> Iterator[Picture]:
        self.view.press("Models")
        model = self.node.locator(".exo-Row-model", has_text="kepler_rf")
        model.wait_for()
        if model.get_attribute("aria-expanded") == "true":
            model.locator(".exo-Row-toggle").click()
        expect(model).to_have_attribute("aria-expanded", "false")
        yield "models", self._shot()
        model.locator(".exo-Row-toggle").click()
        self.view.row("kepler_rf:1").wait_for()
        yield "models-expanded", self._shot()
        self.view.press("Versions")
        self.view.row("kepler_rf:1").wait_for()
        yield "versions", self._shot()
        yield "sort", self._dialog("Sort by any field")
        yield "columns", self._dialog("Choose the columns")
        yield "menu", self._menu()

    def _dialog(self, title: str) -> bytes:
        owner = self.node.get_by_title(title)
        owner.click()
        self.page.get_by_role("dialog").wait_for()
        picture = self._around(self.page.get_by_role("dialog"))
        self.page.keyboard.press("Escape")
        self.page.get_by_role("dialog").wait_for(state="detached")
        return picture

    def _menu(self) -> bytes:
        name = self.view.row("kepler_rf:2").get_by_role("rowheader")
        # Scrolling closes a menu.
        name.scroll_into_view_if_needed()
        name.click(button="right")
        menu = self.page.locator(".exo-Menu")
        picture = self._around(menu)
        self.page.keyboard.press("Escape")
        menu.wait_for(state="detached")
        return picture

    def _around(self, floating: Locator) -> bytes:
        """Return a picture of the view and of what floats over it."""
        floating.wait_for()
        self.settle()
        boxes = [self.node.bounding_box(), floating.bounding_box()]
        found = [box for box in boxes if box is not None]
        left, top = (min(box[key] for box in found) for key in ("x", "y"))
        right = max(box["x"] + box["width"] for box in found)
        bottom = max(box["y"] + box["height"] for box in found)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        return self.page.screenshot(clip=clip, animations="disabled")

    def _details(self) -> Iterator[Picture]:
        self.view.open("kepler_rf:5")
        self.node.locator(".exo-Detail").get_by_text("Metrics", exact=True).wait_for()
        yield "detail", self._shot()
        if self._whole:
            yield "detail-sections", self._sections()

    def _sections(self) -> bytes:
        sections = self.node.locator(".exo-Detail details")
        before = sections.evaluate_all("all => all.map(one => one.open)")
        style = self.page.add_style_tag(content=_WHOLE)
        sections.evaluate_all(_OPEN_ALL)
        self.settle()
        picture = self.node.locator(".exo-Detail").screenshot(animations="disabled")
        close = "(all, open) => all.forEach((one, i) => { one.open = open[i]; })"
        sections.evaluate_all(close, before)
        style.evaluate("node => node.remove()")
        return picture

    def _actions(self) -> Iterator[Picture]:
        self.view.open("kepler_rf:6")
        self.node.locator(".exo-Detail").get_by_text("Metrics", exact=True).wait_for()
        self._act("set_alias")
        form = self.node.locator(".exo-ActionForm")
        form.get_by_label("Alias", exact=True).fill("champion")
        form.get_by_text("@champion points to version 5.").wait_for()
        yield "alias", self._shot()
        form.get_by_role("button", name="Move here").click()
        form.locator(".exo-ActionForm-code").wait_for()
        yield "alias-question", self._shot()
        form.locator(".exo-ActionForm-question").get_by_role("button", name="Cancel").click()
        form.locator(".exo-Form").get_by_role("button", name="Cancel").click()
        self._act("delete")
        form.locator(".exo-ActionForm-code").wait_for()
        yield "delete-question", self._shot()
        form.locator(".exo-ActionForm-question").get_by_role("button", name="Cancel").click()
        expect(form).to_have_count(0)

    def _act(self, name: str) -> None:
        """Press the button of an action, or choose it in the menu of a narrow bar."""
        button = self.node.locator(f'[data-action="{name}"]')
        if button.is_visible():
            button.click()
            return
        label = button.inner_text() or button.text_content() or ""
        self.node.get_by_role("button", name="More actions").click()
        self.page.locator(".exo-Menu").get_by_text(label, exact=True).click()

    def _comparison(self) -> Iterator[Picture]:
        self.view.open("kepler_rf:4")
        self.view.add("kepler_rf:5")
        self.view.add("kepler_svm:1")
        self.node.locator(".exo-Comparison").get_by_text("better").first.wait_for()
        yield "comparison", self._shot()
        self.view.press("Clear")
        expect(self.node.locator(".exo-Comparison")).to_have_count(0)

    def _searches(self) -> Iterator[Picture]:
        self.search.fill("metrics.f1")
        self.node.locator(".exo-Completion").first.wait_for()
        yield "suggestions", self._around(self.node.locator(".exo-Completions"))
        self._leave()
        self._search(QUERY)
        expect(self.view.row("kepler_rf:1")).to_have_count(0)
        yield "filter", self._shot()
        self._search("metrics.f1_score > 'x")
        expect(self.search).to_have_attribute("aria-invalid", "true")
        yield "filter-error", self._shot()
        self._search("metrics.f1 > 0.9")
        self.node.locator(".exo-Empty").wait_for()
        yield "no-match", self._shot()
        self._leave()

    def _search(self, query: str) -> None:
        self.search.fill(query)
        # Without the focus, the suggestions do not hide the rows.
        self.search.evaluate("node => node.blur()")
        self.settle()

    def _leave(self) -> None:
        """Clear the search."""
        self._search("")
        self.view.row("kepler_rf:1").wait_for()
