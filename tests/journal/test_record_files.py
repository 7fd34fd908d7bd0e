"""Files of records are checked, read at once, and remembered where each read is a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError, StoreError
from exo_nbregistry.journal.record_files import Place, RecordFiles
from exo_nbregistry.records.record import EVENT, VERSION, Record, parse_record, seal, skim_record
from exo_nbregistry.store.memory import MemoryStore
from tests.damage import replace
from tests.flat_store import FlatStore

TOY = Place("toy", 1)


def files_on(store: Any, validate: Callable[[Record], Record] = lambda record: record) -> Any:
    """Return the files of a store."""
    return RecordFiles(store, lambda: None, validate)


def put(store: Any, number: int = 1, kind: str = VERSION, **content: Any) -> Record:
    """Write a record."""
    place = Place("toy", number, kind)
    record = seal(
        key=place.key,
        kind=kind,
        model="toy",
        number=number,
        content=content,
        prev=None,
        txn="t",
        sign=lambda check: None,
    )
    store.create(place.key, record.to_bytes(), staging="models/toy/tmp")
    return record


@pytest.fixture
def store() -> FlatStore:
    """Return an empty store that counts requests."""
    return FlatStore()


def test_a_place_has_the_key_of_its_kind() -> None:
    """Versions and events have their own folders and letters."""
    assert Place("toy", 7).key == "models/toy/versions/v000007.json"
    assert Place("toy", 7, EVENT).key == "models/toy/events/e000007.json"


def test_a_record_is_requested_once(store: FlatStore) -> None:
    """The second read of a record does not need a request, and parses the content again."""
    record = put(store, cut=0.5)
    files = files_on(store)
    assert files.read(TOY).check == files.read(TOY, skim_record).check == record.check
    assert store.requests["GET"] == 1


def test_a_record_of_a_tree_is_read_each_time() -> None:
    """A folder can be changed by hand, so nothing is remembered."""
    store = MemoryStore()
    put(store)
    files = files_on(store)
    files.read_ahead([TOY, Place("toy", 2)])
    assert not files.are_remembered
    assert files.read(TOY).number == 1
    replace(store, TOY.key, b"{}")
    with pytest.raises(RecordError):
        files.read(TOY)


def test_a_damaged_content_is_not_remembered(store: FlatStore) -> None:
    """A record that was damaged when it was read ahead is read again after its repair."""
    data = put(store).to_bytes()
    put(store, 2)
    replace(store, TOY.key, data.replace(b'"txn": "t"', b'"txn": "u"'))
    files = files_on(store)
    files.read_ahead([TOY, Place("toy", 2)])
    with pytest.raises(IntegrityError):
        files.read(TOY)
    replace(store, TOY.key, data)
    assert files.read(TOY).number == 1


def test_a_record_that_fails_the_validation_is_not_remembered(store: FlatStore) -> None:
    """Each read validates the record again."""
    put(store)

    def reject(record: Record) -> Record:
        raise RecordError("no", key=record.key)

    files = files_on(store, reject)
    for _ in range(2):
        with pytest.raises(RecordError, match="no"):
            files.read(TOY)
    assert store.requests["GET"] == 2


def test_again_reads_a_replaced_record(store: FlatStore) -> None:
    """A record that another program replaced is seen by the calls that look for it."""
    put(store, cut=1)
    files = files_on(store)
    assert files.read(TOY).content == {"cut": 1}
    store.remove(TOY.key)
    put(store, cut=2)
    assert files.read(TOY).content == {"cut": 1}
    assert files.read(TOY, again=True).content == {"cut": 2}
    store.remove(TOY.key)
    files.read_ahead([], again=[TOY])
    with pytest.raises(MissingKeyError):
        files.read(TOY)


def test_records_are_read_ahead_at_once(store: FlatStore) -> None:
    """One round reads the unknown records; a single one is left to the read itself."""
    for number in (1, 2, 3):
        put(store, number)
    files = files_on(store)
    files.read_ahead([TOY])
    assert store.rounds == []
    files.read(TOY)
    places = [Place("toy", number) for number in (1, 2, 3, 3, 9)]
    files.read_ahead(places)
    assert store.rounds == [3]
    store.requests.clear()
    assert [files.read(place).number for place in places[:3]] == [1, 2, 3]
    assert store.requests["GET"] == 0
    with pytest.raises(MissingKeyError):
        files.read(Place("toy", 9))


@pytest.mark.parametrize("parse", [parse_record, skim_record])
def test_many_records_are_read_in_order(store: FlatStore, parse: Any) -> None:
    """Each record comes with its bytes, and each error in the place of its record."""
    good = put(store)
    data = put(store, 2).to_bytes()
    replace(store, Place("toy", 2).key, data.replace(b'"txn": "t"', b'"txn": "u"'))
    places = [TOY, Place("toy", 2), Place("toy", 3)]
    found = list(files_on(store).read_many(places, parse))
    assert (found[0].data, found[0].checked().check) == (good.to_bytes(), good.check)
    assert [type(content.error) for content in found[1:]] == [IntegrityError, MissingKeyError]
    assert (bool(found[1].data), found[2].data) == (True, b"")
    with pytest.raises(IntegrityError):
        found[1].checked()


def test_many_records_are_read_from_the_store(store: FlatStore) -> None:
    """Reading many records does not use the memory, and renews it."""
    put(store, cut=1)
    files = files_on(store)
    files.read(TOY)
    store.remove(TOY.key)
    put(store, cut=2)
    assert next(files.read_many([TOY])).checked().content == {"cut": 2}
    assert files.read(TOY).content == {"cut": 2}


def test_a_file_that_cannot_be_a_record_is_damaged(store: FlatStore) -> None:
    """A folder in the place of a record is named as damage, alone and among many."""
    store.create(f"{TOY.key}/x", b"{}", staging="models/toy/tmp")
    files = files_on(store)
    with pytest.raises(RecordError, match="is not a regular file"):
        files.read(TOY)
    assert type(next(files.read_many([TOY])).error) is RecordError


def test_an_error_of_the_store_is_not_damage(
    monkeypatch: pytest.MonkeyPatch, store: FlatStore
) -> None:
    """An error of the store itself is raised unchanged."""

    def fail(key: str, *, max_bytes: int) -> bytes:
        raise StoreError("the network is down", key=key)

    monkeypatch.setattr(store, "read", fail)
    with pytest.raises(StoreError, match="the network is down"):
        files_on(store).read(TOY)
