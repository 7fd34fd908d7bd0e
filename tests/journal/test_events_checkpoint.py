"""Checkpoints of events: many events in one file, each verified as its own file would be."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from benchmarks.roundtrips import CountingStore
from exo_nbregistry.errors import StoreError
from exo_nbregistry.records.record import seal
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from tests.checkpoints import small_checkpoints
from tests.flat_store import FlatStore

CHECKPOINT = "models/toy/events/checkpoint-e{:06d}.json"


@pytest.fixture(autouse=True)
def _small() -> Iterator[None]:
    """Write checkpoints from four events on, of at most eight events."""
    with small_checkpoints(records=10_000, block=8):
        yield


def happen(registry: ModelRegistry, count: int) -> None:
    """Move an alias between two versions."""
    for number in range(count):
        registry.set_alias("toy", "champion", 1 + number % 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry with two versions, twenty events and no checkpoint."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2):
        registry.register_model({"value": value}, "toy")
    happen(registry, 20)
    return tmp_path / "registry"


def checkpoints(folder: Path) -> list[int]:
    """Return the numbers of the checkpoints of events."""
    return sorted(int(path.stem[-6:]) for path in folder.glob("models/toy/events/checkpoint-*"))


def state_of(folder: Path) -> Any:
    """Return the state of the model for a new reader, and how many files it has read."""
    store = CountingStore(LocalStore(folder, durable=False))
    registry = ModelRegistry(cast(Store, store))
    store.calls.clear()
    state = registry._workspace.journal.state("toy")
    return state, store.calls["read"] + store.calls["read_many"]


def test_a_reader_of_many_events_writes_checkpoints(folder: Path) -> None:
    """Each checkpoint has a block of events; the last one ends at the newest event."""
    state, read = state_of(folder)
    assert (state.highest, read) == (20, 20)
    assert checkpoints(folder) == [8, 16, 20]


def test_the_next_reader_reads_the_checkpoints(folder: Path) -> None:
    """The state is equal, and of each chain of events only the newest file is read."""
    before, _ = state_of(folder)
    after, read = state_of(folder)
    assert after == before
    assert after.checks == before.checks
    assert read == len(checkpoints(folder)) + 1


def test_a_load_by_alias_after_a_hundred_events_reads_at_most_five_files(tmp_path: Path) -> None:
    """The descriptor is read at opening; then checkpoint, newest event, record and model."""
    with small_checkpoints(records=10_000, events=64, block=256):
        registry = ModelRegistry(tmp_path / "registry", durable=False)
        for value in (1, 2):
            registry.register_model({"value": value}, "toy")
        happen(registry, 100)
        ModelRegistry(tmp_path / "registry", durable=False).load_model("toy@champion")
        store = CountingStore(LocalStore(tmp_path / "registry", durable=False))
        cold = ModelRegistry(cast(Store, store))
        assert cold.load_model("toy@champion")[0] == {"value": 2}
        assert store.calls["read"] + store.calls["read_many"] + store.calls["open"] <= 5
        assert store.calls["names"] == 1


def test_a_load_by_alias_in_a_bucket_needs_five_requests() -> None:
    """List events; read checkpoint, newest event, record and model."""
    store = FlatStore()
    with small_checkpoints(records=10_000, events=32, block=256):
        registry = ModelRegistry(store)
        for value in (1, 2):
            registry.register_model({"value": value}, "toy")
        happen(registry, 100)
        ModelRegistry(store).load_model("toy@champion")
        cold = ModelRegistry(store)
        store.requests.clear()
        store.rounds.clear()
        assert cold.load_model("toy@champion")[0] == {"value": 2}
    assert store.requests == {"LIST": 1, "GET": 4}
    assert store.rounds == []


def test_a_partial_checkpoint_is_replaced(folder: Path) -> None:
    """Full ones stay, so that their number grows with the events only."""
    state_of(folder)
    happen(ModelRegistry(folder, durable=False), 7)
    assert state_of(folder)[0].highest == 27
    assert checkpoints(folder) == [8, 16, 24, 27]


def test_few_events_write_no_checkpoint(tmp_path: Path) -> None:
    """Reading few files costs as much as reading a checkpoint."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2):
        registry.register_model({"value": value}, "toy")
    happen(registry, 3)
    state_of(tmp_path / "registry")
    assert checkpoints(tmp_path / "registry") == []


def test_new_events_after_a_checkpoint_are_read(folder: Path) -> None:
    """The state includes the events after the checkpoint, from their files."""
    state_of(folder)
    registry = ModelRegistry(folder, durable=False)
    registry.remove_alias("toy", "champion")
    assert state_of(folder)[0].aliases() == {}


def test_a_reader_without_a_key_writes_nothing(folder: Path, tmp_path: Path) -> None:
    """A reader never creates a signing key."""
    keyring = Keyring(tmp_path / "reader")
    registry = ModelRegistry(folder, keyring=keyring)
    registry._workspace.journal.state("toy")
    assert keyring.public_key is None
    assert checkpoints(folder) == []


