"""A comparison reads several models at once."""

from __future__ import annotations

from typing import cast

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.base import Store
from tests.flat_store import FlatStore


@pytest.fixture
def store() -> FlatStore:
    """Return a store in which each read is a request, with three models."""
    store = FlatStore()
    registry = ModelRegistry(cast(Store, store))
    for model in ("a", "b", "c"):
        registry.register_model({"m": model}, model, evaluation_results={"f1_score": 0.5})
        registry.tag_model(model, "seen")
    registry.list_models()
    return store


def reopened(store: FlatStore) -> ModelRegistry:
    """Return a new handle, and clear the counts."""
    registry = ModelRegistry(cast(Store, store))
    store.requests.clear()
    store.rounds.clear()
    return registry


def test_the_latest_versions_are_read_in_one_round(store: FlatStore) -> None:
    """All models are listed once; each event and each model's record is read once."""
    registry = reopened(store)
    found = registry.compare_models().items
    assert [item.model_id for item in found] == ["a:1", "b:1", "c:1"]
    assert [item.tags for item in found] == [{"seen": True}] * 3
    assert store.rounds == [3]
    assert store.requests == {"LIST": 1, "GET": 3}


def test_versions_of_one_model_are_read_from_one_snapshot(store: FlatStore) -> None:
    """References to one model list its events and versions once."""
    registry = ModelRegistry(cast(Store, store))
    registry.register_model({"m": "second"}, "a")
    registry = reopened(store)
    found = registry.compare_models(["a:1", "a:2"]).items
    assert [item.version for item in found] == [1, 2]
    assert store.requests["LIST"] == 1


def test_the_history_is_read_in_rounds(store: FlatStore) -> None:
    """The events of a model are read at once, and a second history takes two listings."""
    registry = reopened(store)
    for text in ("x", "y", "z"):
        registry.annotate("a:1", text)
    registry = reopened(store)
    assert [entry["action"] for entry in registry.history("a")][1:] == ["tag", *["note"] * 3]
    assert store.rounds == [4]
    store.requests.clear()
    registry.history("a")
    assert store.requests == {"LIST": 2}
