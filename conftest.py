"""Keep the kernels that nbval starts away from the developer's own key and index."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Point the user's folders at one that is removed when the run ends.

    Tests get a fresh pair each from ``tests/conftest.py``; a kernel knows no fixtures, and
    inherits these.
    """
    home = TemporaryDirectory(prefix="exo-nbregistry-")
    config.add_cleanup(home.cleanup)
    os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = os.path.join(home.name, "config")
    os.environ["EXO_NBREGISTRY_CACHE_DIR"] = os.path.join(home.name, "cache")
