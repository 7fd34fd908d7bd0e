"""Keep the kernels that nbval starts away from the developer's own key and index."""

from __future__ import annotations

import os
import time
from tempfile import TemporaryDirectory

import pytest

# The Chatham Islands, spelled out since a small machine may lack the database of zones.
# Far from UTC, so that a naive time which is read as local shows.
ZONE = "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"


def pytest_configure(config: pytest.Config) -> None:
    """Set the time zone, and point the user's folders at one that is removed when the run ends.

    Tests get a fresh pair each from ``tests/conftest.py``; a kernel knows no fixtures, and
    inherits these.
    """
    home = TemporaryDirectory(prefix="exo-nbregistry-")
    config.add_cleanup(home.cleanup)
    os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = os.path.join(home.name, "config")
    os.environ["EXO_NBREGISTRY_CACHE_DIR"] = os.path.join(home.name, "cache")
    os.environ["TZ"] = ZONE
    if hasattr(time, "tzset"):
        time.tzset()
