"""What is there to read of each model, and what a reference means."""

from __future__ import annotations

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
from exo_nbregistry.journal.reader import KEYS, Reader
from exo_nbregistry.records.model_state import ModelState, fold
from exo_nbregistry.records.record import EVENT, VERSION, Record, seal
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, encode
from exo_nbregistry.values.keys import event_key, version_key
from exo_nbregistry.values.reference import parse_reference
from tests.damage import AT, InterruptedStore, fails, replace
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
    return Reader(store)


def put(
    store: Any, number: int = 1, kind: str = VERSION, model: str = "toy", **content: Any
) -> Record:
    """Write a record, as a kernel elsewhere would."""
    record = seal(
        key=KEYS[kind](model, number),
        kind=kind,
        model=model,
        number=number,
        content=content,
        prev=None,
        txn="t",
        sign=lambda _: None,
    )
    store.create(record.key, record.to_bytes(), staging="models/toy/tmp")
    return record


def happen(store: Any, number: int, action: str, **fields: Any) -> Record:
    """Write an event."""
    return put(store, number, EVENT, action=action, at=encode(AT), actor="ada", **fields)


def texts(state: ModelState) -> list[str]:
    """Return the notes of version 1."""
    return [note.text for note in state.of(1).notes]


def test_models_are_those_with_a_version(store: InterruptedStore, reader: Reader) -> None:
    """They are sorted, and a foreign folder, file or name among them is no model."""
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


def test_a_link_among_the_models_is_no_model(tmp_path: Path) -> None:
    """A folder elsewhere is not read as if it were here."""
    here, there = (LocalStore(tmp_path / name, durable=False) for name in ("here", "there"))
    put(here)
    put(there, model="secret")
    (tmp_path / "here/models/linked").symlink_to(tmp_path / "there/models/secret")
    assert Reader(here).models() == ["toy"]


@pytest.mark.parametrize("kind", [VERSION, EVENT])
def test_numbers_ascend_as_numbers(store: InterruptedStore, reader: Reader, kind: str) -> None:
    """Beyond six digits too; foreign names and the other kind of record do not count."""
    assert reader.numbers("toy", kind) == []
    for number in (1_000_000, 2, 999_999, 10):
        put(store, number, kind)
    put(store, 5, EVENT if kind == VERSION else VERSION)
    folder = KEYS[kind]("toy", 1).rpartition("/")[0]
    for name in ("v7.json", "e7.json", "v000000.json", "v000008.json.tmp", "x000009.json"):
        store.create(f"{folder}/{name}", b"{}", staging="models/toy/tmp")
    assert reader.numbers("toy", kind) == [2, 10, 999_999, 1_000_000]


@pytest.mark.parametrize("how", READS)
def test_a_record_is_read_as_it_was_written(
    store: InterruptedStore, reader: Reader, how: str
) -> None:
    """Versions and events are read alike, and what is not there is told by its key."""
    kind = EVENT if how == "event" else VERSION
    assert READS[how](reader, put(store, 3, kind, n=1).number) == reader.read("toy", 3, kind)
    assert reader.read("toy", 3, kind).content == {"n": 1}
    with pytest.raises(MissingKeyError) as caught:
        READS[how](reader, 4)
    assert caught.value.key == KEYS[kind]("toy", 4)


@pytest.mark.parametrize("how", READS)
def test_a_record_must_be_whole_and_in_its_place(
    store: InterruptedStore, reader: Reader, how: str
) -> None:
    """A record that was changed, cut, renumbered or swapped for another kind is refused."""
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


def _giant(path: Path) -> None:
    path.write_bytes(b" " * (MAX_RECORD_BYTES + 1))


PLACED: dict[str, Callable[[Path], None]] = {
    "link": _link,
    "dangling link": lambda path: path.symlink_to("nowhere"),
    "folder": Path.mkdir,
    "giant": _giant,
    "pipe": os.mkfifo,
}


