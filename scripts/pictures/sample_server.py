"""A server with the registries and the notebooks of the pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from scripts.pictures.lab_pictures import write_demo
from scripts.pictures.notebook_pictures import write_notebooks
from scripts.pictures.sample_registry import STARTUP, furnish, furnish_empty
from tests.browser.server import Server


@contextmanager
def sample_server(home: Path) -> Iterator[Server]:
    """Run a server with the registries and notebooks of the pictures.

    Parameters
    ----------
    home : Path
        An empty folder.
    """
    server = Server(home)
    try:
        user = {"LOGNAME": "ada"}
        with (
            mock.patch.dict(os.environ, server.environment | user),
            mock.patch("platform.node", return_value="observatory"),
        ):
            furnish(server.root / "models" / "registry")
            # The sidebar does not list a registry in a hidden folder.
            furnish_empty(server.root / ".empty" / "registry")
        startup = Path(server.environment["IPYTHONDIR"], "profile_default", "startup")
        startup.mkdir(parents=True)
        (startup / "clock.py").write_text(STARTUP)
        write_notebooks(server)
        write_demo(server)
        yield server
    finally:
        server.close()
