"""A call uses one snapshot: concurrent changes are either visible completely or not visible."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from exo_nbregistry.errors import ConflictError, ModelNotFoundError, VersionNotFoundError
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.record import EVENT
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.reference import parse_reference
from tests.damage import InterruptedStore, journal_on


@pytest.fixture
def store(tmp_path: Path) -> InterruptedStore:
    """Return a store with two versions; the first is the champion."""
    place = LocalStore(tmp_path, durable=False)
    writer = ModelRegistry(place)
    for value in (1, 2):
        writer.register_model({"value": value}, "toy")
    writer.set_alias("toy", "champion", 1)
    return InterruptedStore(place)


def test_metadata_is_consistent(store: InterruptedStore) -> None:
    """The metadata of a version by alias has the alias, even if it is moved meanwhile."""
    registry, writer = ModelRegistry(store), ModelRegistry(store._store)
    registry.get_metadata("toy@champion")
    store.before_read = [lambda: writer.set_alias("toy", "champion", 2)]
    metadata = registry.get_metadata("toy@champion")
    assert (metadata.version, metadata.aliases) == (1, ("champion",))
    assert registry.get_metadata("toy@champion").version == 2


def test_a_loaded_model_is_consistent(store: InterruptedStore) -> None:
    """A model that is deleted while it is loaded has the status from before."""
    registry, writer = ModelRegistry(store), ModelRegistry(store._store)
    store.before_read = [lambda: None, lambda: writer.delete_model("toy:1")]
    model, metadata = registry.load_model("toy@champion")
    assert (model, metadata.status) == ({"value": 1}, "active")
    assert registry.get_metadata("toy:1").status == "deleted"


def test_the_history_is_consistent(store: InterruptedStore) -> None:
    """The history does not have events that are added while it is read."""
    registry, writer = ModelRegistry(store), ModelRegistry(store._store)
    store.before_read = [lambda: writer.annotate("toy:1", "late")]
    assert [event["action"] for event in registry.history("toy")].count("note") == 0
    assert [event["action"] for event in registry.history("toy")].count("note") == 1


def test_each_record_is_read_once(store: InterruptedStore) -> None:
    """A snapshot lists once and reads each record once."""
    journal = journal_on(store)
    snapshot = journal.snapshot("toy")
    for _ in range(3):
        assert snapshot.version(1) is snapshot.read(1)
        assert snapshot.metadata(1).aliases == ("champion",)
        assert snapshot.versions == [1, 2]
        assert snapshot.events == [1]
        assert snapshot.read(1, EVENT).content["action"] == "alias"
    assert len(store.reads) == len(set(store.reads)) + 1  # the state reads the event too


def test_a_state_is_immutable() -> None:
    """New events do not change a state that was returned before."""
    store = MemoryStore()
    registry = ModelRegistry(store)
    registry.register_model({}, "toy")
    journal = journal_on(store)
    empty = journal.state("toy")
    registry.tag_model("toy", "a")
    tagged = journal.state("toy")
    for call in (registry.annotate, registry.tag_model):
        call("toy", "b")
    registry.set_alias("toy", "champion", 1)
    registry.delete_model("toy:1")
    assert journal.state("toy").of(1).status == "deleted"
    assert (empty.facts, empty.moves, empty.last) == ({}, [], None)
    facts = tagged.of(1)
    assert (facts.tags, facts.notes, facts.status) == ({"a": True}, [], "active")
    assert tagged.aliases() == {}


def test_the_snapshot_after_an_event_does_not_read(store: InterruptedStore) -> None:
    """The snapshot after an event has the event and does not read the store."""
    journal = journal_on(store)
    before: list[Snapshot] = []

    def decide(snapshot: Snapshot) -> dict[str, object]:
        before.append(snapshot)
        assert snapshot.versions == [1, 2]
        return {"action": "tag", "version": snapshot.version(2).number, "tags": {"a": 1}}

    after = journal.append("toy", decide, "ada")
    store.reads.clear()
    assert after.metadata(2).tags == {"a": 1}
    assert (after.events, after.versions) == ([1, 2], [1, 2])
    assert after.versions is before[0].versions
    assert store.reads == []
    assert journal_on(store).state("toy") == after.state == journal.state("toy")


def test_the_snapshot_after_an_event_lists_nothing(
    store: InterruptedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events and versions are taken from the snapshot before the event."""
    journal = journal_on(store)
    event = journal.read("toy", 1, EVENT)
    before = journal.snapshot("toy")
    assert (before.events, before.versions) == ([1], [1, 2])
    monkeypatch.setattr(journal, "events_and_state", None)
    monkeypatch.setattr(journal, "numbers", None)
    after = before.after(event)
    assert (after.events, after.versions) == ([1, 1], [1, 2])
    assert after.state.alias("champion") is not None