@pytest.mark.parametrize("placed", PLACED)
@pytest.mark.parametrize("how", READS)
def test_what_can_be_no_record_is_damage(tmp_path: Path, placed: str, how: str) -> None:
    """A link, folder, giant or pipe in a record's place is refused at once and named."""
    store = LocalStore(tmp_path, durable=False)
    kind = EVENT if how == "event" else VERSION
    put(store, 7, kind)
    key = KEYS[kind]("toy", 1)
    PLACED[placed](tmp_path / key)
    with pytest.raises(RecordError, match="not a regular file of at most 1,048,576") as caught:
        READS[how](Reader(store), 1)
    assert caught.value.key == key


@pytest.mark.parametrize("placed", ["folder", "giant"])
def test_what_can_be_no_record_is_damage_in_any_store(placed: str) -> None:
    """A store without links has the same answer for a folder and a giant."""
    store = MemoryStore()
    key, data = version_key("toy", 1), b" " * (MAX_RECORD_BYTES + 1)
    store.create(key if placed == "giant" else f"{key}/x", data, staging="models/toy/tmp")
    with pytest.raises(RecordError, match="not a regular file") as caught:
        Reader(store).read("toy", 1)
    assert caught.value.key == key


def test_a_record_may_be_as_large_as_the_limit(store: InterruptedStore, reader: Reader) -> None:
    """A file of the very size is judged by what it holds."""
    data = put(store).to_bytes()
    replace(store, version_key("toy", 1), data + b" " * (MAX_RECORD_BYTES - len(data)))
    assert reader.read("toy", 1).to_bytes() == data


@pytest.mark.parametrize("how", READS)
def test_a_place_that_fails_is_no_damage(store: InterruptedStore, reader: Reader, how: str) -> None:
    """A failure to read what looks well is told as such, and the next try succeeds."""
    put(store, 1, EVENT if how == "event" else VERSION)
    store.before_read = [fails(StoreError("the share is gone"))]
    with pytest.raises(StoreError, match="share is gone"):
        READS[how](reader, 1)
    assert READS[how](reader, 1).number == 1


def test_the_versions_of_a_model_are_known(store: InterruptedStore, reader: Reader) -> None:
    """Their numbers are returned, in order."""
    put(store, 10)
    put(store, 2)
    assert reader.snapshot("toy").known() == [2, 10]
    assert reader.snapshot("toy").version(2) == reader.read("toy", 2)


def test_an_unknown_model_is_told_with_its_like(store: InterruptedStore, reader: Reader) -> None:
    """The message has close matches, else all of a few models, else how to see them all."""
    with pytest.raises(ModelNotFoundError, match=r"'toy'\. .* is empty; register_model") as caught:
        reader.snapshot("toy").known()
    assert (caught.value.name, caught.value.known) == ("toy", ())
    put(store, model="kepler_rf")
    put(store, model="tess")
    with pytest.raises(ModelNotFoundError, match=r"'keplr'\. Did you mean kepler_rf\?$"):
        reader.snapshot("keplr").known()
    with pytest.raises(ModelNotFoundError, match=r"'x'\. Did you mean kepler_rf or tess\?$"):
        reader.snapshot("x").known()
    for number in range(9):
        put(store, model=f"other{number}")
    with pytest.raises(ModelNotFoundError, match=r"'x'\. list_models\(\) shows all 11\.$"):
        reader.snapshot("x").known()


def test_an_unknown_version_is_told_with_the_latest(
    store: InterruptedStore, reader: Reader
) -> None:
    """Of a model that is not there at all, that is told instead."""
    put(store, 1)
    put(store, 3)
    with pytest.raises(VersionNotFoundError, match=r"^toy has no version 2; .* 3\.$") as caught:
        reader.snapshot("toy").version(2)
    assert caught.value.name == "toy:2"
    with pytest.raises(ModelNotFoundError, match="Did you mean toy"):
        reader.snapshot("toys").version(2)


