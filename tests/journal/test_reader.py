"""Reading the records of a model, and resolving references."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import (
    AliasNotFoundError,
    IntegrityError,
    MissingKeyError,
    ModelNotFoundError,
    RecordError,
    RegistryError,
    StoreError,
    VersionNotFoundError,
)
from exo_nbregistry.journal import reader as reading
from exo_nbregistry.journal.reader import Reader
from exo_nbregistry.journal.record_files import KEYS
from exo_nbregistry.records.model_state import ModelState, fold
from exo_nbregistry.records.record import EVENT, VERSION, Record, seal
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, encode
from exo_nbregistry.values.keys import event_key, version_key
from exo_nbregistry.values.reference import parse_reference
from tests.damage import AT, InterruptedStore, fails, replace
from tests.flat_store import FlatStore
from tests.records.test_model_state import CHANGES, MOVES

READS = {
    "read": lambda reader, number: reader.read("toy", number),
    "skim": lambda reader, number: reader.skim("toy", number),
    "event": lambda reader, number: reader.read("toy", number, EVENT),
}


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> InterruptedStore:
    """Return an empty store, in memory or in a folder."""
    place = MemoryStore() if request.param == "memory" else LocalStore(tmp_path, durable=False)
    return InterruptedStore(place)


@pytest.fixture
def reader(store: InterruptedStore) -> Reader:
    """Return a reader of the store."""
    return Reader(store, Keyring())


def put(
    store: Any, number: int = 1, kind: str = VERSION, model: str = "toy", **content: Any
) -> Record:
    """Write a record, as another kernel would."""
    record = seal(
        key=KEYS[kind](model, number),
        kind=kind,
        model=model,
        number=number,
        content=content,
        prev=_earlier(store, model, number, kind),
        txn="t",
        sign=Keyring().sign,
    )
    store.create(record.key, record.to_bytes(), staging="models/toy/tmp")
    return record


def _earlier(store: Any, model: str, number: int, kind: str) -> Record | None:
    store = getattr(store, "_store", store)
    reader = Reader(store, Keyring())
    for earlier in reversed([n for n in reader.numbers(model, kind) if n < number]):
        with contextlib.suppress(RegistryError):
            return reader.read(model, earlier, kind)
    return None


def put_event(store: Any, number: int, action: str, **fields: Any) -> Record:
    """Write an event."""
    fields = ({"target": "0" * 64} if action in ("alias", "rollback") else {}) | fields
    return put(store, number, EVENT, action=action, at=encode(AT), actor="ada", **fields)


def texts(state: ModelState) -> list[str]:
    """Return the notes of version 1."""
    return [note.text for note in state.of(1).notes]


def test_models_have_a_version(store: InterruptedStore, reader: Reader) -> None:
    """Models with a version are listed, sorted; other folders, files and names are ignored."""
    assert reader.models() == []
    for model in ("b", "a-b", "a"):
        put(store, model=model)
    put(store, model="events_only", kind=EVENT)
    keys = (
        "models/No Key/versions/v000001.json",
        "models/Upper/versions/v000001.json",
        "models/con/versions/v000001.json",
        "models/foreign/versions/v1.json",
        "models/foreign/versions/v000001.json.bak",
        "models/foreign/v000001.json",
        "models/file",
        "models/hollow/versions",
    )
    for key in keys:
        store.create(key, b"{}", staging="models/b/tmp")
    assert reader.models() == ["a", "a-b", "b"]


def test_a_link_is_not_a_model(tmp_path: Path) -> None:
    """A symbolic link among the models is ignored."""
    here, there = (LocalStore(tmp_path / name, durable=False) for name in ("here", "there"))
    put(here)
    put(there, model="secret")
    (tmp_path / "here/models/linked").symlink_to(tmp_path / "there/models/secret")
    assert Reader(here, Keyring()).models() == ["toy"]


@pytest.mark.parametrize("kind", [VERSION, EVENT])
def test_numbers_are_sorted(store: InterruptedStore, reader: Reader, kind: str) -> None:
    """Numbers are sorted as integers, and foreign names and other kinds are ignored."""
    assert reader.numbers("toy", kind) == []
    for number in (1_000_000, 2, 999_999, 10):
        put(store, number, kind)
    put(store, 5, EVENT if kind == VERSION else VERSION)
    folder = KEYS[kind]("toy", 1).rpartition("/")[0]
    for name in ("v7.json", "e7.json", "v000000.json", "v000008.json.tmp", "x000009.json"):
        store.create(f"{folder}/{name}", b"{}", staging="models/toy/tmp")
    assert reader.numbers("toy", kind) == [2, 10, 999_999, 1_000_000]


@pytest.mark.parametrize("how", READS)
def test_a_record_is_read_as_written(store: InterruptedStore, reader: Reader, how: str) -> None:
    """A record is read as written, and the error about a missing record has its key."""
    kind = EVENT if how == "event" else VERSION
    assert READS[how](reader, put(store, 3, kind, n=1).number) == reader.read("toy", 3, kind)
    assert reader.read("toy", 3, kind).content == {"n": 1}
    with pytest.raises(MissingKeyError) as caught:
        READS[how](reader, 4)
    assert caught.value.key == KEYS[kind]("toy", 4)


@pytest.mark.parametrize("how", READS)
def test_a_damaged_or_misplaced_record_is_rejected(
    store: InterruptedStore, reader: Reader, how: str
) -> None:
    """A record that was changed, truncated, renumbered or replaced by another kind is an error."""
    kind, other = (EVENT, VERSION) if how == "event" else (VERSION, EVENT)
    data = put(store, 1, kind, n=1).to_bytes()
    strange = put(store, 1, kind, "strange", n=1).to_bytes()
    damages: list[tuple[bytes, type[RegistryError]]] = [
        (data.replace(b'"n": 1', b'"n": 9'), IntegrityError),
        (data[:-9], RecordError),
        (b"", RecordError),
        (put(store, 2, kind, n=1).to_bytes(), RecordError),
        (put(store, 1, other, n=1).to_bytes(), RecordError),
        (strange, RecordError),
    ]
    for damage, error in damages:
        replace(store, KEYS[kind]("toy", 1), damage)
        with pytest.raises(error) as caught:
            READS[how](reader, 1)
        assert KEYS[kind]("toy", 1) in str(caught.value)


def _link(path: Path) -> None:
    path.symlink_to(path.with_name("v000007.json"))


def _large_file(path: Path) -> None:
    path.write_bytes(b" " * (MAX_RECORD_BYTES + 1))


PLACED: dict[str, Callable[[Path], None]] = {
    "link": _link,
    "dangling link": lambda path: path.symlink_to("missing"),
    "folder": Path.mkdir,
    "large file": _large_file,
    "pipe": os.mkfifo,
}


@pytest.mark.parametrize("placed", PLACED)
@pytest.mark.parametrize("how", READS)
def test_another_file_type_is_rejected(tmp_path: Path, placed: str, how: str) -> None:
    """A link, folder, large file or pipe in place of a record is an error that names it."""
    store = LocalStore(tmp_path, durable=False)
    kind = EVENT if how == "event" else VERSION
    put(store, 7, kind)
    key = KEYS[kind]("toy", 1)
    PLACED[placed](tmp_path / key)
    with pytest.raises(RecordError, match="not a regular file of at most 1,048,576") as caught:
        READS[how](Reader(store, Keyring()), 1)
    assert caught.value.key == key


@pytest.mark.parametrize("placed", ["folder", "large file"])
def test_a_folder_or_large_file_is_rejected_in_any_store(placed: str) -> None:
    """A folder or a large file in place of a record is an error in any store."""
    store = MemoryStore()
    key, data = version_key("toy", 1), b" " * (MAX_RECORD_BYTES + 1)
    store.create(key if placed == "large file" else f"{key}/x", data, staging="models/toy/tmp")
    with pytest.raises(RecordError, match="not a regular file") as caught:
        Reader(store, Keyring()).read("toy", 1)
    assert caught.value.key == key


def test_a_record_can_have_the_maximum_size(store: InterruptedStore, reader: Reader) -> None:
    """A file of the maximum size is read."""
    data = put(store).to_bytes()
    replace(store, version_key("toy", 1), data + b" " * (MAX_RECORD_BYTES - len(data)))
    assert reader.read("toy", 1).to_bytes() == data
    store.before_read = [fails(StoreError("the share was removed"))]
    with pytest.raises(StoreError, match="share was removed"):
        reader.read("toy", 1)


def test_a_record_that_is_kept_is_not_skimmed(store: InterruptedStore, reader: Reader) -> None:
    """Within a block, a listing takes the records that were read before."""
    put(store, 1)
    put(store, 2)
    with reader.consistent_reads():
        record = reader.read("toy", 2)
        store.reads.clear()
        assert reader.skim("toy", 2) is record
        assert store.reads == []
        assert reader.skim("toy", 1).number == 1


def test_a_block_lists_the_folders_once(store: InterruptedStore, reader: Reader) -> None:
    """Within a block, the times of the folders and the numbers after them are listed once."""
    put(store)
    with reader.consistent_reads():
        times = reader.stamps()
        assert reader.listed_numbers("toy") == [1]
        put(store, 2)
        put(store, model="other")
        assert reader.stamps() is times
        assert reader.stamps("toy") == {"toy": times["toy"]}
        assert reader.stamps("other") == {"other": (0, 0)}
        assert reader.listed_numbers("toy") == [1]
        assert reader.numbers("toy") == [1, 2]
        assert reader.age_ns() > 0
    assert reader.stamps() != times
    assert reader.listed_numbers("toy") == [1, 2]
    assert reader.age_ns() == 0


def test_a_listing_before_the_times_is_not_reused(store: InterruptedStore, reader: Reader) -> None:
    """Numbers that were listed before the times of the folders can miss a record."""
    put(store)
    with reader.consistent_reads():
        assert reader.listed_numbers("toy") == [1]
        put(store, 2)
        reader.stamps()
        assert reader.listed_numbers("toy") == [1, 2]


def test_a_block_computes_the_state_from_its_listing(
    store: InterruptedStore, reader: Reader
) -> None:
    """An event that is added after the listing is not in the state of the listing."""
    put(store)
    with reader.consistent_reads():
        reader.stamps()
        assert reader.listed_numbers("toy", EVENT) == []
        put_event(store, 1, "note", version=1, text="a")
        assert reader.listed_state("toy").count == 0
        assert reader.state("toy").count == 1
    assert reader.listed_state("toy").count == 1


def test_a_block_continues_with_earlier_reads(store: InterruptedStore, reader: Reader) -> None:
    """A block in another thread can reuse the reads of an earlier block."""
    put(store)
    with reader.consistent_reads() as reads:
        times, snapshot = reader.stamps(), reader.snapshot("toy")
    put(store, 2)

    def later() -> None:
        with reader.consistent_reads(reads):
            seen.append((reader.stamps(), reader.snapshot("toy"), reader.generation()))

    seen: list[Any] = []
    thread = threading.Thread(target=later)
    thread.start()
    thread.join()
    assert seen == [(times, snapshot, reads.generation)]
    assert reader.stamps() != times


def test_each_model_has_its_own_snapshot(store: InterruptedStore, reader: Reader) -> None:
    """Within a block, each model has one snapshot."""
    put(store)
    put(store, 7, model="other")
    with reader.consistent_reads():
        toy, other = reader.snapshot("toy"), reader.snapshot("other")
        assert (toy.versions, other.versions) == ([1], [7])
        assert reader.snapshot("toy") is toy


def test_folders_have_the_times_of_their_changes(store: InterruptedStore, reader: Reader) -> None:
    """The two times of a model belong to its versions and its events; 0 without a folder."""
    assert reader.stamps("toy") == {"toy": (0, 0)}
    put(store)
    put_event(store, 1, "note", version=1, text="a")
    put(store, model="other")
    toy, other = (
        tuple(
            entry.modified_ns if (entry := store.info(f"models/{model}/{name}")) else 0
            for name in ("versions", "events")
        )
        for model in ("toy", "other")
    )
    assert min(toy) > 0
    assert other[1] == 0
    assert reader.stamps("toy") == {"toy": toy}
    assert reader.stamps("other") == {"other": other}
    assert reader.stamps() == {"toy": toy, "other": other}


def test_a_state_is_extended_only_if_it_is_still_the_newest(
    store: InterruptedStore, reader: Reader
) -> None:
    """The state after an own event is kept, unless another thread has read more meanwhile."""
    before = reader.state("toy")
    after = reader.state_after(before, put_event(store, 1, "note", version=1, text="a"))
    store.reads.clear()
    reader._remember_state("toy", before, after)
    assert reader.state("toy") is after
    assert store.reads == []
    put_event(store, 2, "note", version=1, text="b")
    newest = reader.state("toy")
    reader._remember_state("toy", before, after)
    assert reader.state("toy") is newest


@pytest.mark.parametrize("how", READS)
def test_a_failing_store_is_not_damage(store: InterruptedStore, reader: Reader, how: str) -> None:
    """A failure of the store is raised unchanged, and the next read succeeds."""
    put(store, 1, EVENT if how == "event" else VERSION)
    store.before_read = [fails(StoreError("the share is offline"))]
    with pytest.raises(StoreError, match="share is offline"):
        READS[how](reader, 1)
    assert READS[how](reader, 1).number == 1


def test_the_versions_of_a_model_are_sorted(store: InterruptedStore, reader: Reader) -> None:
    """The versions of a model are sorted."""
    put(store, 10)
    put(store, 2)
    assert reader.snapshot("toy").existing_versions() == [2, 10]
    assert reader.snapshot("toy").version(2) == reader.read("toy", 2)


def test_an_unknown_model_has_suggestions(store: InterruptedStore, reader: Reader) -> None:
    """The error about an unknown model suggests close names or a call to list all."""
    with pytest.raises(ModelNotFoundError, match=r"'toy'\. .* is empty; register_model") as caught:
        reader.snapshot("toy").existing_versions()
    assert (caught.value.name, caught.value.known) == ("toy", ())
    put(store, model="kepler_rf")
    put(store, model="tess")
    with pytest.raises(ModelNotFoundError, match=r"'keplr'\. Did you mean kepler_rf\?$"):
        reader.snapshot("keplr").existing_versions()
    with pytest.raises(ModelNotFoundError, match=r"'x'\. Did you mean kepler_rf or tess\?$"):
        reader.snapshot("x").existing_versions()
    for number in range(9):
        put(store, model=f"other{number}")
    with pytest.raises(ModelNotFoundError, match=r"'x'\. list_models\(\) shows all 11\.$"):
        reader.snapshot("x").existing_versions()


def test_an_unknown_version_has_the_latest(store: InterruptedStore, reader: Reader) -> None:
    """The error about an unknown version has the latest version."""
    put(store, 1)
    put(store, 3)
    with pytest.raises(VersionNotFoundError, match=r"^toy has no version 2; .* 3\.$") as caught:
        reader.snapshot("toy").version(2)
    assert caught.value.name == "toy:2"
    with pytest.raises(ModelNotFoundError, match="Did you mean toy"):
        reader.snapshot("toys").version(2)


def test_a_journal_is_read_once(store: InterruptedStore, reader: Reader) -> None:
    """Only events that were added since the last call are read; numbers can have gaps."""
    assert reader.state("toy") == ModelState()
    put_event(store, 1, "note", version=1, text="a")
    put_event(store, 3, "note", version=1, text="c")
    assert texts(reader.state("toy")) == ["a", "c"]
    last = put_event(store, 4, "note", version=1, text="d")
    store.reads.clear()
    assert texts(reader.state("toy")) == texts(reader.state("toy")) == ["a", "c", "d"]
    assert reader.state("toy").last == last
    assert store.reads == [event_key("toy", 4)]
    assert reader.state("other") == ModelState()


@pytest.mark.parametrize("left", [0, 1])
def test_an_older_copy_is_read_again(store: InterruptedStore, reader: Reader, left: int) -> None:
    """If a folder is replaced by an older copy, the state is computed again."""
    for number in (1, 2):
        put_event(store, number, "note", version=1, text=str(number))
    assert texts(reader.state("toy")) == ["1", "2"]
    for number in (1, 2)[left:]:
        store.remove(event_key("toy", number))
    assert texts(reader.state("toy")) == ["1"][:left]
    put_event(store, left + 1, "note", version=1, text="new")
    assert texts(reader.state("toy")) == [*["1"][:left], "new"]


def test_a_damaged_event_is_left_out_until_its_repair(
    store: InterruptedStore, reader: Reader
) -> None:
    """The other events are followed, and a handle that saw the damage sees the repair."""
    put_event(store, 1, "note", version=1, text="a")
    reader.state("toy")
    put_event(store, 2, "note", version=1, text="b")
    data = put_event(store, 3, "note", version=1, text="c").to_bytes()
    replace(store, event_key("toy", 3), b"")
    for one in (reader, Reader(store, Keyring())):
        for _ in range(2):
            assert texts(one.state("toy")) == ["a", "b"]
            assert one.state("toy").problems[3].kind == "damaged"
    replace(store, event_key("toy", 3), data)
    assert texts(reader.state("toy")) == ["a", "b", "c"]
    assert reader.state("toy").problems == {}


def test_threads_fold_each_event_once(store: InterruptedStore, reader: Reader) -> None:
    """Concurrent threads apply each event once."""
    put_event(store, 1, "note", version=1, text="a")
    reader.state("toy")
    put_event(store, 2, "note", version=1, text="b")
    other = threading.Thread(target=reader.state, args=("toy",))

    def start_other() -> None:
        other.start()
        other.join(0.2)

    store.before_read = [start_other]
    reader.state("toy")
    other.join()
    assert texts(reader.state("toy")) == ["a", "b"]


STEPS = st.lists(MOVES | CHANGES | st.integers(0, 3) | st.just("read"), max_size=20)


@given(STEPS)
def test_a_state_has_all_events(steps: list[Any]) -> None:
    """After any changes of the folder, the state equals the state of a new reader."""
    store = MemoryStore()
    reader = Reader(store, Keyring())
    count = 0
    for step in steps:
        if isinstance(step, dict):
            count += 1
            put_event(store, count, **step)
            continue
        if step != "read":
            # Removed and added events between two calls look like added events only.
            reader.state("toy")
            for number in range(count, max(count - step, 0), -1):
                store.remove(event_key("toy", number))
            count = max(count - step, 0)
        assert reader.state("toy") == _read_state(store)
    assert reader.state("toy") == Reader(store, Keyring()).state("toy") == _read_state(store)


def _read_state(store: Store) -> ModelState:
    reader = Reader(store, Keyring())
    return fold(reader.read("toy", number, EVENT) for number in reader.numbers("toy", EVENT))


def resolve(reader: Reader, text: str) -> int:
    """Return the version of a reference."""
    reference = parse_reference(text)
    return reader.snapshot(reference.key).resolve(reference)


def test_a_name_means_the_latest_active_version(store: InterruptedStore, reader: Reader) -> None:
    """A name resolves to the latest version that is not deleted or purged."""
    for number in (1, 2, 3, 10):
        put(store, number)
    assert resolve(reader, "toy") == 10
    put_event(store, 1, "purge", version=10)
    put_event(store, 2, "delete", version=3)
    assert resolve(reader, "Toy:latest") == 2
    put_event(store, 3, "restore", version=3)
    assert resolve(reader, "toy") == 3


def test_a_number_can_mean_a_deleted_version(store: InterruptedStore, reader: Reader) -> None:
    """A number resolves to a version, deleted or not; a missing version is an error."""
    put(store, 1)
    put_event(store, 1, "delete", version=1)
    assert resolve(reader, "toy:1") == 1
    with pytest.raises(VersionNotFoundError):
        resolve(reader, "toy:7")


def test_a_deleted_model_has_no_latest_version(store: InterruptedStore, reader: Reader) -> None:
    """If all versions are deleted, a name raises an error with the call to restore the latest."""
    for number in (1, 2, 3):
        put(store, number)
        put_event(store, number, "delete", version=number)
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:3'\)") as caught:
        resolve(reader, "toy")
    assert caught.value.name == "toy"


def test_a_purged_model_has_no_version_to_restore(store: InterruptedStore, reader: Reader) -> None:
    """If all versions are purged, the error suggests a new version."""
    put(store, 1)
    put_event(store, 1, "purge", version=1)
    with pytest.raises(VersionNotFoundError, match=r"is deleted; register a new version\.$"):
        resolve(reader, "toy")


@pytest.mark.parametrize("reference", ["toys", "toys:1", "toys@champion"])
def test_a_reference_to_an_unknown_model_is_an_error(
    store: InterruptedStore, reader: Reader, reference: str
) -> None:
    """Each reference to an unknown model raises ModelNotFoundError."""
    put(store)
    with pytest.raises(ModelNotFoundError, match=r"'toys'\. Did you mean toy\?"):
        resolve(reader, reference)


def test_an_alias_follows_its_last_move(store: InterruptedStore, reader: Reader) -> None:
    """An alias resolves to the version of its last move, deleted or not."""
    targets = {number: put(store, number, n=number).check for number in (1, 2)}
    for number, version in enumerate((2, 1), 1):
        put_event(
            store, number, "alias", alias="champion", version=version, target=targets[version]
        )
        assert resolve(reader, "toy@champion") == version
    put_event(store, 3, "delete", version=1)
    assert resolve(reader, "toy@champion") == 1


def test_an_unknown_alias_has_suggestions(store: InterruptedStore, reader: Reader) -> None:
    """The error about an unknown or removed alias suggests close names or the call to set it."""
    target = put(store).check
    with pytest.raises(AliasNotFoundError, match=r"set_alias\('toy', 'champion', version\)"):
        resolve(reader, "toy@champion")
    put_event(store, 1, "alias", alias="champion", version=1, target=target)
    with pytest.raises(AliasNotFoundError, match="Did you mean champion") as caught:
        resolve(reader, "toy@champ")
    assert (caught.value.name, caught.value.known) == ("champ", ("champion",))
    put_event(store, 2, "unalias", alias="champion")
    with pytest.raises(AliasNotFoundError, match=r"version\)\.$"):
        resolve(reader, "toy@champion")


def test_an_alias_rejects_a_replaced_record(store: InterruptedStore, reader: Reader) -> None:
    """An alias does not resolve to a record that replaced its target."""
    target = put(store, n=1).check
    put_event(store, 1, "alias", alias="champion", version=1, target=target)
    store.remove(version_key("toy", 1))
    other = put(store, n=2)
    with pytest.raises(IntegrityError, match=r"toy@champion .* then set the alias") as caught:
        resolve(reader, "toy@champion")
    error = caught.value
    assert (error.key, error.expected, error.actual) == (other.key, target, other.check)
    assert resolve(reader, "toy") == 1


def test_an_alias_of_a_missing_version_is_an_error(store: InterruptedStore, reader: Reader) -> None:
    """An alias of a missing version raises VersionNotFoundError."""
    put(store, 1)
    put_event(store, 1, "alias", alias="champion", version=2, target="0" * 64)
    with pytest.raises(VersionNotFoundError, match="toy has no version 2"):
        resolve(reader, "toy@champion")


def test_deleted_and_purged_versions_are_not_active(
    store: InterruptedStore, reader: Reader
) -> None:
    """Only the error about a deleted version has the call to restore it."""
    put(store)
    reader.snapshot("toy").require_active(1)
    put_event(store, 1, "delete", version=1)
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:1'\)") as caught:
        reader.snapshot("toy").require_active(1)
    assert caught.value.name == "toy:1"
    put_event(store, 2, "restore", version=1)
    reader.snapshot("toy").require_active(1)
    put_event(store, 3, "purge", version=1)
    with pytest.raises(VersionNotFoundError, match="toy:1 was purged") as caught:
        reader.snapshot("toy").require_active(1)
    assert caught.value.name == "toy:1"


class _UnevenStore(MemoryStore):
    """A store whose next list of events lacks the one before the newest."""

    is_uneven = False

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder."""
        names = sorted(super().names(folder))
        if self.is_uneven and folder.endswith("events"):
            self.is_uneven = False
            del names[-2]
        return names


