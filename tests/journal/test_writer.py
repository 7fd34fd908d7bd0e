"""How versions and events are added: in order, once, each on what was there before."""

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

Decide = Callable[[Snapshot], dict[str, Any] | None]
KINDS = (VERSION, EVENT)


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> InterruptedStore:
    """Return an empty store, in memory or in a folder."""
    place = MemoryStore() if request.param == "memory" else LocalStore(tmp_path, durable=False)
    return InterruptedStore(place)


def content(number: int) -> dict[str, Any]:
    """Return what a version says."""
    return {"n": number}


def note(text: str) -> Decide:
    """Return a decision for a note, whatever was there before."""
    return lambda _: {"action": "note", "version": 1, "text": text}


def texts(seen: ModelState | Snapshot) -> list[str]:
    """Return the notes of version 1."""
    state = seen.state if isinstance(seen, Snapshot) else seen
    return [one.text for one in state.of(1).notes]


def chain(records: list[Record]) -> list[Any]:
    """Return what each record says of the one before it."""
    return [record.prev for record in records]


def test_versions_are_numbered_sealed_and_chained(store: InterruptedStore) -> None:
    """Versions are 1, 2, 3, each signed, each naming the one before, and read back as written."""
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


def test_models_are_numbered_apart(store: InterruptedStore) -> None:
    """The first version of a model is 1 and follows nothing, whatever other models hold."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    other = journal.add_version("other", content)
    assert (other.number, other.prev, other.model) == (1, None, "other")


def test_a_number_may_be_chosen_above_all_others(store: InterruptedStore) -> None:
    """Numbers may be skipped: the chain goes on over the gap, and so does the count."""
    journal = journal_on(store)
    records = [journal.add_version("toy", content, number) for number in (3, 7, None)]
    assert journal.numbers("toy") == [3, 7, 8]
    assert chain(records) == [None, records[0].link(), records[1].link()]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_number_is_never_used_again(store: InterruptedStore, number: int) -> None:
    """A number that is not above all others is refused with the next one, and changes nothing."""
    journal = journal_on(store)
    journal.add_version("toy", content, 3)
    with pytest.raises(ConflictError, match=rf"toy:{number} .* the next is 4\.") as caught:
        journal.add_version("toy", content, number)
    assert (caught.value.expected, caught.value.actual) == (number, 4)
    assert journal.numbers("toy") == [3]
    assert len(store.creates) == 1


@pytest.mark.parametrize("number", [None, MAX_VERSION])
def test_numbers_come_to_an_end(store: InterruptedStore, number: int | None) -> None:
    """After the greatest number that a reference can name, there is none."""
    journal = journal_on(store)
    journal.add_version("toy", content, MAX_VERSION - 1)
    with pytest.raises(ConflictError, match="another name") as caught:
        journal.add_version("toy", content, number)
    assert (caught.value.expected, caught.value.actual) == (MAX_VERSION, MAX_VERSION - 1)
    assert journal.numbers("toy") == [MAX_VERSION - 1]


def test_the_loser_of_a_number_takes_the_next(store: InterruptedStore) -> None:
    """However often others are faster, the version follows theirs and says its own number."""
    other = journal_on(store)
    store.before_create = [
        lambda: other.add_version("toy", lambda n: {"other": n}),
        lambda: None,
        lambda: other.add_version("toy", lambda n: {"other": n}),
    ]
    asked: list[int] = []
    done: list[str] = []
    record = journal_on(store).add_version(
        "toy", lambda n: asked.append(n) or content(n), first=lambda: done.append("payload")
    )
    assert (record.number, record.content, asked) == (3, {"n": 3}, [1, 2, 3])
    assert record.prev == other.read("toy", 2).link()
    assert other.read("toy", 1).content == {"other": 1}
    assert done[-1] == "payload"


def test_the_loser_of_a_chosen_number_is_told(store: InterruptedStore) -> None:
    """A number that another writer took meanwhile is a conflict, never another number."""
    other = journal_on(store)
    store.before_create = [lambda: other.add_version("toy", content, 5)]
    with pytest.raises(ConflictError, match=r"the next is 6\.") as caught:
        journal_on(store).add_version("toy", content, 5)
    assert (caught.value.expected, caught.value.actual) == (5, 6)
    assert journal_on(store).numbers("toy") == [5]


def test_a_payload_is_there_before_its_record(store: InterruptedStore) -> None:
    """What a record names is published first, and if that fails there is no record."""
    journal = journal_on(store)
    seen: list[list[int]] = []
    journal.add_version("toy", content, first=lambda: seen.append(journal.numbers("toy")))
    assert seen == [[]]
    with pytest.raises(StoreError, match="disk is full"):
        journal.add_version("toy", content, first=fails(StoreError("the disk is full")))
    assert journal.numbers("toy") == [1]


def test_a_version_whose_acknowledgement_was_lost_is_known_again(store: InterruptedStore) -> None:
    """A record that the place says is taken, and that is our own, is not written twice."""
    store.after_create = [fails(KeyExistsError("taken"))]
    journal = journal_on(store)
    record = journal.add_version("toy", content)
    assert journal_on(store).numbers("toy") == [1]
    assert journal_on(store).read("toy", 1) == record
    assert journal.add_version("toy", content).prev == record.link()


def test_an_event_whose_acknowledgement_was_lost_is_known_again(store: InterruptedStore) -> None:
    """It is decided once and happens once."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    store.after_create = [fails(KeyExistsError("taken"))]
    assert texts(journal.append("toy", note("once"), "ada")) == ["once"]
    assert journal_on(store).numbers("toy", EVENT) == [1]


