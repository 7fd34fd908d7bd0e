"""History of a model and of one version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from obstore.store import MemoryStore

from benchmarks.requests import counted_requests
from exo_nbregistry.errors import AliasNotFoundError, VersionNotFoundError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.bucket import BucketStore
from exo_nbregistry.values.keys import HEAD
from tests.store.bucket_stores import wait_for_heads


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with toy:1 to toy:3, where toy:3 is champion after toy:2."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for number in range(3):
        registry.register_model({"number": number}, "toy", algorithm="table")
    registry.set_alias("toy", "champion", 2)
    registry.set_alias("toy", "champion", 3)
    registry.annotate("toy:1", "baseline")
    return registry


def test_the_history_of_a_version_has_only_its_events(registry: ModelRegistry) -> None:
    """A reference with a number filters the history, including aliases that move away."""
    assert [entry["action"] for entry in registry.history("toy:2")] == [
        "register",
        "alias",
        "alias",
    ]
    assert [entry["action"] for entry in registry.history("toy:1")] == ["register", "note"]
    assert registry.history("toy:2") == registry.history("toy", version=2)
    assert len(registry.history("toy")) == 6


def test_the_history_of_an_alias_is_the_one_of_its_version(registry: ModelRegistry) -> None:
    """A reference with an alias filters the history by the version that it points to."""
    assert registry.history("toy@champion") == registry.history("toy:3")


def test_the_history_of_a_missing_version_is_an_error(registry: ModelRegistry) -> None:
    """A number or an alias that does not exist is an error."""
    with pytest.raises(VersionNotFoundError):
        registry.history("toy:9")
    with pytest.raises(AliasNotFoundError):
        registry.history("toy@best")


def in_bucket(memory: MemoryStore) -> ModelRegistry:
    """Return another handle of the registry in a bucket."""
    return ModelRegistry(cast(Store, BucketStore.over(memory, cache_bytes=0)))


@pytest.mark.parametrize(
    "change",
    [
        lambda registry: registry.register_model({"number": 2}, "toy"),
        lambda registry: registry.register_model({"number": 2}, "other"),
        lambda registry: registry.set_alias("toy", "champion", 1),
        lambda registry: registry.tag_model("toy:1", "reviewed"),
        lambda registry: registry.delete_model("toy:1"),
        lambda registry: registry.attach("toy:1", "notes", "text"),
    ],
    ids=["version", "model", "alias", "tag", "delete", "attachment"],
)
def test_each_change_in_a_bucket_is_noticed(change: Callable[[ModelRegistry], Any]) -> None:
    """Own changes are noticed immediately, those of others when the head has moved."""
    memory = MemoryStore()
    writer, other = in_bucket(memory), in_bucket(memory)
    writer.register_model({"number": 1}, "toy")
    wait_for_heads()
    before = writer.revision(), other.revision()
    assert before[0] == before[1] == in_bucket(memory).revision()
    change(writer)
    assert writer.revision() != before[0]
    wait_for_heads()
    assert other.revision() == writer.revision()


def test_a_poll_of_a_large_bucket_is_one_request() -> None:
    """A poll without a change is one request, and no listing, of any number of keys."""
    memory = MemoryStore()
    writer, poller = in_bucket(memory), in_bucket(memory)
    writer.register_model({"number": 1}, "toy")
    wait_for_heads()
    for number in range(1500):
        memory.put(f"models/toy/blobs/{number:064x}.joblib", b"")
    poller.revision()
    with counted_requests() as found:
        poller.revision()
    assert found == {"GET": 1}


def test_the_list_after_a_poll_is_not_from_the_head() -> None:
    """A list in the block of a poll lists the keys, and the next poll is right."""
    memory = MemoryStore()
    writer, poller = in_bucket(memory), in_bucket(memory)
    writer.register_model({"number": 1}, "toy")
    wait_for_heads()
    before = poller.revision()
    with poller.consistent_reads():
        assert len(poller.list_models()) == 1
        writer.register_model({"number": 2}, "toy")
        wait_for_heads()
        assert poller.revision() == before
    assert poller.revision() == writer.revision() != before
    assert len(poller.list_models()) == 2


def test_a_copy_to_a_bucket_moves_its_head(registry: ModelRegistry) -> None:
    """Open handles of the target notice a copy; the head is not part of a copy."""
    memory = MemoryStore()
    bucket = BucketStore.over(memory, cache_bytes=0)
    registry.copy_to(cast(Store, bucket), progress=False)
    wait_for_heads()
    poller = in_bucket(memory)
    before = poller.revision()
    registry.register_model({"number": 9}, "toy")
    registry.copy_to(cast(Store, BucketStore.over(memory, cache_bytes=0)), progress=False)
    wait_for_heads()
    assert poller.revision() != before
    again = MemoryStore()
    assert poller.copy_to(cast(Store, BucketStore.over(again)), progress=False).versions == 4
    assert poller.verify().faults == poller.verify().notes == ()


def test_a_folder_has_no_head(registry: ModelRegistry) -> None:
    """A registry in a folder has modification times instead."""
    assert registry._workspace.journal.head is None
    assert not (Path(registry._workspace.location) / HEAD).exists()


def test_the_head_is_no_finding(registry: ModelRegistry) -> None:
    """The head is expected by verify, and is not garbage."""
    memory = MemoryStore()
    bucket = in_bucket(memory)
    bucket.register_model({"number": 1}, "toy")
    wait_for_heads()
    result = bucket.verify()
    assert result.ok
    assert result.notes == ()
    bucket.collect_garbage(dry_run=False)
    assert bytes(memory.get(HEAD).bytes()) == b'{"toy":[1,0]}\n'
