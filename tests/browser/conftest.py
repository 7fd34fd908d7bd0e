"""A real browser and a real JupyterLab, shared by all tests of this room."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import NAMES, Window, chromium, executable
from tests.browser.server import Server

# Playwright keeps an event loop going in this thread, which other rooms' tests would meet: so
# these last as long as the room's tests, not as long as the session.
_room = pytest.fixture(scope="package")


@pytest.fixture(autouse=True)
def _user_directories(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test have the key, the trusted signers and the index that its kernels have."""
    for name, folder in server.environment.items():
        if name.startswith("EXO_NBREGISTRY_"):
            monkeypatch.setenv(name, folder)


@_room
def browser() -> Iterator[Browser]:
    """Run Chromium once."""
    missing = [] if executable() else [f"Chromium ({', '.join(NAMES)} on the PATH)"]
    missing += [name for name in ("jupyterlab", "notebook", "voila") if not find_spec(name)]
    if missing:
        # Where all is checked, nothing is left out.
        leave = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        leave(f"The tests in a browser need {' and '.join(missing)}.")
    with chromium() as browser:
        yield browser


@_room
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve notebooks once."""
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.close()


@_room
def shared_window(browser: Browser) -> Iterator[Window]:
    """Open a window once, so that JupyterLab's own files are read once."""
    window = Window(browser)
    yield window
    window.close()


@pytest.fixture
def window(shared_window: Window) -> Iterator[Window]:
    """Return the shared window; a page that asks another machine for anything fails the test."""
    yield shared_window
    shared_window.close_pages()
    outside = shared_window.forget()
    assert outside == []


@pytest.fixture
def folder(server: Server, request: pytest.FixtureRequest) -> Path:
    """Return an empty folder of the server's, named like the test."""
    folder = server.root / re.sub(r"\W+", "_", request.node.name)
    folder.mkdir()
    return folder
