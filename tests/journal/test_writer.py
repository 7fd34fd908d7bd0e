"""Writing versions and events: numbers, chains, races and failures of the store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import (
    ConflictError,
    IntegrityError,
    KeyExistsError,
    MissingKeyError,
    RecordError,
    StoreError,
    VersionNotFoundError,
)
from exo_nbregistry.fs.open_folder import OpenFolder
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.model_state import ModelState, fold
from exo_nbregistry.records.record import EVENT, VERSION, Record
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.keys import event_key, tmp_folder, version_key
from exo_nbregistry.values.reference import MAX_VERSION
from tests.damage import AT, InterruptedStore, fails, journal_on, replace
from tests.flat_store import FlatStore

Decide = Callable[[Snapshot], dict[str, Any] | None]
KINDS = (VERSION, EVENT)
# A record in memory or in a bucket is durable as soon as it can be read.
IN_FOLDER = pytest.mark.parametrize("store", ["folder"], indirect=True)


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> InterruptedStore:
    """Return an empty store, in memory or in a folder."""
    place = MemoryStore() if request.param == "memory" else LocalStore(tmp_path, durable=False)
    return InterruptedStore(place)


def content(number: int) -> dict[str, Any]:
    """Return the content of a version."""
    return {"n": number}


def note(text: str) -> Decide:
    """Return a function that always decides to add a note."""
    return lambda _: {"action": "note", "version": 1, "text": text}


def texts(seen: ModelState | Snapshot) -> list[str]:
    """Return the notes of version 1."""
    state = seen.state if isinstance(seen, Snapshot) else seen
    return [one.text for one in state.of(1).notes]


def chain(records: list[Record]) -> list[Any]:
    """Return the link of each record to its predecessor."""
    return [record.prev for record in records]


def test_versions_are_numbered_signed_and_chained(store: InterruptedStore) -> None:
    """Versions are numbered from 1, signed, linked to their predecessor and read as written."""
    ids = iter(["one", "two", "three"])
    journal = journal_on(store, new_id=lambda: next(ids))
    records = [journal.add_version("toy", content) for _ in range(3)]
    assert [(r.number, r.content, r.txn) for r in records] == [
        (1, {"n": 1}, "one"),
        (2, {"n": 2}, "two"),
        (3, {"n": 3}, "three"),
    ]
    assert chain(records) == [None, records[0].link(), records[1].link()]
    assert [journal_on(store).read("toy", number) for number in (1, 2, 3)] == records
    assert Keyring().signer_status(records[2].check, records[2].signature).status == "own"
    assert {staging for _, _, staging in store.creates} == {tmp_folder("toy")}


def test_models_are_numbered_separately(store: InterruptedStore) -> None:
    """The first version of each model is 1 and has no predecessor."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    other = journal.add_version("other", content)
    assert (other.number, other.prev, other.model) == (1, None, "other")


def test_numbers_can_be_skipped(store: InterruptedStore) -> None:
    """A number can be skipped; the chain and the numbers continue after the gap."""
    journal = journal_on(store)
    records = [journal.add_version("toy", content, number) for number in (3, 7, None)]
    assert journal.numbers("toy") == [3, 7, 8]
    assert chain(records) == [None, records[0].link(), records[1].link()]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_number_is_never_used_again(store: InterruptedStore, number: int) -> None:
    """A number that is not greater than all others raises a conflict with the next number."""
    journal = journal_on(store)
    journal.add_version("toy", content, 3)
    with pytest.raises(ConflictError, match=rf"toy:{number} .* the next number, 4\.") as caught:
        journal.add_version("toy", content, number)
    assert (caught.value.expected, caught.value.actual) == (number, 4)
    assert journal.numbers("toy") == [3]
    assert len(store.creates) == 1


@pytest.mark.parametrize("number", [None, MAX_VERSION])
def test_no_version_is_added_after_the_maximum(store: InterruptedStore, number: int | None) -> None:
    """After the maximum version number, adding a version raises a conflict."""
    journal = journal_on(store)
    journal.add_version("toy", content, MAX_VERSION - 1)
    with pytest.raises(ConflictError, match="another name") as caught:
        journal.add_version("toy", content, number)
    assert (caught.value.expected, caught.value.actual) == (MAX_VERSION, MAX_VERSION - 1)
    assert journal.numbers("toy") == [MAX_VERSION - 1]


