"""The main journeys through a registry, on each front end that shows the view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from exo_nbregistry.registry.facade import ModelRegistry
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, write_notebook
from tests.browser.registry_view import RegistryView
from tests.browser.sample_registries import sample_registries
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar, open_lab

_CELL = "from exo_nbregistry import ModelRegistry\nModelRegistry('registry', create=False).browse()"
# Pages of Voila request these addresses.
_OF_VOILA = (
    "https://cdn.jsdelivr.net/npm/@fortawesome/",
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
)
_NEWEST = ["kepler_svm:1", "kepler_rf:3", "kepler_rf:2", "kepler_rf:1"]


class FrontEnd:
    """The view of a registry on a page of a front end.

    Parameters
    ----------
    name : {'lab', 'sidebar', 'notebook', 'voila'}
        The front end.
    window : Window
        Window for the page.
    server : Server
        The server.
    """

    def __init__(self, name: str, window: Window, server: Server) -> None:
        self.name, self._server = name, server
        self.folder = server.root / f"journeys_{name}"
        with server.user():
            sample_registries(self.folder / "registry", forests=3)
            self.disk = ModelRegistry(self.folder / "registry", create=False)
        write_notebook(self.folder / "n.ipynb", [_CELL])
        self.view = self._open(window)

    def _open(self, window: Window) -> RegistryView:
        path = f"{self.folder.name}/n.ipynb"
        if self.name == "sidebar":
            sidebar = Sidebar(open_lab(window, self._server), self.folder.name)
            sidebar.button("Versions").click()
            return RegistryView(sidebar.panel)
        if self.name == "voila":
            page = window.page()
            page.goto(f"{self._server.url}/voila/render/{path}?token={self._server.token}")
            return RegistryView(page.locator("body"))
        application = {"lab": "lab/tree", "notebook": "notebooks"}[self.name]
        notebook = Notebook(window.page(), self._server, path, application)
        notebook.run()
        return RegistryView(notebook.output())

    def sort(self) -> None:
        """Sort by f1_score, or reverse the order, as the width of the view allows it."""
        if self.name != "sidebar":
            self.view.node.get_by_role("columnheader", name="f1_score").locator("button").click()
            return
        dialog = self.view.node.page.get_by_role("dialog", name="Sort by")
        if dialog.is_visible():
            dialog.get_by_role("button", name="Descending").click()
        else:
            self.view.node.get_by_title("Sort by any field").click()
            dialog.get_by_role("radio", name="f1_score", exact=True).check()

    def reset(self) -> RegistryView:
        """Return the view without a search or a selection, newest versions first."""
        search = self.view.node.get_by_label("Search models and versions")
        search.fill("")
        clear = self.view.node.get_by_title("Clear selection")
        if clear.is_visible():
            clear.click()
        expect(self.view.rows).to_have_count(len(_NEWEST))
        return self.view


@pytest.fixture(scope="module", params=["lab", "sidebar", "notebook", "voila"])
def front_end(
    request: pytest.FixtureRequest, server: Server, shared_window: Window
) -> Iterator[FrontEnd]:
    """Return each front end with a page that stays open; other machines are not asked."""
    yield FrontEnd(request.param, shared_window, server)
    shared_window.close_pages()
    outside = shared_window.forget()
    allowed = _OF_VOILA if request.param == "voila" else ()
    assert [address for address in outside if not address.startswith(allowed)] == []


@pytest.fixture
def view(front_end: FrontEnd) -> RegistryView:
    """Return the view, as a user first sees it."""
    return front_end.reset()


def test_first_sight(view: RegistryView) -> None:
    """The head has the counts and who may write; a row has aliases, tags and a named metric."""
    head = view.node.locator(".exo-Head")
    expect(head).to_contain_text("2 models, 4 versions")
    expect(head).to_contain_text("You can write")
    expect(view.row("kepler_rf:1")).to_contain_text("@champion")
    expect(view.row("kepler_rf:3")).to_contain_text("0.53")
    expect(view.node.locator("span:visible", has_text="f1_score").first).to_be_visible()


def test_search(view: RegistryView) -> None:
    """Words and a filter find versions together; an empty search lists all again."""
    search = view.node.get_by_label("Search models and versions")
    search.fill("rf metrics.f1_score > 0.515")
    expect(view.rows).to_have_count(2)
    expect(view.row("kepler_rf:1")).to_have_count(0)
    search.fill("")
    expect(view.rows).to_have_count(4)


def test_wrong_filter(view: RegistryView) -> None:
    """A filter that cannot be read is explained, and the rows stay."""
    search = view.node.get_by_label("Search models and versions")
    search.fill("metrics.f1_score > 'x")
    expect(search).to_have_attribute("aria-invalid", "true")
    expect(view.node.locator(".exo-Search")).to_contain_text("Cannot read the filter")
    expect(view.rows).to_have_count(4)


def test_sort(front_end: FrontEnd, view: RegistryView) -> None:
    """A list is sorted by a metric, best first, and the order can be reversed."""
    view.node.get_by_label("Search models and versions").fill("rf")
    front_end.sort()
    view.lists(["kepler_rf:3", "kepler_rf:2", "kepler_rf:1"])
    front_end.sort()
    view.lists(["kepler_rf:1", "kepler_rf:2", "kepler_rf:3"])
    view.node.page.keyboard.press("Escape")


def test_open(view: RegistryView) -> None:
    """A click on a version shows its metrics, its code and its notes beside the list."""
    view.open("kepler_rf:1")
    pane = view.node.locator(".exo-Pane")
    expect(pane.get_by_role("heading", name="kepler_rf:1")).to_be_visible()
    expect(pane).to_contain_text("registry.load_model('kepler_rf@champion')")
    pane.get_by_text("Model card and notes").click()
    expect(pane.get_by_text("Checked against the table of 2026.")).to_be_visible()
    expect(view.rows).to_have_count(4)


def test_compare(view: RegistryView) -> None:
    """Several versions are compared, with better and worse values."""
    view.open("kepler_rf:1")
    view.add("kepler_rf:3")
    comparison = view.node.locator(".exo-Comparison")
    expect(comparison.get_by_role("columnheader", name="kepler_rf:3")).to_be_visible()
    expect(comparison).to_contain_text("better")


def test_alias_and_undo(front_end: FrontEnd, view: RegistryView) -> None:
    """An alias moves after its call was shown and confirmed, and Undo moves it back."""
    view.open("kepler_rf:3")
    view.node.get_by_role("button", name="Set alias…").click()
    form = view.node.locator(".exo-ActionForm")
    form.get_by_label("Alias", exact=True).fill("champion")
    form.locator(".exo-Form").get_by_role("button", name="Move here").click()
    question = form.locator(".exo-ActionForm-question")
    expect(question).to_contain_text("set_alias('kepler_rf', 'champion', 3")
    assert front_end.disk.get_metadata("kepler_rf@champion").version == 1
    question.get_by_role("button", name="Move here").click()
    expect(view.row("kepler_rf:3")).to_contain_text("@champion")
    assert front_end.disk.get_metadata("kepler_rf@champion").version == 3
    view.node.get_by_role("button", name="Undo").click()
    expect(view.row("kepler_rf:1")).to_contain_text("@champion")
    assert front_end.disk.get_metadata("kepler_rf@champion").version == 1


def test_nothing_fails_in_the_folder(front_end: FrontEnd) -> None:
    """After the journeys, the registry has the same versions, and each is intact."""
    assert [item.model_id for item in front_end.disk.list_models(order_by="-created_at")] == _NEWEST
    assert front_end.disk.verify().ok
