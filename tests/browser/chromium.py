"""Chromium without access to other machines, which records requests to them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
    # Routing requests through this process would do too, but turns the browser's cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_LOCAL = {"127.0.0.1", None}
_TIMEOUT_MS = 30_000


class Window:
    """Pages that share a cache, and a list of what they asked other machines for.

    Parameters
    ----------
    browser : Browser
        Opens them.
    scale : float
        Pixels of the screen to one of the page.

    Attributes
    ----------
    outside : list of str
        Requested addresses of other machines.
    """

    def __init__(self, browser: Browser, *, scale: float = 1) -> None:
        self.outside: list[str] = []
        self._context: BrowserContext = browser.new_context(
            viewport={"width": 1280, "height": 1600}, device_scale_factor=scale, locale="en-GB"
        )
        self._context.set_default_timeout(_TIMEOUT_MS)
        self._context.on("request", lambda request: self._note(request.url))
        self._context.on("page", lambda page: page.on("websocket", lambda s: self._note(s.url)))

    def _note(self, address: str) -> None:
        if urlsplit(address).hostname not in _LOCAL:
            self.outside.append(address)

    def page(self) -> Page:
        """Open an empty page."""
        return self._context.new_page()

    @contextmanager
    def offline(self) -> Iterator[Page]:
        """Open a page without any network."""
        self._context.set_offline(True)
        page = self.page()
        try:
            yield page
        finally:
            page.close()
            self._context.set_offline(False)

    def forget(self) -> list[str]:
        """Return and clear the addresses requested from other machines."""
        outside, self.outside = self.outside, []
        return outside

    def close_pages(self) -> None:
        """Close all pages, and keep the context."""
        for page in self._context.pages:
            page.close()

    def close(self) -> None:
        """Close all pages and the context."""
        self._context.close()


def executable() -> str | None:
    """Return the path of Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium without a screen."""
    expect.set_options(timeout=_TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
