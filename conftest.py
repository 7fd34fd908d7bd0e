"""What every run shares: the time zone, the user's folders, kinds of tests, the order of files."""

from __future__ import annotations

import os
import time
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

BROWSER = "tests/browser"
# Kinds by the names of files; pyproject.toml says what each kind is. A single slow test of a
# quick file has its mark at the test.
KINDS = {
    "crash": ("test_commit", "test_crash", "test_power_loss"),
    "slow": (
        "test_all_estimators",
        "test_benchmarks",
        "test_concurrency",
        "test_demo",
        "test_followup_benchmark",
        "test_notebooks",
        "test_readme",
    ),
}
# The Chatham Islands, spelled out since a small machine may lack the database of zones.
# Far from UTC, so that a naive time which is read as local shows.
ZONE = "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"

# Threads that wait must not keep a core from the tests that run beside them.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# Beside other tests, a single example may take any time.
settings.register_profile("whole", settings(), deadline=None)
settings.register_profile("fast", settings(), deadline=None, max_examples=15)
settings.load_profile("whole")


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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its file, and put those first that take longest.

    A worker that got the browser last would run on alone.
    """
    for item in items:
        if item.nodeid.startswith(f"{BROWSER}/"):
            item.add_marker("browser")
        for kind, stems in KINDS.items():
            if item.path.stem in stems:
                item.add_marker(kind)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.path.suffix == ".ipynb":
        return 1
    kinds = {mark.name for mark in item.iter_markers()}
    return 0 if "browser" in kinds else 2 if kinds & KINDS.keys() else 3


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each file to one worker, and to one worker everything that uses the browser."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return BROWSER if file.startswith(f"{BROWSER}/") else file

    # The order is that of pytest_collection_modifyitems.
    config.option.loadscopereorder = False
    return Files(config, log)
