"""Fixtures of all tests."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry import config
from tests.cloud.fixtures import azurite, moto, seaweedfs  # noqa: F401

_user_numbers = itertools.count()

# In CI, a message explains each new key. The kernels of notebooks and the workers of pytest inherit
# these variables.
if os.environ.pop("CI", "") == "true":
    os.environ["TESTED_IN_CI"] = "true"


@pytest.fixture(autouse=True, scope="module")
def _environment() -> Iterator[None]:
    """Restore the environment, in which a Dask cluster sets numbers of threads and a hash seed."""
    before = dict(os.environ)
    yield
    current = os.environ.get("PYTEST_CURRENT_TEST")
    os.environ.clear()
    os.environ.update(before)
    if current is not None:
        os.environ["PYTEST_CURRENT_TEST"] = current


@pytest.fixture(autouse=True)
def _user_directories(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Isolate the key, the trusted signers and the index of each test from the developer's."""
    # mktemp() lists all folders of the run to find a free number, which takes a minute in the end.
    home: Path = tmp_path_factory.getbasetemp() / "users" / str(next(_user_numbers))
    home.mkdir(parents=True)
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))


@pytest.fixture
def new_workers() -> None:
    """End the workers of loky, which have the environment of the test that has started them."""
    from joblib.externals.loky import reusable_executor

    if reusable_executor._executor is not None:
        reusable_executor._executor.shutdown(wait=True, kill_workers=True)


@pytest.fixture(autouse=True)
def _default_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo after each test what `set_config` and `register_renderers` change in the process."""
    monkeypatch.setattr(config, "_chosen", {})
    renderers = {kind: dict(paths) for kind, paths in config._renderers.items()}
    monkeypatch.setattr(config, "_renderers", renderers)


@pytest.fixture
def registry(tmp_path: Path) -> Any:
    """Return a registry with one version, kepler_rf:1, for the examples in docstrings."""
    from sklearn.linear_model import LogisticRegression

    from exo_nbregistry.registry.facade import ModelRegistry

    registry = ModelRegistry(
        tmp_path / "registry", durable=False, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    registry.register_model(
        model=LogisticRegression().fit([[0.0], [1.0]], [0, 1]),
        model_name="kepler_rf",
        evaluation_results={"accuracy": 0.9, "f1_score": 0.8},
    )
    return registry
