"""A browser and a JupyterLab server, shared by the tests of this folder."""

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

# Playwright keeps an event loop running in this thread, which would disturb the tests of other
# folders. These fixtures are therefore closed after the tests of this folder.
_shared = pytest.fixture(scope="package")


@pytest.fixture(autouse=True)
def _user_directories(server: Server) -> Iterator[None]:
    """Use the key, the trusted signers and the index of the kernels."""
    with server.user():
        yield


@_shared
def browser() -> Iterator[Browser]:
    """Run Chromium once."""
    missing = [] if executable() else [f"Chromium ({', '.join(NAMES)} on the PATH)"]
    missing += [name for name in ("jupyterlab", "notebook", "voila") if not find_spec(name)]
    if missing:
        # In CI, a missing browser is a failure.
        stop = pytest.fail if "TESTED_IN_CI" in os.environ else pytest.skip
        stop(f"The browser tests require {' and '.join(missing)}.")
    with chromium() as browser:
        yield browser


@_shared
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve notebooks once."""
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.close()


@_shared
def shared_window(browser: Browser) -> Iterator[Window]:
    """Open a window once, so that the files of JupyterLab are loaded once."""
    window = Window(browser)
    yield window
    window.close()


@pytest.fixture
def window(shared_window: Window) -> Iterator[Window]:
    """Return the shared window; a request to another machine fails the test."""
    yield shared_window
    shared_window.close_pages()
    outside = shared_window.forget()
    assert outside == []


@pytest.fixture
def folder(server: Server, request: pytest.FixtureRequest) -> Path:
    """Return an empty folder below the root, with the name of the test."""
    folder = server.root / re.sub(r"\W+", "_", request.node.name)
    folder.mkdir()
    return folder
