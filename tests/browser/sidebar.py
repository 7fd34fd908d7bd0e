"""The sidebar of the model registry, as a user works with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Response

from tests.browser.chromium import Window
from tests.browser.lab import RESTORED
from tests.browser.server import Server

API = "/exo-nbregistry/api/"
_ATTEMPTS, _PAUSE_MS = 60, 500


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
        self.view = page.locator("#exo-nbregistry-sidebar .exo-View")
        self.tree = self.view.get_by_role("tree")
        self.detail = self.view.locator(".exo-Detail")
        self.status = self.view.locator(".exo-Status")
        self.search = self.view.get_by_role("searchbox")
        if location is not None:
            self.choose(location)

    def choose(self, location: str) -> None:
        """Show the registry of a place."""
        places = self.view.get_by_label("Registry", exact=True)
        place = places.locator("option", has_text=location)
        for _ in range(_ATTEMPTS):
            # The server looks for new registries every few seconds.
            if place.count():
                break
            self.button("Refresh").click()
            self.page.wait_for_timeout(_PAUSE_MS)
        places.select_option(place.get_attribute("value"))
        self.model().first.wait_for()

    def model(self, name: str = "") -> Locator:
        """Return the line of a model, or of all."""
        return self.tree.locator(".exo-Row-model", has_text=name)

    def version(self, model_id: str) -> Locator:
        """Return the line of a version."""
        return self.tree.locator(f'[data-model-id="{model_id}"]')

    def unfold(self, name: str) -> None:
        """List the versions of a model."""
        self.model(name).click()
        self.version(f"{name}:1").wait_for()

    def open(self, model_id: str) -> Locator:
        """Show a version in detail."""
        self.version(model_id).click()
        self.detail.get_by_role("heading", name=model_id).wait_for()
        self.detail.get_by_text("signed by").wait_for()
        return self.detail

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