def test_a_lost_race_takes_the_next_number(store: InterruptedStore) -> None:
    """If other writers take a number first, the version takes the next free number."""
    other = journal_on(store)
    store.before_create = [
        lambda: other.add_version("toy", lambda n: {"other": n}),
        lambda: None,
        lambda: other.add_version("toy", lambda n: {"other": n}),
    ]
    numbers: list[int] = []
    published: list[str] = []
    record = journal_on(store).add_version(
        "toy", lambda n: numbers.append(n) or content(n), first=lambda: published.append("payload")
    )
    assert (record.number, record.content, numbers) == (3, {"n": 3}, [1, 2, 3])
    assert record.prev == other.read("toy", 2).link()
    assert other.read("toy", 1).content == {"other": 1}
    assert published[-1] == "payload"


def test_a_lost_race_for_a_chosen_number_is_a_conflict(store: InterruptedStore) -> None:
    """A chosen number that another writer takes first raises a conflict."""
    other = journal_on(store)
    store.before_create = [lambda: other.add_version("toy", content, 5)]
    with pytest.raises(ConflictError, match=r"the next number, 6\.") as caught:
        journal_on(store).add_version("toy", content, 5)
    assert (caught.value.expected, caught.value.actual) == (5, 6)
    assert journal_on(store).numbers("toy") == [5]


def test_payloads_are_published_before_the_record(store: InterruptedStore) -> None:
    """Payloads are published before the record, and a failure prevents the record."""
    journal = journal_on(store)
    seen: list[list[int]] = []
    journal.add_version("toy", content, first=lambda: seen.append(journal.numbers("toy")))
    assert seen == [[]]
    with pytest.raises(StoreError, match="disk is full"):
        journal.add_version("toy", content, first=fails(StoreError("the disk is full")))
    assert journal.numbers("toy") == [1]


def test_a_version_is_added_once_if_the_reply_is_lost(store: InterruptedStore) -> None:
    """If the reply of the store is lost, the version is recognized and not added twice."""
    store.after_create = [fails(KeyExistsError("taken"))]
    journal = journal_on(store)
    record = journal.add_version("toy", content)
    assert journal_on(store).numbers("toy") == [1]
    assert journal_on(store).read("toy", 1) == record
    assert journal.add_version("toy", content).prev == record.link()


def test_an_event_is_added_once_if_the_reply_is_lost(store: InterruptedStore) -> None:
    """If the reply of the store is lost, the event is recognized and not added twice."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    store.after_create = [fails(KeyExistsError("taken"))]
    assert texts(journal.append("toy", note("once"), "ada")) == ["once"]
    assert journal_on(store).numbers("toy", EVENT) == [1]


def test_a_failure_after_the_write_is_raised(store: InterruptedStore) -> None:
    """A failure after the write is raised, and a retry sees the written event."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    store.after_create = [fails(StoreError("the share is offline"))]

    def unless_noted(state: Snapshot) -> dict[str, Any] | None:
        return None if texts(state) else note("once")(state)

    with pytest.raises(StoreError, match="share is offline"):
        journal.append("toy", unless_noted, "ada")
    assert texts(journal.append("toy", unless_noted, "ada")) == ["once"]
    assert journal.numbers("toy", EVENT) == [1]


@pytest.mark.parametrize(("theirs", "number"), [("same", 1), ("else", 2)])
def test_the_same_facts_are_one_version(store: InterruptedStore, theirs: str, number: int) -> None:
    """After a lost race to a version with the same facts, this version is returned."""
    other = journal_on(store)
    store.before_create = [lambda: other.add_version("toy", lambda n: {"facts_sha256": theirs})]
    record = journal_on(store).add_version("toy", lambda n: {"facts_sha256": "same"})
    assert record.number == number
    assert other.numbers("toy") == list(range(1, number + 1))
    assert (record == other.read("toy", 1)) == (theirs == "same")


@pytest.mark.parametrize("damage", [b"{", b"changed"], ids=["no JSON", "changed"])
def test_the_chain_skips_damaged_records(store: InterruptedStore, damage: bytes) -> None:
    """A new version is linked to the newest readable version."""
    journal = journal_on(store)
    first, second, _ = [journal.add_version("toy", content) for _ in range(3)]
    if damage == b"changed":
        damage = second.to_bytes().replace(b'"n": 2', b'"n": 9')
    replace(store, version_key("toy", 2), damage)
    replace(store, version_key("toy", 3), b"")
    fourth = journal_on(store).add_version("toy", content)
    assert (fourth.number, fourth.prev) == (4, first.link())
    assert journal_on(store).add_version("toy", content).prev == fourth.link()