def test_a_place_that_fails_after_the_write_is_told(store: InterruptedStore) -> None:
    """The failure is raised as it is, and whoever tries again decides on what was written."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    store.after_create = [fails(StoreError("the share is gone"))]

    def unless_there(state: Snapshot) -> dict[str, Any] | None:
        return None if texts(state) else note("once")(state)

    with pytest.raises(StoreError, match="share is gone"):
        journal.append("toy", unless_there, "ada")
    assert texts(journal.append("toy", unless_there, "ada")) == ["once"]
    assert journal.numbers("toy", EVENT) == [1]


@pytest.mark.parametrize(("theirs", "number"), [("same", 1), ("else", 2)])
def test_the_same_facts_are_one_version(store: InterruptedStore, theirs: str, number: int) -> None:
    """Whoever loses a number to a version with the very same facts takes that for its own."""
    other = journal_on(store)
    store.before_create = [lambda: other.add_version("toy", lambda n: {"facts_sha256": theirs})]
    record = journal_on(store).add_version("toy", lambda n: {"facts_sha256": "same"})
    assert record.number == number
    assert other.numbers("toy") == list(range(1, number + 1))
    assert (record == other.read("toy", 1)) == (theirs == "same")


@pytest.mark.parametrize("damage", [b"{", b"changed"], ids=["no JSON", "changed"])
def test_the_chain_goes_past_what_cannot_be_read(store: InterruptedStore, damage: bytes) -> None:
    """A new version follows the newest one that is whole, and takes a number above all."""
    journal = journal_on(store)
    first, second, _ = [journal.add_version("toy", content) for _ in range(3)]
    if damage == b"changed":
        damage = second.to_bytes().replace(b'"n": 2', b'"n": 9')
    replace(store, version_key("toy", 2), damage)
    replace(store, version_key("toy", 3), b"")
    fourth = journal_on(store).add_version("toy", content)
    assert (fourth.number, fourth.prev) == (4, first.link())
    assert journal_on(store).add_version("toy", content).prev == fourth.link()


def test_the_chain_begins_again_if_nothing_can_be_read(store: InterruptedStore) -> None:
    """Without any whole version before it, a version follows none."""
    journal_on(store).add_version("toy", content)
    replace(store, version_key("toy", 1), b"")
    record = journal_on(store).add_version("toy", content)
    assert (record.number, record.prev) == (2, None)


def test_the_newest_version_is_read_once(store: InterruptedStore) -> None:
    """A kernel that adds many versions reads none of its own, and each of others once."""
    journal_on(store).add_version("toy", content)
    journal = journal_on(store)
    for _ in range(2):
        with pytest.raises(ConflictError):
            journal.add_version("toy", content, 1)
    for _ in range(2):
        journal.add_version("toy", content)
    assert store.reads == [version_key("toy", 1)]


def test_an_event_says_when_and_who_and_what_was_before(store: InterruptedStore) -> None:
    """Events are numbered from 1 and chained apart from versions, and the new state is returned."""
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


def test_an_event_is_decided_again_on_what_another_writer_did(store: InterruptedStore) -> None:
    """The loser of a race sees the winner's event before it decides: nothing is overwritten."""
    journal, other = journal_on(store), journal_on(store)
    journal.add_version("toy", content)
    other.confirm(other.read("toy", 1))
    store.before_create = [lambda: other.append("toy", note("theirs"), "bob")]
    told: list[list[str]] = []
    state = journal.append(
        "toy", lambda state: told.append(texts(state)) or note(f"after {len(told)}")(state), "ada"
    )
    assert told == [[], ["theirs"]]
    assert texts(state) == ["theirs", "after 2"]
    assert chain([journal.read("toy", 2, EVENT)]) == [journal.read("toy", 1, EVENT).link()]


def test_the_loser_may_have_nothing_left_to_do(store: InterruptedStore) -> None:
    """An event that another writer made needless does not happen."""
    journal, other = journal_on(store), journal_on(store)
    journal.add_version("toy", content)
    other.confirm(other.read("toy", 1))
    store.before_create = [lambda: other.append("toy", note("done"), "bob")]
    state = journal.append("toy", lambda s: None if texts(s) else note("mine")(s), "ada")
    assert texts(state) == ["done"]
    assert journal.numbers("toy", EVENT) == [1]


