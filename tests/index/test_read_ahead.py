"""The index of a bucket is built with few rounds of requests, and has the same versions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from exo_nbregistry.index import read_ahead
from exo_nbregistry.journal import reader
from exo_nbregistry.records.record import seal
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.keys import version_key
from tests.damage import replace
from tests.flat_store import FlatStore


def fill(store: FlatStore, n_models: int = 3, n_versions: int = 4) -> ModelRegistry:
    """Register some models, each with an alias and a tag, and return the registry."""
    registry = ModelRegistry(cast(Store, store))
    for model in range(n_models):
        for cut in range(n_versions):
            registry.register_model(
                {"cut": cut}, f"m{model}", evaluation_results={"f1_score": cut / 10}
            )
        registry.set_alias(f"m{model}", "champion", 1)
        registry.tag_model(f"m{model}:1", "seen")
    return registry


@pytest.fixture
def store() -> FlatStore:
    """Return an empty store that counts requests."""
    return FlatStore()


@pytest.fixture
def reopen(
    store: FlatStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], ModelRegistry]:
    """Return a function that opens the registry on another machine, and clears the counts."""
    folders = itertools.count()

    def new_machine() -> ModelRegistry:
        monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(tmp_path / f"cache{next(folders)}"))
        registry = ModelRegistry(cast(Store, store))
        store.requests.clear()
        store.rounds.clear()
        return registry

    return new_machine


def test_records_of_several_models_are_read_in_one_round(
    store: FlatStore, reopen: Callable[[], ModelRegistry]
) -> None:
    """Versions and events of all models are read at once, after the listing of checkpoints."""
    expected = fill(store).list_models(order_by="-metrics.f1_score")
    registry = reopen()
    assert registry.list_models(order_by="-metrics.f1_score") == expected
    assert store.rounds == [3 * (4 + 2)]
    assert (store.requests["LIST"], store.requests["HEAD"]) == (2, 0)


def test_many_records_are_read_in_several_rounds(
    monkeypatch: pytest.MonkeyPatch, store: FlatStore, reopen: Callable[[], ModelRegistry]
) -> None:
    """A round has a limited number of records, for one large model and for many small ones."""
    monkeypatch.setattr(read_ahead, "MAX_AT_ONCE", 5)
    monkeypatch.setattr(reader, "MAX_AT_ONCE", 5)
    expected = fill(store, n_models=4, n_versions=2).list_models().ids
    large = [fill(store, n_models=1, n_versions=12).list_models().ids]
    registry = reopen()
    assert registry.list_models().ids == large[0]
    assert set(expected) < set(large[0])
    assert max(store.rounds) <= 5
    assert sum(store.rounds) >= len(large[0])


def test_a_warm_list_takes_one_request(
    store: FlatStore, reopen: Callable[[], ModelRegistry]
) -> None:
    """If nothing has changed, one listing shows it, and the page is in memory."""
    registry = fill(store)
    expected = registry.list_models(limit=5)
    store.requests.clear()
    store.rounds.clear()
    assert registry.list_models(limit=5) == expected
    assert (store.requests, store.rounds) == ({"LIST": 1}, [])


def test_a_new_kernel_reads_a_page_at_once(
    store: FlatStore, reopen: Callable[[], ModelRegistry]
) -> None:
    """With the index of another kernel, the records that are shown are read in one round."""
    registry = fill(store)
    expected = registry.list_models(limit=5).ids
    registry = ModelRegistry(cast(Store, store))
    store.requests.clear()
    store.rounds.clear()
    assert registry.list_models(limit=5).ids == expected
    assert (store.requests["LIST"], store.rounds) == (1, [5])


def test_names_of_models_take_one_listing(
    store: FlatStore, reopen: Callable[[], ModelRegistry]
) -> None:
    """The latest versions of all models are read in one round, and folders are listed once."""
    expected = fill(store).list_model_names()
    registry = reopen()
    registry.list_models()
    registry = ModelRegistry(cast(Store, store))
    store.requests.clear()
    store.rounds.clear()
    assert registry.list_model_names() == expected
    assert (store.requests["LIST"], store.rounds) == (1, [3])


def test_an_event_updates_the_list(store: FlatStore, reopen: Callable[[], ModelRegistry]) -> None:
    """A change by another machine is seen at the next list, with one round of requests."""
    other, registry = fill(store), reopen()
    registry.list_models()
    other.set_alias("m1", "champion", 2)
    store.requests.clear()
    store.rounds.clear()
    assert registry["m1:2"].aliases == ("champion",)
    store.requests.clear()
    assert registry.list_models("m1", where="'champion' in aliases").ids == ("m1:2",)
    assert len(store.rounds) == 1


def test_a_replaced_record_is_found(store: FlatStore, reopen: Callable[[], ModelRegistry]) -> None:
    """A record in memory does not hide that its file was replaced."""
    registry = fill(store, n_models=1, n_versions=2)
    registry.list_models()
    key = version_key("m0", 2)
    fields = json.loads(store.read(key, max_bytes=10**6))
    fields["content"]["description"] = "replaced"
    forged = seal(
        **{name: fields[name] for name in ("kind", "model", "number", "content", "txn")},
        key=key,
        prev=registry._workspace.journal.read("m0", 1),
        sign=lambda check: None,
        registry_id=registry.registry_id,
    )
    replace(store, key, forged.to_bytes())
    registry.register_model({"cut": 99}, "m0")
    registry.list_models()
    faults = registry.verify().faults
    assert any("was seen here" in fault.message for fault in faults), faults
