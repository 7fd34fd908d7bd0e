"""The sidebar of the model registry, as a user works with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Response

from tests.browser.chromium import Window
from tests.browser.lab import RESTORED
from tests.browser.registry_view import RegistryView
from tests.browser.server import Server

API = "/exo-nbregistry/api/"
_ATTEMPTS, _PAUSE_MS = 60, 500
# Hides or shows the page, as another tab of the browser does.
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {get: () => hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


class Sidebar:
    """The open sidebar of a page.

    Parameters
    ----------
    page : Page
        JupyterLab or Notebook 7, ready.
    location : str, optional
        Which registry to choose.
    """

    def __init__(self, page: Page, location: str | None = None) -> None:
        self.page = page
        page.evaluate("() => void window.jupyterapp.commands.execute('exo-nbregistry:show')")
        self.panel = page.locator("#exo-nbregistry-sidebar")
        self.view = self.panel.locator(".exo-View")
        self.list = self.view.get_by_role("treegrid")
        self.pane = self.view.locator(".exo-Pane")
        self.detail = self.pane.locator(".exo-Detail")
        self.comparison = self.view.locator(".exo-Comparison")
        self.status = self.view.locator(".exo-Status")
        self.search = self.view.get_by_label("Search models and versions")
        if location is not None:
            self.choose(location)

    def choose(self, location: str) -> None:
        """Show the registry at a location."""
        choice = self.view.get_by_label("Registry", exact=True)
        option = choice.locator("option", has_text=location)
        for _ in range(_ATTEMPTS):
            # The server looks for new registries every few seconds.
            if option.count():
                break
            self.button("Refresh").click()
            self.page.wait_for_timeout(_PAUSE_MS)
        # The list of registries is hidden if there is only one.
        if choice.is_visible():
            choice.select_option(option.get_attribute("value"))
        self.view.locator(".exo-Head", has_text=location).wait_for()
        self.model().first.wait_for()

    def model(self, name: str = "") -> Locator:
        """Return the row of a model, or of all."""
        return self.list.locator(".exo-Row-model", has_text=name)

    def version(self, model_id: str) -> Locator:
        """Return the row of a version."""
        return self.list.locator(f'.exo-Row-version[data-ref="{model_id}"]')

    def expand(self, name: str) -> None:
        """List the versions of a model."""
        self.model(name).locator(".exo-Row-toggle").click()
        self.version(f"{name}:1").wait_for()

    def open(self, model_id: str) -> Locator:
        """Show the details of a version."""
        self.version(model_id).locator(".exo-Name").click()
        self.pane.get_by_role("heading", name=model_id).wait_for()
        self.detail.get_by_text("Metrics", exact=True).wait_for()
        return self.detail

    def mark(self, model_id: str) -> None:
        """Add a version to the selection."""
        self.version(model_id).locator(".exo-Row-checkbox").click()

    def menu(self, model_id: str) -> Locator:
        """Open the menu of a version with the right mouse button."""
        return RegistryView(self.panel).menu(model_id)

    def act(self, model_id: str, action: str, choice: str, **fields: str) -> Locator:
        """Open an action in the menu of a version, fill its form, and return its question."""
        return RegistryView(self.panel).act(model_id, action, choice, **fields)

    def confirm(self, question: Locator, choice: str) -> None:
        """Confirm a question, and wait until the action is done."""
        RegistryView(self.panel).confirm(question, choice)

    def button(self, name: str) -> Locator:
        """Return a button of the view."""
        return self.view.get_by_role("button", name=name, exact=True)


def open_lab(window: Window, server: Server, view: str = "lab") -> Page:
    """Open JupyterLab without a notebook."""
    page = window.page()
    page.goto(f"{server.url}/{view}?token={server.token}&reset")
    page.wait_for_function(RESTORED)
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    return page


@contextmanager
def replies(page: Page) -> Iterator[list[int]]:
    """Collect the states of what the page asks of the server extension meanwhile."""
    states: list[int] = []

    def note(response: Response) -> None:
        if API in response.url:
            states.append(response.status)

    page.on("response", note)
    yield states
    page.remove_listener("response", note)
