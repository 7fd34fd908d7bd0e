"""Data, registries and reports of the tests of automatic registration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

from exo_nbregistry.autoregister.active import watchers_of_thread
from exo_nbregistry.autoregister.hooks import estimator_classes
from exo_nbregistry.registry.facade import ModelRegistry


class Data(NamedTuple):
    """Training data and held-out data with two classes."""

    X: Any
    X_test: Any
    y: Any
    y_test: Any


@pytest.fixture(scope="session")
def data() -> Data:
    """Return 150 rows to fit and 50 held-out rows."""
    X, y = make_classification(200, 6, random_state=0)
    return Data(*train_test_split(X, y, random_state=0))


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return open_registry(tmp_path / "registry")


@pytest.fixture
def lines() -> list[str]:
    """Return a list for the reported lines."""
    return []


def open_registry(path: Path) -> ModelRegistry:
    """Return a registry whose versions are made at one time."""
    return ModelRegistry(path, durable=False, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _unpatched() -> Iterator[None]:
    """Check after each test that all classes have the methods that they had before."""
    before = methods()
    yield
    assert watchers_of_thread() == []
    after = methods()
    assert {kind: after[kind] for kind in before} == before
    assert "exo_nbregistry.autoregister" not in repr(
        [after[kind] for kind in after.keys() - before.keys()]
    )


def methods() -> dict[type, dict[str, Any]]:
    """Return the attributes of each class of estimators, without the slot names of copyreg."""
    return {
        kind: {name: value for name, value in vars(kind).items() if name != "__slotnames__"}
        for kind in estimator_classes()
    }
