"""Detection and removal of unused files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.integrity import garbage
from exo_nbregistry.integrity.garbage import DAY_NS, plan, remove
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.memory import MemoryStore
from tests.tamper import reseal

BYTES = b"x" * 10
DIGEST = hashlib.sha256(BYTES).hexdigest()
STRAY = f"models/toy/blobs/{DIGEST}.joblib"
HALF = "models/toy/tmp/half"


class Clock:
    """The store's clock, which changes only when a test sets it."""

    def __init__(self) -> None:
        self.now_ns = DAY_NS

    def __call__(self) -> int:
        """Return the time."""
        return self.now_ns


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
def store(clock: Clock) -> MemoryStore:
    """Return a store with this clock."""
    return MemoryStore(clock=clock)


@pytest.fixture
def registry(store: MemoryStore) -> ModelRegistry:
    """Return a registry with one version, one unused payload and one temporary file."""
    registry = ModelRegistry(store)
    register(registry, 1)
    put(store, STRAY)
    put(store, HALF)
    return registry


def register(registry: ModelRegistry, value: int, **fields: Any) -> str:
    """Register a model that depends on `value`."""
    return registry.register_model({"value": value}, "toy", **fields)


def put(store: MemoryStore, key: str, data: bytes = BYTES) -> None:
    """Store bytes as an interrupted writer would."""
    with store.stage("models/toy/tmp") as staged:
        staged.write(data)
        staged.publish(key)


def killed(*_: Any, first: Callable[[], None], **_options: Any) -> None:
    """Stop after the payload and before the record."""
    first()
    raise KeyboardInterrupt


def keys(registry: ModelRegistry, store: MemoryStore, grace_ns: int = DAY_NS) -> list[str]:
    """Return the keys of a plan."""
    return [item.key for item in plan(store, registry._workspace.journal, grace_ns=grace_ns)]


def execute(registry: ModelRegistry, store: MemoryStore, items: Any) -> int:
    """Execute a plan."""
    return remove(store, registry._workspace.journal, items)


def test_a_plan_has_sizes_and_reasons(
    registry: ModelRegistry, store: MemoryStore, clock: Clock
) -> None:
    """A plan lists unused files with their size and reason, and removes none."""
    clock.now_ns += DAY_NS
    items = plan(store, registry._workspace.journal)
    assert {item.key: item.size_bytes for item in items} == {STRAY: 10, HALF: 10}
    assert {item.reason for item in items} == {
        "no version requires it",
        "left by a writer that stopped",
    }
    assert store.info(STRAY)
    assert execute(registry, store, items) == 20
    assert store.info(STRAY) is store.info(HALF) is None
    assert registry.verify()


def test_the_age_is_measured_by_the_stores_clock(
    registry: ModelRegistry, store: MemoryStore, clock: Clock
) -> None:
    """A file is listed only after the grace period on the store's clock, to the nanosecond."""
    clock.now_ns += DAY_NS - 1
    assert keys(registry, store) == []
    clock.now_ns += 1
    assert keys(registry, store) == [STRAY, HALF]
    clock.now_ns -= 10 * DAY_NS
    assert keys(registry, store) == [], "a clock that was set back must not make files old"


@pytest.mark.parametrize("retire", ["delete_model", None])
def test_a_required_payload_is_never_listed(
    registry: ModelRegistry, store: MemoryStore, clock: Clock, retire: str | None
) -> None:
    """Old payloads of active and deleted versions are kept."""
    if retire:
        getattr(registry, retire)("toy:1")
    clock.now_ns += 1000 * DAY_NS
    assert keys(registry, store) == [STRAY, HALF]


def test_a_leftover_of_a_purge_is_listed(
    registry: ModelRegistry, store: MemoryStore, clock: Clock
) -> None:
    """A payload that a purge could not remove is garbage."""
    ((name, data),) = [
        (entry.name, store.open(f"models/toy/blobs/{entry.name}").read())
        for entry in store.entries("models/toy/blobs")
        if entry.name[:64] != DIGEST
    ]
    registry.purge_model("toy:1")
    assert store.info(f"models/toy/blobs/{name}") is None
    put(store, f"models/toy/blobs/{name}", data)
    clock.now_ns += DAY_NS
    assert f"models/toy/blobs/{name}" in keys(registry, store)