def test_a_journal_is_read_once(store: InterruptedStore, reader: Reader) -> None:
    """Only events that are new since the last look are read, and the numbers may have gaps."""
    assert reader.state("toy") == ModelState()
    happen(store, 1, "note", version=1, text="a")
    happen(store, 3, "note", version=1, text="c")
    assert texts(reader.state("toy")) == ["a", "c"]
    last = happen(store, 4, "note", version=1, text="d")
    store.reads.clear()
    assert texts(reader.state("toy")) == texts(reader.state("toy")) == ["a", "c", "d"]
    assert reader.state("toy").last == last
    assert store.reads == [event_key("toy", 4)]
    assert reader.state("other") == ModelState()


@pytest.mark.parametrize("left", [0, 1])
def test_a_folder_that_went_back_is_read_anew(
    store: InterruptedStore, reader: Reader, left: int
) -> None:
    """Where a copy of earlier days was put back, what it lacks is forgotten."""
    for number in (1, 2):
        happen(store, number, "note", version=1, text=str(number))
    assert texts(reader.state("toy")) == ["1", "2"]
    for number in (1, 2)[left:]:
        store.remove(event_key("toy", number))
    assert texts(reader.state("toy")) == ["1"][:left]
    happen(store, left + 1, "note", version=1, text="new")
    assert texts(reader.state("toy")) == [*["1"][:left], "new"]


def test_an_event_that_is_damaged_is_not_passed_over(
    store: InterruptedStore, reader: Reader
) -> None:
    """It is told at each look, and once it is restored the rest follows, each event once."""
    happen(store, 1, "note", version=1, text="a")
    reader.state("toy")
    happen(store, 2, "note", version=1, text="b")
    data = happen(store, 3, "note", version=1, text="c").to_bytes()
    replace(store, event_key("toy", 3), b"")
    for one in (reader, Reader(store)):
        for _ in range(2):
            with pytest.raises(RecordError, match=r"e000003\.json"):
                one.state("toy")
    replace(store, event_key("toy", 3), data)
    assert texts(reader.state("toy")) == ["a", "b", "c"]


def test_threads_fold_each_event_once(store: InterruptedStore, reader: Reader) -> None:
    """A thread that asks while another one is folding waits for it."""
    happen(store, 1, "note", version=1, text="a")
    reader.state("toy")
    happen(store, 2, "note", version=1, text="b")
    other = threading.Thread(target=reader.state, args=("toy",))

    def ask() -> None:
        other.start()
        other.join(0.2)

    store.before_read = [ask]
    reader.state("toy")
    other.join()
    assert texts(reader.state("toy")) == ["a", "b"]


LOOKS = st.lists(MOVES | CHANGES | st.integers(0, 3) | st.just("look"), max_size=20)


@given(LOOKS)
def test_a_state_is_always_that_of_the_whole_journal(steps: list[Any]) -> None:
    """Whenever one looks, and however the folder grew or went back, it is as if read anew."""
    store = MemoryStore()
    reader = Reader(store)
    count = 0
    for step in steps:
        if isinstance(step, dict):
            count += 1
            happen(store, count, **step)
            continue
        if step != "look":
            # What went back and grew again unseen cannot be told from what only grew.
            reader.state("toy")
            for number in range(count, max(count - step, 0), -1):
                store.remove(event_key("toy", number))
            count = max(count - step, 0)
        assert reader.state("toy") == _whole(store)
    assert reader.state("toy") == Reader(store).state("toy") == _whole(store)


def _whole(store: Store) -> ModelState:
    reader = Reader(store)
    return fold(reader.read("toy", number, EVENT) for number in reader.numbers("toy", EVENT))


def resolve(reader: Reader, text: str) -> int:
    """Return the version that a reference means."""
    reference = parse_reference(text)
    return reader.snapshot(reference.key).resolve(reference)


def test_a_name_means_the_latest_that_is_there(store: InterruptedStore, reader: Reader) -> None:
    """Deleted and purged versions are passed over; one that is restored counts again."""
    for number in (1, 2, 3, 10):
        put(store, number)
    assert resolve(reader, "toy") == 10
    happen(store, 1, "purge", version=10)
    happen(store, 2, "delete", version=3)
    assert resolve(reader, "Toy:latest") == 2
    happen(store, 3, "restore", version=3)
    assert resolve(reader, "toy") == 3