@pytest.mark.parametrize("before", [0, 1])
def test_a_thread_decides_again_on_what_another_thread_did(
    store: InterruptedStore, before: int
) -> None:
    """Threads that share a journal lose races like strangers, and see each other's events."""
    journal = journal_on(store)
    journal.add_version("toy", content)
    for _ in range(before):
        journal.append("toy", note("before"), "ada")
    told: list[int] = []

    def decide(state: Snapshot) -> dict[str, Any]:
        told.append(len(texts(state)))
        if len(told) == 1:
            other = threading.Thread(target=journal.append, args=("toy", note("theirs"), "bob"))
            other.start()
            other.join()
        return {"action": "note", "version": 1, "text": f"after {told[-1]}"}

    state = journal.append("toy", decide, "ada")
    assert told == [before, before + 1]
    assert texts(state) == ["before"] * before + ["theirs", f"after {before + 1}"]


def test_no_event_is_appended_for_nothing(store: InterruptedStore) -> None:
    """A decision for nothing returns the state, and the event it relies on is made to last."""
    other = journal_on(store)
    other.add_version("toy", content)
    assert other.append("toy", lambda _: None, "ada").state == ModelState()
    other.append("toy", note("a"), "ada")
    store.creates.clear()
    state = journal_on(store).append("toy", lambda _: None, "ada")
    assert texts(state) == ["a"]
    assert [key for key, _, _ in store.creates] == [event_key("toy", 1)]
    assert other.numbers("toy", EVENT) == [1]


def test_a_decision_may_refuse(store: InterruptedStore) -> None:
    """What the decision raises is raised, and nothing happens."""
    journal = journal_on(store)
    with pytest.raises(ConflictError, match="no"):
        journal.append("toy", lambda _: fails(ConflictError("no"))(), "ada")
    assert store.creates == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_others_wrote_is_confirmed_once(store: InterruptedStore, kind: str) -> None:
    """A record of another kernel is offered to the place again, as it is, before it is used."""
    other = journal_on(store)
    other.add_version("toy", content)
    other.append("toy", note("a"), "ada")
    record = other.read("toy", 1, kind)
    store.creates.clear()
    journal = journal_on(store)
    for _ in range(2):
        journal.confirm(journal.read("toy", 1, kind))
    assert store.creates == [(record.key, record.to_bytes(), tmp_folder("toy"))]
    assert other.read("toy", 1, kind) == record


def test_a_confirmation_that_failed_is_tried_again(store: InterruptedStore) -> None:
    """A place that fails is told, and the record does not pass for confirmed."""
    journal_on(store).add_version("toy", content)
    journal = journal_on(store)
    store.before_create = [fails(StoreError("the share is gone"))]
    with pytest.raises(StoreError, match="share is gone"):
        journal.confirm(journal.read("toy", 1))
    journal.confirm(journal.read("toy", 1))
    assert len(store.creates) == 3


def test_what_is_not_whole_is_not_confirmed(store: InterruptedStore) -> None:
    """Neither what is not there nor what was changed can be relied on."""
    journal = journal_on(store)
    with pytest.raises(MissingKeyError):
        journal.confirm(journal.read("toy", 1))
    data = journal.add_version("toy", content).to_bytes()
    replace(store, version_key("toy", 1), data.replace(b'"n": 1', b'"n": 9'))
    with pytest.raises(IntegrityError):
        journal_on(store).read("toy", 1)
    assert len(store.creates) == 1


def test_a_version_lasts_before_an_event_names_it(store: InterruptedStore) -> None:
    """The version of another kernel is confirmed before the event, and one's own need not be."""
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


def test_confirming_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a record whose writer was killed is flushed to the disk."""
    journal_on(LocalStore(tmp_path, durable=False)).add_version("toy", content)
    flushed: list[Path] = []
    monkeypatch.setattr(
        "exo_nbregistry.store.local.sync_folder", lambda folder: flushed.append(Path(folder))
    )
    journal = journal_on(LocalStore(tmp_path))
    journal.confirm(journal.read("toy", 1))
    assert flushed == [tmp_path / "models" / "toy" / "versions"]


def test_what_must_not_be_written_is_only_read(store: InterruptedStore) -> None:
    """Where this release may not write, nothing is decided, published or created."""
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
def test_two_writers_leave_one_whole_history(steps: list[tuple[int, str, bool]]) -> None:
    """However two kernels race, numbers have no gap, chains no break, and both see the same."""
    store = InterruptedStore(MemoryStore())
    journals = [journal_on(store), journal_on(store)]
    journals[0].add_version("toy", content)
    journals[1].confirm(journals[1].read("toy", 1))

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