@pytest.mark.parametrize("moment", ["planned", "before the second look", "after the second look"])
def test_a_payload_that_is_being_registered_is_not_lost(
    registry: ModelRegistry,
    store: MemoryStore,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """A version of another kernel that requires a listed payload can be loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry._workspace.journal, "add_version", killed)
        with pytest.raises(KeyboardInterrupt):
            register(registry, 2)
    clock.now_ns += DAY_NS
    items = plan(store, registry._workspace.journal)
    assert len(items) == 3, "the bytes of the killed registration are garbage"
    other, look = ModelRegistry(store), garbage.referenced

    def look_and_register(*args: Any) -> Any:
        if moment == "before the second look":
            register(other, 2)
        needed = look(*args)
        if moment == "after the second look":
            register(other, 2)
        return needed

    if moment == "planned":
        register(other, 2)
    monkeypatch.setattr(garbage, "referenced", look_and_register)
    execute(registry, store, items)
    assert registry.load_model("toy:2")[0] == {"value": 2}
    assert registry.verify()


@pytest.mark.parametrize("moment", ["before the second look", "after the second look"])
def test_a_purge_keeps_a_payload_of_a_new_version(
    registry: ModelRegistry, store: MemoryStore, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """A payload that is registered with other metadata during a purge is kept."""
    other, look, calls = ModelRegistry(store), garbage.referenced, []

    def look_and_register(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 2 and moment == "before the second look":
            register(other, 1, description="again")
        needed = look(*args)
        if len(calls) == 2 and moment == "after the second look":
            register(other, 1, description="again")
        return needed

    monkeypatch.setattr(garbage, "referenced", look_and_register)
    registry.purge_model("toy:1")
    assert len(calls) == 2
    assert registry.load_model("toy:2")[0] == {"value": 1}
    assert registry.verify()


def test_a_plan_can_be_executed_twice(
    registry: ModelRegistry, store: MemoryStore, clock: Clock
) -> None:
    """A file that another kernel has removed is not an error and frees no bytes."""
    clock.now_ns += DAY_NS
    items = plan(store, registry._workspace.journal)
    assert execute(registry, store, items) == 20
    assert execute(registry, store, items) == 0


def test_the_folder_of_an_unregistered_model_is_cleaned(
    registry: ModelRegistry, store: MemoryStore, clock: Clock
) -> None:
    """Files of an interrupted first registration are listed."""
    with store.stage("models/first/tmp") as staged:
        staged.publish(f"models/first/blobs/{'1' * 64}.joblib")
    clock.now_ns += DAY_NS
    assert f"models/first/blobs/{'1' * 64}.joblib" in keys(registry, store)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry in a folder, with two versions, an event and a stray payload."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    register(registry, 1)
    register(registry, 2)
    registry.tag_model("toy:1", "reviewed")
    (tmp_path / "registry" / STRAY).write_bytes(BYTES)
    return tmp_path / "registry"


@pytest.mark.parametrize("damage", ["versions/v000001.json", "events/e000001.json"])
@pytest.mark.parametrize("how", ["cut", "strange"])
def test_a_damaged_record_keeps_all_files_of_its_model(folder: Path, damage: str, how: str) -> None:
    """If a record is unreadable, no file of its model is removed; other models are cleaned."""
    path = folder / "models/toy" / damage
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    else:
        reseal(path, Keyring().sign, action="tag", version=[], artifact=3)
    registry = ModelRegistry(folder)
    registry.register_model({}, "other")
    stray = folder / STRAY.replace("toy", "other")
    stray.write_bytes(b"y")
    assert [item.key for item in registry.collect_garbage(dry_run=False, grace_s=-1)] == [
        STRAY.replace("toy", "other")
    ]
    assert (folder / STRAY).exists()
    assert not stray.exists()


@pytest.mark.parametrize("damage", ["versions/v000001.json", "events/e000001.json"])
def test_a_purge_beside_a_damaged_record_removes_nothing(
    folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The payload is kept, with a message, until the record is repaired and the call repeated."""
    path = folder / "models/toy" / damage
    data = path.read_bytes()
    path.write_text(json.dumps({}))
    count = len(list(folder.rglob("*.joblib")))
    registry = ModelRegistry(folder)
    assert registry.purge_model("toy:2") == "toy:2"
    assert len(list(folder.rglob("*.joblib"))) == count
    assert "toy:2 is purged, but its files are kept" in caplog.text
    assert f"models/toy/{damage}" in [fault.key for fault in registry.verify().faults]
    caplog.clear()
    path.write_bytes(data)
    registry = ModelRegistry(folder)
    assert registry.purge_model("toy:2") == "toy:2"
    assert len(list(folder.rglob("*.joblib"))) == count - 1
    assert "are kept" not in caplog.text


def test_a_damaged_purged_record_does_not_stop_a_purge(folder: Path) -> None:
    """A damaged record of a purged version does not prevent another purge."""
    registry = ModelRegistry(folder)
    registry.purge_model("toy:1")
    (folder / "models/toy/versions/v000001.json").write_bytes(b"")
    registry.purge_model("toy:2")
    assert [path.name for path in folder.rglob("*.joblib")] == [Path(STRAY).name]


def test_a_purge_removes_what_an_earlier_purge_left(
    registry: ModelRegistry, store: MemoryStore
) -> None:
    """The payloads of all purged versions are removed, and no others."""
    register(registry, 2)
    sha256 = registry.get_metadata("toy:1").artifact.sha256
    left = f"models/toy/blobs/{sha256}.joblib"
    data = store.open(left).read()
    registry.purge_model("toy:1")
    put(store, left, data)
    registry.purge_model("toy:2")
    assert store.names("models/toy/blobs") == [f"{DIGEST}.joblib"]


def test_a_file_is_set_aside_before_it_is_removed(
    registry: ModelRegistry, store: MemoryStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the second check, the file is in the tmp folder, where a later clean-up finds it."""
    clock.now_ns += DAY_NS
    items = plan(store, registry._workspace.journal)
    look, seen = garbage.referenced, []

    def listed(*args: Any) -> Any:
        seen.append((store.names("models/toy/tmp"), store.info(STRAY)))
        return look(*args)

    monkeypatch.setattr(garbage, "referenced", listed)
    execute(registry, store, items)
    assert seen == [([f"{DIGEST}.joblib", "half"], None)]


def test_an_interrupted_cleanup_is_undone(registry: ModelRegistry, store: MemoryStore) -> None:
    """The next clean-up restores a required payload, and no other file."""
    sha256 = registry.get_metadata("toy:1").artifact.sha256
    store.rename(f"models/toy/blobs/{sha256}.joblib", f"models/toy/tmp/{sha256}.joblib")
    store.rename(STRAY, f"models/toy/tmp/{DIGEST}.joblib")
    assert not registry.verify()
    registry.collect_garbage(dry_run=False)
    assert registry.load_model("toy:1")[0] == {"value": 1}
    assert store.names("models/toy/blobs") == [f"{sha256}.joblib"]
    assert registry.verify()


def test_a_killed_founding_is_cleaned_up(
    registry: ModelRegistry, store: MemoryStore, clock: Clock
) -> None:
    """Temporary data of a new registry is kept for a day, then removed with its folder."""
    left = "nbregistry.json.tmp/host-1-ab"
    store.create(left, b"{}", staging="nbregistry.json.tmp")
    registry.collect_garbage(dry_run=False)
    assert store.info(left) is not None
    clock.now_ns += DAY_NS
    items = registry.collect_garbage()
    assert (left, 2) in [(item.key, item.size_bytes) for item in items]
    assert store.info(left) is not None
    registry.collect_garbage(dry_run=False)
    assert sorted(store.names("")) == ["models", "nbregistry.json"]


def test_the_freed_bytes_are_those_of_all_files(
    registry: ModelRegistry, store: MemoryStore, clock: Clock
) -> None:
    """Leftovers of the founding and of several models are counted together."""
    for name, data in (("a", b"123"), ("b", b"45")):
        store.create(f"nbregistry.json.tmp/{name}", data, staging="nbregistry.json.tmp")
    other = f"models/first/blobs/{DIGEST}.joblib"
    put(store, other)
    clock.now_ns += DAY_NS
    items = plan(store, registry._workspace.journal)
    reasons = {item.key: item.reason for item in items}
    assert reasons["nbregistry.json.tmp/a"] == reasons[HALF] == "left by a writer that stopped"
    assert reasons[other] == reasons[STRAY] == "no version requires it"
    assert execute(registry, store, items) == 3 + 2 + 3 * 10


def test_other_folders_and_files_are_not_garbage(folder: Path) -> None:
    """A folder without a model name, a file beside the models and a folder of blobs are kept."""
    registry = ModelRegistry(folder)
    foreign = folder / STRAY.replace("toy", "Not A Model")
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(BYTES)
    (folder / "models/file").write_bytes(BYTES)
    (folder / "models/toy/blobs/inside").mkdir()
    (folder / "models/toy/tmp/inside").mkdir(parents=True)
    found = [item.key for item in registry.collect_garbage(grace_s=0)]
    assert found == [STRAY, "models/toy/tmp/inside"]


def test_a_leftover_of_the_founding_is_found_in_a_folder(folder: Path) -> None:
    """Its age is measured by the clock of the folder that it is in."""
    (folder / "nbregistry.json.tmp").mkdir()
    (folder / "nbregistry.json.tmp/half").write_bytes(b"{}")
    registry = ModelRegistry(folder)
    assert registry.collect_garbage(grace_s=3600) == []
    found = [item.key for item in registry.collect_garbage(grace_s=-1)]
    assert found == ["nbregistry.json.tmp/half", STRAY]


def test_the_clock_is_read_only_for_an_unused_file(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the clock requires a write, so a registry without unused files is not written."""
    registry = ModelRegistry(store)
    register(registry, 1)
    asked: list[str] = []
    monkeypatch.setattr(store, "clock_ns", lambda folder: asked.append(folder) or 0)
    assert keys(registry, store) == asked == []
    put(store, STRAY)
    keys(registry, store)
    assert asked == ["models/toy/tmp"]


def test_a_payload_is_restored_only_where_it_is_missing(
    registry: ModelRegistry, store: MemoryStore
) -> None:
    """A payload that was stored again is kept, and its moved copy is left to the clean-up."""
    sha256 = registry.get_metadata("toy:1").artifact.sha256
    place, moved = f"models/toy/blobs/{sha256}.joblib", f"models/toy/tmp/{sha256}.joblib"
    put(store, moved, b"older bytes")
    garbage.restore_interrupted(store, registry._workspace.journal)
    assert store.info(moved) is not None
    store.remove(place)
    garbage.restore_interrupted(store, registry._workspace.journal)
    assert store.info(moved) is None
    assert store.open(place).read() == b"older bytes"


def test_the_payloads_of_a_record_are_the_artifact_and_the_attachments(
    registry: ModelRegistry,
) -> None:
    """Each attachment of a version is required, also without an artifact."""
    register(registry, 2, attachments={"a": {"values": [1]}, "b": {"values": [2]}})
    journal = registry._workspace.journal
    attached = journal.read("toy", 2).content["attachments"]
    digests = {item["sha256"] for item in attached.values()}
    assert len(digests) == 2
    artifacts = {registry.get_metadata(f"toy:{n}").artifact.sha256 for n in (1, 2)}
    assert garbage.referenced(journal, "toy") == artifacts | digests
    record = journal.read("toy", 2)
    for content, needed in ((record.content | {"artifact": None}, digests), ({}, set())):
        assert garbage.payloads(replace(record, fields={"content": content})) == needed


def test_the_folder_of_earlier_releases_is_removed(tmp_path: Path) -> None:
    """A new registry has no folder for its founding, and an empty one from before is removed."""
    registry = ModelRegistry(tmp_path / "registry", create=True)
    folder = tmp_path / "registry"
    assert [path.name for path in folder.iterdir()] == ["nbregistry.json"]
    (folder / "nbregistry.json.tmp").mkdir()
    assert registry.collect_garbage() == []
    assert (folder / "nbregistry.json.tmp").is_dir()
    registry.collect_garbage(dry_run=False)
    assert [path.name for path in folder.iterdir()] == ["nbregistry.json"]
