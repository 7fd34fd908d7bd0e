"""Settings of every run: time zone, user folders, kinds of tests, order of files."""

from __future__ import annotations

import os
import time
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, settings

BROWSER, CLOUD, WORKFLOWS = "tests/browser", "tests/cloud/", "tests/workflows"
# Kinds by file name; pyproject.toml describes the kinds. A single slow test in a fast file has its
# mark at the test.
KINDS = {
    "crash": ("test_commit", "test_crash", "test_power_loss"),
    "slow": (
        "test_all_estimators",
        "test_backends",
        "test_benchmarks",
        "test_cluster_workers",
        "test_concurrency",
        "test_coverage",
        "test_docs_code",
        "test_endless_input",
        "test_followup_benchmark",
        "test_fuzz_events",
        "test_library_content",
        "test_notebooks",
        "test_readme",
        "test_run",
    ),
}
# Fixtures that start a server of buckets.
SERVERS = {"azurite", "moto", "seaweedfs"}
# The Chatham Islands, as a POSIX rule because a small machine may not have the zone database. The
# zone is far from UTC, so a naive time that is read as local time fails a test.
ZONE = "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"

# Waiting threads must not occupy a core that another test process needs.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# MLflow sends telemetry otherwise.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

# On a busy machine, a single example can take any time.
settings.register_profile("whole", settings(), deadline=None)
settings.register_profile("fast", settings(), deadline=None, max_examples=15)
# In mutation tests the first failure is enough, and each run has the same examples.
settings.register_profile(
    "mutation",
    settings.get_profile("fast"),
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
    database=None,
)
settings.load_profile("whole")


def pytest_configure(config: pytest.Config) -> None:
    """Set the time zone, and set the user folders to a folder that is removed after the run.

    Each test gets its own folders from ``tests/conftest.py``. Kernels do not use fixtures and
    inherit these.
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
    """Mark each test by its file, and run the slowest files first.

    If the browser tests started last, one worker would run alone at the end.
    """
    for item in items:
        if item.nodeid.startswith(f"{BROWSER}/"):
            item.add_marker("browser")
        # Each file executes a notebook.
        if item.nodeid.startswith(f"{WORKFLOWS}/"):
            item.add_marker("slow")
        names = set(getattr(item, "fixturenames", ()))
        if item.nodeid.startswith(CLOUD) or names & SERVERS:
            item.add_marker("cloud")
        for kind, stems in KINDS.items():
            if item.path.stem in stems:
                item.add_marker(kind)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.path.suffix == ".ipynb":
        return 1
    kinds = {mark.name for mark in item.iter_markers()}
    return 0 if "browser" in kinds else 2 if kinds & {"cloud", *KINDS} else 3


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run each file in one worker, and all browser tests in one worker."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return BROWSER if file.startswith(f"{BROWSER}/") else file

    # Keep the order of pytest_collection_modifyitems.
    config.option.loadscopereorder = False
    return Files(config, log)