def test_the_chain_begins_again_without_readable_records(store: InterruptedStore) -> None:
    """Without a readable version, a new version has no predecessor."""
    journal_on(store).add_version("toy", content)
    replace(store, version_key("toy", 1), b"")
    record = journal_on(store).add_version("toy", content)
    assert (record.number, record.prev) == (2, None)


def test_the_newest_version_is_read_once(store: InterruptedStore) -> None:
    """A writer reads the newest version of other writers once, and never its own versions."""
    journal_on(store).add_version("toy", content)
    journal = journal_on(store)
    for _ in range(2):
        with pytest.raises(ConflictError):
            journal.add_version("toy", content, 1)
    for _ in range(2):
        journal.add_version("toy", content)
    assert store.reads == [version_key("toy", 1)]


def test_an_event_has_author_time_and_predecessor(store: InterruptedStore) -> None:
    """An event has an author, a time and a predecessor, and is numbered apart from versions."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    journal.append("toy", note("a"), "ada")
    state = journal.append("toy", note("b"), "bob").state
    assert [(n.text, n.author, n.created_at) for n in state.of(1).notes] == [
        ("a", "ada", AT),
        ("b", "bob", AT),
    ]
    first, second = (journal.read("toy", number, EVENT) for number in (1, 2))
    assert chain([first, second]) == [None, first.link()]
    assert first.content == {**note("a")(journal.snapshot("toy")), "at": encode(AT), "actor": "ada"}
    assert state.last == second


def test_a_lost_race_decides_again(store: InterruptedStore) -> None:
    """After a lost race, an event is decided again with the event of the other writer."""
    journal, other = journal_on(store), journal_on(store)
    journal.add_version("toy", content)
    other.flush_record(other.read("toy", 1))
    store.before_create = [lambda: other.append("toy", note("theirs"), "bob")]
    seen: list[list[str]] = []
    state = journal.append(
        "toy", lambda state: seen.append(texts(state)) or note(f"after {len(seen)}")(state), "ada"
    )
    assert seen == [[], ["theirs"]]
    assert texts(state) == ["theirs", "after 2"]
    assert chain([journal.read("toy", 2, EVENT)]) == [journal.read("toy", 1, EVENT).link()]


def test_a_lost_race_can_need_no_event(store: InterruptedStore) -> None:
    """After a lost race, the decision can be to add no event."""
    journal, other = journal_on(store), journal_on(store)
    journal.add_version("toy", content)
    other.flush_record(other.read("toy", 1))
    store.before_create = [lambda: other.append("toy", note("done"), "bob")]
    state = journal.append("toy", lambda s: None if texts(s) else note("mine")(s), "ada")
    assert texts(state) == ["done"]
    assert journal.numbers("toy", EVENT) == [1]


@pytest.mark.parametrize("before", [0, 1])
def test_a_lost_race_between_threads_decides_again(store: InterruptedStore, before: int) -> None:
    """Threads that share a journal decide again after a lost race."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    for _ in range(before):
        journal.append("toy", note("before"), "ada")
    seen: list[int] = []

    def decide(state: Snapshot) -> dict[str, Any]:
        seen.append(len(texts(state)))
        if len(seen) == 1:
            other = threading.Thread(target=journal.append, args=("toy", note("theirs"), "bob"))
            other.start()
            other.join()
        return {"action": "note", "version": 1, "text": f"after {seen[-1]}"}

    state = journal.append("toy", decide, "ada")
    assert seen == [before, before + 1]
    assert texts(state) == ["before"] * before + ["theirs", f"after {before + 1}"]


@IN_FOLDER
def test_without_an_event_the_last_one_is_flushed(store: InterruptedStore) -> None:
    """A decision for no event returns the state and flushes the last event to disk."""
    other = journal_on(store)
    other.add_version("toy", content)
    assert other.append("toy", lambda _: None, "ada").state == ModelState()
    other.append("toy", note("a"), "ada")
    store.creates.clear()
    state = journal_on(store).append("toy", lambda _: None, "ada")
    assert texts(state) == ["a"]
    assert [key for key, _, _ in store.creates] == [event_key("toy", 1)]
    assert other.numbers("toy", EVENT) == [1]