@pytest.mark.parametrize("reference", ["toy:1", "toy@champion"])
def test_a_deleted_version_is_not_resolved_as_active(
    store: InterruptedStore, reference: str
) -> None:
    """A number and an alias of a deleted version are errors if it must be active."""
    snapshot = journal_on(store).snapshot("toy")
    assert snapshot.resolve_active(parse_reference(reference)) == 1
    ModelRegistry(store._store).delete_model("toy:1")
    snapshot = journal_on(store).snapshot("toy")
    with pytest.raises(VersionNotFoundError, match="toy:1 was deleted"):
        snapshot.resolve_active(parse_reference(reference))


def test_a_model_with_a_version_or_an_event_is_known() -> None:
    """A model without both is not found."""
    store = MemoryStore()
    registry = ModelRegistry(store)
    journal = journal_on(store)
    with pytest.raises(ModelNotFoundError, match="'toy'"):
        journal.snapshot("toy").require_model()
    registry.register_model({}, "toy")
    journal.snapshot("toy").require_model()
    registry.tag_model("toy", "a")
    store.remove("models/toy/versions/v000001.json")
    journal.snapshot("toy").require_model()


def test_within_a_block_all_calls_agree(store: InterruptedStore) -> None:
    """In a consistent_reads block, only own changes are visible immediately."""
    registry, writer = ModelRegistry(store), ModelRegistry(store._store)
    with registry.consistent_reads():
        assert registry["toy:1"].tags == {}
        writer.tag_model("toy:1", "theirs")
        assert registry["toy:1"].tags == {}
        registry.annotate("toy:2", "mine")
        assert [note.text for note in registry["toy:2"].notes] == ["mine"]
        assert registry["toy:1"].tags == {"theirs": True}, "the note follows the tag"
        assert registry.list_models(where="'theirs' in tags").ids == ("toy:1",)
        writer.untag_model("toy:1", "theirs")
        assert registry["toy:1"].tags == {"theirs": True}
    assert registry["toy:1"].tags == {}
    assert registry.list_models(where="'theirs' in tags").ids == ()


def test_a_change_in_a_block_uses_the_newest_state(store: InterruptedStore) -> None:
    """A change in a block checks the newest state of the alias."""
    registry, writer = ModelRegistry(store), ModelRegistry(store._store)
    with registry.consistent_reads():
        assert registry.aliases("toy")["champion"].version == 1
        writer.set_alias("toy", "champion", 2)
        with pytest.raises(ConflictError, match="points to 2"):
            registry.set_alias("toy", "champion", 2, expected=1)


def test_a_block_applies_to_its_thread(store: InterruptedStore) -> None:
    """A block does not apply to other threads, and an inner block takes new snapshots."""
    registry, writer = ModelRegistry(store), ModelRegistry(store._store)
    seen: list[object] = []
    with registry.consistent_reads():
        assert registry["toy:1"].tags == {}
        writer.tag_model("toy:1", "theirs")
        thread = threading.Thread(target=lambda: seen.append(registry["toy:1"].tags))
        thread.start()
        thread.join()
        assert (seen, registry["toy:1"].tags) == ([{"theirs": True}], {})
        with registry.consistent_reads():
            assert registry["toy:1"].tags == {"theirs": True}
        assert registry["toy:1"].tags == {"theirs": True}


def test_tags_have_the_order_of_the_file(store: InterruptedStore) -> None:
    """The writer and other readers have the tags in the order of the file."""
    registry, reader = ModelRegistry(store), ModelRegistry(store._store)
    written = registry.tag_model("toy:1", zebra=1, apple=2)
    assert list(written.tags) == list(reader["toy:1"].tags) == list(registry["toy:1"].tags)


def test_a_slow_registry_does_not_delay_another(tmp_path: Path) -> None:
    """While one registry is read, another thread can read another registry."""
    slow_store = InterruptedStore(LocalStore(tmp_path / "slow", durable=False))
    for place in (slow_store._store, tmp_path / "fast"):
        ModelRegistry(place).register_model({"value": 1}, "toy")
    slow, fast = ModelRegistry(slow_store), ModelRegistry(tmp_path / "fast")
    done: list[int] = []

    def read_the_other() -> None:
        thread = threading.Thread(target=lambda: done.append(fast.get_metadata("toy").version))
        thread.start()
        thread.join(timeout=20)

    listing: Callable[[str], list[str]] = slow_store.names

    def names(folder: str) -> list[str]:
        if not done:
            read_the_other()
        return listing(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slow_store, "names", names)
        assert slow.get_metadata("toy").version == 1
        assert done == [1]