def test_a_checkpoint_of_an_unknown_signer_is_not_used(folder: Path, tmp_path: Path) -> None:
    """Each event is read from its file."""
    state_of(folder)
    store = CountingStore(LocalStore(folder, durable=False))
    registry = ModelRegistry(cast(Store, store), keyring=Keyring(tmp_path / "reader"))
    assert registry._workspace.journal.state("toy").highest == 20
    assert store.calls["read"] > 20


def test_verify_does_not_report_checkpoints(folder: Path) -> None:
    """They are derived files of the registry."""
    state_of(folder)
    audit = ModelRegistry(folder, durable=False).verify()
    assert (audit.faults, audit.notes, audit.events) == ((), (), 20)


def test_a_damaged_event_ends_what_is_written(folder: Path) -> None:
    """Only events after an unreadable one are in a checkpoint."""
    (folder / "models/toy/events/e000012.json").write_text("{}")
    state, _ = state_of(folder)
    assert 12 in state.problems
    assert checkpoints(folder) == [16, 20]
    assert state_of(folder)[0] == state


def tamper(folder: Path, number: int, sign: Any, change: Callable[[list[Any]], object]) -> None:
    """Replace a checkpoint with other events, sealed again."""
    path = folder / CHECKPOINT.format(number)
    fields = json.loads(path.read_text())
    change(fields["content"]["events"])
    record = seal(
        key=CHECKPOINT.format(number),
        kind="events",
        model="toy",
        number=number,
        content=fields["content"],
        prev=None,
        txn="t",
        sign=sign,
        registry_id=fields["registry"],
    )
    path.write_bytes(record.to_bytes())


def change_sealed(events: list[Any]) -> None:
    """Change the version of an event, and compute its check again."""
    event = events[1]
    event["content"]["version"] = 3 - event["content"]["version"]
    sealed = seal(
        key="",
        kind="event",
        model="toy",
        number=event["number"],
        content=event["content"],
        prev=None,
        txn=event["txn"],
        sign=lambda check: None,
        registry_id=event["registry"],
    )
    events[1] = sealed.fields | {"prev": event["prev"]}


CHANGES: dict[str, Callable[[list[Any]], object]] = {
    "sealed again": change_sealed,
    "changed": lambda events: events[0]["content"].update(version=2),
    "unsigned": lambda events: [event.update(signature=None) for event in events],
    "swapped": lambda events: events.insert(0, events.pop()),
    "missing": lambda events: events.pop(1),
    "doubled": lambda events: events.append(events[0]),
    "no number": lambda events: events[0].pop("number"),
    "a number that does not exist": lambda events: events[0].update(number=999),
    "no event": lambda events: events.__setitem__(0, []),
    "empty": lambda events: events.clear(),
}


@pytest.mark.parametrize("signer", ["trusted", "unknown", "none"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_hostile_checkpoint_changes_no_state(
    folder: Path, tmp_path: Path, name: str, signer: str
) -> None:
    """Events that are not proven to equal their files are read from the files."""
    before, _ = state_of(folder)
    sign = {"trusted": Keyring().sign, "unknown": Keyring(tmp_path / "k").sign}.get(
        signer, lambda _check: None
    )
    for number in checkpoints(folder):
        tamper(folder, number, sign, CHANGES[name])
    assert state_of(folder)[0] == before


def test_a_checkpoint_of_another_registry_is_not_used(folder: Path, tmp_path: Path) -> None:
    """Also if the same user has signed it."""
    other = ModelRegistry(tmp_path / "other", durable=False)
    for value in (1, 2):
        other.register_model({"value": value}, "toy")
    for number in range(20):
        other.set_alias("toy", "other", 1 + number % 2)
    state_of(tmp_path / "other")
    before, _ = state_of(folder)
    for path in (tmp_path / "other").glob("models/toy/events/checkpoint-*"):
        shutil.copy(path, folder / "models/toy/events")
    after, read = state_of(folder)
    assert after == before
    assert read >= 20


def test_a_checkpoint_of_a_lost_future_is_not_used(folder: Path) -> None:
    """After a restore of an older copy, other events with the same numbers apply."""
    state_of(folder)
    for number in range(15, 21):
        (folder / f"models/toy/events/e{number:06d}.json").unlink()
    registry = ModelRegistry(folder, durable=False)
    for number in range(6):
        registry.set_alias("toy", "challenger", 1 + number % 2)
    state, _ = state_of(folder)
    for path in folder.glob("models/toy/events/checkpoint-*"):
        path.unlink()
    assert state_of(folder)[0] == state
    assert sorted(state.aliases()) == ["challenger", "champion"]


def test_a_read_only_registry_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint that cannot be written is not missed."""

    def fail(*_: Any, **__: Any) -> None:
        raise StoreError("Permission denied.", key="")

    registry = ModelRegistry(folder, durable=False)
    monkeypatch.setattr(LocalStore, "create", fail)
    assert registry._workspace.journal.state("toy").highest == 20
    assert checkpoints(folder) == []