def test_what_was_written_is_not_read_again(store: InterruptedStore) -> None:
    """The state after an event is kept, also outside of a block."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    journal.append("toy", note("a"), "ada")
    store.reads.clear()
    assert texts(journal.state("toy")) == ["a"]
    assert store.reads == []


def test_a_block_keeps_what_is_written_in_it(store: InterruptedStore) -> None:
    """Within a block, a new record is not read, and the newest snapshot has the event."""
    journal = journal_on(store)
    with journal.consistent_reads():
        first = journal.generation()
        record = journal.add_version("toy", content)
        assert journal.generation() is not first
        assert journal.read("toy", 1) is record
        after = journal.append("toy", note("a"), "ada")
        assert journal.snapshot("toy") is after
        store.reads.clear()
        assert journal.read("toy", 1, EVENT).content["text"] == "a"
        assert store.reads == []


def test_an_error_of_the_decision_is_raised(store: InterruptedStore) -> None:
    """An error of the decision is raised, and no event is added."""
    journal = journal_on(store)
    with pytest.raises(ConflictError, match="no"):
        journal.append("toy", lambda _: fails(ConflictError("no"))(), "ada")
    assert store.creates == []


@IN_FOLDER
@pytest.mark.parametrize("kind", KINDS)
def test_records_of_others_are_flushed_once(store: InterruptedStore, kind: str) -> None:
    """A record of another kernel is flushed once, by creating it again."""
    other = journal_on(store)
    other.add_version("toy", content)
    other.append("toy", note("a"), "ada")
    record = other.read("toy", 1, kind)
    store.creates.clear()
    journal = journal_on(store)
    for _ in range(2):
        journal.flush_record(journal.read("toy", 1, kind))
    assert store.creates == [(record.key, record.to_bytes(), tmp_folder("toy"))]
    assert other.read("toy", 1, kind) == record


@IN_FOLDER
def test_a_failed_flush_is_repeated(store: InterruptedStore) -> None:
    """A failure to flush a record is raised, and the next call tries again."""
    journal_on(store).add_version("toy", content)
    journal = journal_on(store)
    store.before_create = [fails(StoreError("the share is offline"))]
    with pytest.raises(StoreError, match="share is offline"):
        journal.flush_record(journal.read("toy", 1))
    journal.flush_record(journal.read("toy", 1))
    assert len(store.creates) == 3


def test_missing_and_changed_records_are_not_flushed(store: InterruptedStore) -> None:
    """A missing or changed record raises an error and is not flushed."""
    journal = journal_on(store)
    with pytest.raises(MissingKeyError):
        journal.flush_record(journal.read("toy", 1))
    data = journal.add_version("toy", content).to_bytes()
    replace(store, version_key("toy", 1), data.replace(b'"n": 1', b'"n": 9'))
    with pytest.raises(IntegrityError):
        journal_on(store).read("toy", 1)
    assert len(store.creates) == 1


@IN_FOLDER
def test_a_version_is_flushed_before_its_event(store: InterruptedStore) -> None:
    """A version of another kernel is flushed before an event refers to it."""
    journal_on(store).add_version("toy", content)
    journal = journal_on(store)
    journal.add_version("toy", content)
    store.creates.clear()
    journal.append("toy", lambda _: {"action": "delete", "version": 1}, "ada")
    journal.append("toy", lambda _: {"action": "delete", "version": 2}, "ada")
    keys = [version_key("toy", 1), event_key("toy", 1), event_key("toy", 2)]
    assert [key for key, _, _ in store.creates] == keys
    with pytest.raises(VersionNotFoundError):
        journal.append("toy", lambda _: {"action": "delete", "version": 3}, "ada")
    assert journal.numbers("toy", EVENT) == [1, 2]


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_durable_record_is_not_flushed(store: InterruptedStore) -> None:
    """A record that is durable as soon as it can be read is not created again."""
    journal_on(store).add_version("toy", content)
    journal = journal_on(store)
    journal.append("toy", note("a"), "ada")
    journal.append("toy", lambda _: None, "ada")
    keys = [version_key("toy", 1), event_key("toy", 1)]
    assert [key for key, _, _ in store.creates] == keys


def test_a_listing_of_the_caller_is_used() -> None:
    """Numbers that were just listed are not listed again, unless another writer was faster."""
    store = FlatStore()
    journal, other = journal_on(store), journal_on(store)
    journal.add_version("toy", content, listed=[])
    store.requests.clear()
    assert journal.add_version("toy", content, listed=[1]).number == 2
    assert store.requests == {"PUT": 1}
    assert other.add_version("toy", content, listed=[1]).number == 3
    assert journal.read("toy", 3).prev == journal.read("toy", 2).link()


def test_a_lost_race_takes_few_requests() -> None:
    """The record that was faster is read once, and only later numbers are listed."""
    store = FlatStore()
    journal, other = journal_on(store), journal_on(store)
    journal.add_version("toy", content)
    store.requests.clear()
    assert other.add_version("toy", content, listed=[]).number == 2
    assert store.requests == {"PUT": 2, "GET": 1, "LIST": 1}


def test_own_records_are_not_requested() -> None:
    """A version and an event that this process wrote are not read back."""
    store = FlatStore()
    journal = journal_on(store)
    record = journal.add_version("toy", content)
    journal.append("toy", note("a"), "ada")
    store.requests.clear()
    assert journal.read("toy", 1).check == journal.skim("toy", 1).check == record.check
    assert journal.read("toy", 1, EVENT).content["text"] == "a"
    assert texts(journal.state("toy")) == ["a"]
    assert store.requests == {"LIST": 1}


def test_flush_record_flushes_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of a record is flushed to disk."""
    journal_on(LocalStore(tmp_path, durable=False)).add_version("toy", content)
    flushed: list[Path] = []
    monkeypatch.setattr(OpenFolder, "sync", lambda folder: flushed.append(Path(folder.path)))
    journal = journal_on(LocalStore(tmp_path))
    journal.flush_record(journal.read("toy", 1))
    assert flushed[-1] == tmp_path / "models" / "toy" / "versions"