def test_a_number_means_itself(store: InterruptedStore, reader: Reader) -> None:
    """A number can mean a deleted version, but not a missing one."""
    put(store, 1)
    happen(store, 1, "delete", version=1)
    assert resolve(reader, "toy:1") == 1
    with pytest.raises(VersionNotFoundError):
        resolve(reader, "toy:7")


def test_if_all_are_deleted_the_way_back_is_told(store: InterruptedStore, reader: Reader) -> None:
    """A name then means nothing, and the message has the call that restores the latest."""
    for number in (1, 2):
        put(store, number)
        happen(store, number, "delete", version=number)
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:2'\)") as caught:
        resolve(reader, "toy")
    assert caught.value.name == "toy"


@pytest.mark.parametrize("reference", ["toys", "toys:1", "toys@champion"])
def test_a_reference_to_an_unknown_model_means_nothing(
    store: InterruptedStore, reader: Reader, reference: str
) -> None:
    """The model is what is not found, whatever else was asked of it."""
    put(store)
    with pytest.raises(ModelNotFoundError, match=r"'toys'\. Did you mean toy\?"):
        resolve(reader, reference)


def test_an_alias_means_where_it_points(store: InterruptedStore, reader: Reader) -> None:
    """It follows its last move, to a deleted version too."""
    targets = {number: put(store, number, n=number).check for number in (1, 2)}
    for number, version in enumerate((2, 1), 1):
        happen(store, number, "alias", alias="champion", version=version, target=targets[version])
        assert resolve(reader, "toy@champion") == version
    happen(store, 3, "delete", version=1)
    assert resolve(reader, "toy@champion") == 1


def test_an_alias_that_points_nowhere_is_told_with_its_like(
    store: InterruptedStore, reader: Reader
) -> None:
    """One that never was, or was removed, is not found; the message says how to make it."""
    target = put(store).check
    with pytest.raises(AliasNotFoundError, match=r"set_alias\('toy', 'champion', version\)"):
        resolve(reader, "toy@champion")
    happen(store, 1, "alias", alias="champion", version=1, target=target)
    with pytest.raises(AliasNotFoundError, match="Did you mean champion") as caught:
        resolve(reader, "toy@champ")
    assert (caught.value.name, caught.value.known) == ("champ", ("champion",))
    happen(store, 2, "unalias", alias="champion")
    with pytest.raises(AliasNotFoundError, match=r"version\)\.$"):
        resolve(reader, "toy@champion")


def test_an_alias_does_not_follow_a_record_that_was_replaced(
    store: InterruptedStore, reader: Reader
) -> None:
    """Another record under the same number is refused, however whole it is."""
    target = put(store, n=1).check
    happen(store, 1, "alias", alias="champion", version=1, target=target)
    store.remove(version_key("toy", 1))
    other = put(store, n=2)
    with pytest.raises(IntegrityError, match=r"toy@champion .* then set the alias") as caught:
        resolve(reader, "toy@champion")
    error = caught.value
    assert (error.key, error.expected, error.actual) == (other.key, target, other.check)
    assert resolve(reader, "toy") == 1


def test_an_alias_on_a_record_that_is_gone_is_told(store: InterruptedStore, reader: Reader) -> None:
    """The version is what is not found."""
    put(store, 1)
    happen(store, 1, "alias", alias="champion", version=2, target="0" * 64)
    with pytest.raises(VersionNotFoundError, match="toy has no version 2"):
        resolve(reader, "toy@champion")


def test_what_was_deleted_or_purged_is_not_active(store: InterruptedStore, reader: Reader) -> None:
    """The message says whether there is a way back."""
    put(store)
    reader.snapshot("toy").require_active(1)
    happen(store, 1, "delete", version=1)
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:1'\)") as caught:
        reader.snapshot("toy").require_active(1)
    assert caught.value.name == "toy:1"
    happen(store, 2, "restore", version=1)
    reader.snapshot("toy").require_active(1)
    happen(store, 3, "purge", version=1)
    with pytest.raises(VersionNotFoundError, match="toy:1 was purged") as caught:
        reader.snapshot("toy").require_active(1)
    assert caught.value.name == "toy:1"