def test_a_list_without_an_event_before_the_newest_is_repeated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An event that was written during the listing of a large folder is not called missing."""
    store = _UnevenStore()
    reader = Reader(store, Keyring())
    for number in range(1, 4):
        put_event(store, number, "tag", version=1, tags={f"t{number}": True})
    store.is_uneven = True
    assert reader.state("toy").problems == {}
    assert caplog.text == ""


def put_notes(store: Any, n_events: int) -> None:
    """Write a version with notes."""
    put(store)
    for number in range(1, n_events + 1):
        put_event(store, number, "note", version=1, text=f"{number}")


def test_events_in_a_bucket_are_read_at_once() -> None:
    """A new reader of a bucket reads the events in one round, and a later call none."""
    store = FlatStore()
    put_notes(store, 5)
    reader = Reader(store, Keyring())
    store.requests.clear()
    assert reader.new_events("toy") == [1, 2, 3, 4, 5]
    assert [note.text for note in reader.state("toy").of(1).notes] == ["1", "2", "3", "4", "5"]
    assert reader.new_events("toy") == []
    assert store.rounds == [5]
    put_event(store, 6, "note", version=1, text="6")
    store.requests.clear()
    assert reader.state("toy").count == 6
    assert (store.requests, store.rounds) == ({"LIST": 1, "GET": 1}, [5])


def test_records_are_read_ahead_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many records of a bucket are read some at a time, in order; a folder reads each by itself."""
    monkeypatch.setattr(reading, "MAX_AT_ONCE", 2)
    store = FlatStore()
    put_notes(store, 5)
    reader = Reader(store, Keyring())
    numbers = reader.ahead("toy", [5, 4, 3, 2, 1], EVENT)
    assert (next(numbers), store.rounds) == (5, [2])
    assert (list(numbers), store.rounds) == ([4, 3, 2, 1], [2, 2])
    plain = Reader(MemoryStore(), Keyring())
    assert not plain.reads_ahead
    assert list(plain.ahead("toy", [1, 2], EVENT)) == [1, 2]


def test_a_block_of_a_bucket_lists_all_models_once() -> None:
    """After one listing of all models, snapshots in the block do not list again."""
    store = FlatStore()
    put_notes(store, 1)
    put(store, model="other")
    reader = Reader(store, Keyring())
    with reader.shared_reads() as outer:
        reader.stamps()
        store.requests.clear()
        toy, other = reader.snapshot("toy"), reader.snapshot("other")
        assert (toy.events, toy.versions) == ([1], [1])
        assert (other.events, other.versions) == ([], [1])
        assert toy.state.count == 1
        assert store.requests["LIST"] == 0
        with reader.shared_reads() as inner:
            assert inner is outer
            assert reader.snapshot("toy") is toy
    assert reader.generation() is None


def test_many_records_are_read_with_their_errors(store: InterruptedStore, reader: Reader) -> None:
    """Each record comes with its bytes, and a missing one with its error."""
    record = put(store)
    found = list(reader.read_many("toy", [1, 2]))
    assert (found[0].data, found[0].checked().check) == (record.to_bytes(), record.check)
    assert type(found[1].error) is MissingKeyError