def test_a_read_only_registry_is_not_changed(store: InterruptedStore) -> None:
    """If writing is not allowed, the journal is read, but records are not decided or created."""
    writer = journal_on(store)
    writer.add_version("toy", content)
    writer.append("toy", note("a"), "ada")
    store.creates.clear()
    journal = journal_on(store, require_writable=fails(RecordError("read only")))
    with pytest.raises(RecordError, match="read only"):
        journal.add_version("toy", fails(AssertionError()), first=fails(AssertionError()))
    for decide in (note("b"), lambda _: None):
        with pytest.raises(RecordError, match="read only"):
            journal.append("toy", decide, "ada")
    assert store.creates == []
    assert texts(journal.state("toy")) == ["a"]


STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(["version", "event"]), st.booleans()), max_size=12
)


@given(STEPS)
def test_racing_writers_have_one_history(steps: list[tuple[int, str, bool]]) -> None:
    """Records of racing writers have no gaps, complete chains and one state."""
    store = InterruptedStore(MemoryStore())
    journals = [journal_on(store), journal_on(store)]
    journals[0].add_version("toy", content)
    journals[1].flush_record(journals[1].read("toy", 1))

    def act(writer: int, what: str) -> None:
        if what == "version":
            journals[writer].add_version("toy", content)
        else:
            count = len(texts(journals[writer].state("toy")))
            journals[writer].append("toy", lambda s: note(str(len(texts(s))))(s), "ada")
            assert len(texts(journals[writer].state("toy"))) > count

    for writer, what, raced in steps:
        if raced:
            store.before_create = [lambda w=writer, a=what: act(1 - w, a)]
        act(writer, what)
    done = {kind: sum(1 + raced for _, what, raced in steps if what == kind) for kind in KINDS}
    for kind in KINDS:
        numbers = journals[0].numbers("toy", kind)
        records = [journals[0].read("toy", number, kind) for number in numbers]
        assert numbers == list(range(1, done[kind] + 1 + (kind == VERSION)))
        assert chain(records) == [None, *(record.link() for record in records)][: len(records)]
    whole = fold(journals[0].read("toy", n, EVENT) for n in journals[0].numbers("toy", EVENT))
    assert texts(whole) == [str(n) for n in range(done[EVENT])]
    assert journals[0].state("toy") == journals[1].state("toy") == whole
