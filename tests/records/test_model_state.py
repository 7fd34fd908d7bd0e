"""The state of a model after its events."""

from __future__ import annotations

import dataclasses
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.event_signer import OWN
from exo_nbregistry.records.model_state import ACTIVE, DELETED, PURGED, ModelState, fold
from exo_nbregistry.records.record import EVENT, Record, seal
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.values.json_codec import encode

NOW = {"at": encode(datetime(2026, 1, 1, tzinfo=UTC)), "actor": "ada"}
ARTIFACT = {"format": "txt", "sha256": "a" * 64, "size_bytes": 1, "kind": "text"}
UNKNOWN = SignerStatus("unknown", "b" * 16)
VERSIONS = st.integers(1, 3)
ALIASES = st.sampled_from(["champion", "challenger"])
NAMES = st.sampled_from(["a", "b"])


def _event(action: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"action": st.just(action)} | parts)


MOVES = st.one_of(
    _event("alias", alias=ALIASES, version=VERSIONS, protected=st.booleans()),
    _event("rollback", alias=ALIASES, version=VERSIONS, protected=st.booleans()),
    _event("unalias", alias=ALIASES),
)
CHANGES = st.one_of(
    _event("tag", version=VERSIONS, tags=st.dictionaries(NAMES, st.integers(), max_size=2)),
    _event("untag", version=VERSIONS, names=st.lists(NAMES, max_size=2)),
    _event("note", version=VERSIONS, text=NAMES),
    _event(
        "metrics",
        version=VERSIONS,
        metrics=st.dictionaries(NAMES, st.floats(0, 1), min_size=1),
        measured_at=st.datetimes(timezones=st.just(UTC)).map(encode),
    ),
    _event("attach", version=VERSIONS, name=NAMES, artifact=st.just(ARTIFACT)),
    _event("delete", version=VERSIONS),
    _event("restore", version=VERSIONS),
    _event("purge", version=VERSIONS),
)
JOURNALS = st.lists(MOVES | CHANGES | _event("weigh", version=VERSIONS), max_size=20)


def sealed(events: list[dict[str, Any]]) -> list[Record]:
    """Return events as a journal holds them."""
    records: list[Record] = []
    for number, event in enumerate(events, 1):
        records.append(
            seal(
                key=f"e{number}",
                kind=EVENT,
                model="m",
                number=number,
                content=NOW | event,
                prev=records[-1] if records else None,
                txn=str(number),
                sign=lambda _: None,
            )
        )
    return records


def fields_of(state: ModelState) -> Any:
    """Return all fields of a state."""
    before = [state.before(alias) for alias in ("champion", "challenger")]
    return state.last, state.facts, state.moves, state.aliases(), before


def vars_of(state: ModelState) -> dict[str, Any]:
    """Return all attributes of a state, also those that are not compared."""
    found = {item.name: getattr(state, item.name) for item in dataclasses.fields(state)}
    facts = {
        number: {item.name: getattr(each, item.name) for item in dataclasses.fields(each)}
        for number, each in state.facts.items()
    }
    return found | {"facts": facts}


@given(JOURNALS, st.data())
def test_a_journal_may_be_read_in_parts(events: list[dict[str, Any]], data: st.DataObject) -> None:
    """Applying events in two parts gives the same state as applying them together."""
    records = sealed(events)
    state = fold(records[: data.draw(st.integers(0, len(records)))])
    seen = state.last.number if state.last else 0
    for record in records[seen:]:
        state.apply(record)
    assert fields_of(state) == fields_of(fold(records))


@given(JOURNALS, st.lists(st.booleans(), min_size=20, max_size=20))
def test_no_later_event_changes_a_state(events: list[dict[str, Any]], trusted: list[bool]) -> None:
    """A copy of a state follows more events, and neither the state nor its facts change."""
    states, before = [ModelState()], [deepcopy(ModelState())]
    for record, is_trusted in zip(sealed(events), trusted, strict=False):
        state = states[-1].copy()
        state.apply(record, OWN if is_trusted else UNKNOWN)
        states.append(state)
        before.append(deepcopy(state))
    assert [vars_of(state) for state in states] == [vars_of(state) for state in before]


@given(JOURNALS)
def test_two_copies_of_a_state_are_independent(events: list[dict[str, Any]]) -> None:
    """Readers that follow different events from one state do not see each other's."""
    records = sealed(events)
    half = len(records) // 2
    common = fold(records[:half])
    left, right = common.copy(), common.copy()
    for record in records[half:]:
        left.apply(record)
    assert vars_of(right) == vars_of(common) == vars_of(fold(records[:half]))
    assert vars_of(left) == vars_of(fold(records))


@given(st.lists(MOVES, max_size=10), st.lists(CHANGES, max_size=10), st.data())
def test_moves_and_changes_do_not_touch_each_other(
    moves: list[dict[str, Any]], changes: list[dict[str, Any]], data: st.DataObject
) -> None:
    """However the two kinds of event are interleaved, aliases and facts are the same."""
    order = data.draw(st.permutations([True] * len(moves) + [False] * len(changes)))
    parts = {True: iter(moves), False: iter(changes)}
    mixed = fold(sealed([next(parts[kind]) for kind in order]))
    apart = fold(sealed(moves + changes))
    assert mixed.facts == apart.facts
    assert {a: m.version for a, m in mixed.aliases().items()} == {
        a: m.version for a, m in apart.aliases().items()
    }


@given(JOURNALS)
def test_an_alias_points_at_one_version_or_none(events: list[dict[str, Any]]) -> None:
    """The aliases of all versions are the aliases that point somewhere, each once."""
    state = fold(sealed(events))
    listed = [(alias, v) for v in (1, 2, 3) for alias in state.aliases_of(v)]
    assert sorted(listed) == sorted((a, m.version) for a, m in state.aliases().items())
    assert [move.number for move in state.moves] == sorted(move.number for move in state.moves)


@given(JOURNALS, VERSIONS)
def test_what_was_purged_stays_purged(events: list[dict[str, Any]], version: int) -> None:
    """No event after it brings a purged version back."""
    purge = {"action": "purge", "version": version}
    assert fold(sealed([purge, *events])).of(version).status == PURGED


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        ([], ACTIVE),
        (["delete"], DELETED),
        (["delete", "delete", "restore"], ACTIVE),
        (["restore"], ACTIVE),
        (["delete", "purge", "restore"], PURGED),
        (["purge", "delete"], PURGED),
    ],
)
def test_a_status_follows_its_events(actions: list[str], status: str) -> None:
    """Delete and restore undo each other, purge is the end, and repeating changes nothing."""
    state = fold(sealed([{"action": action, "version": 1} for action in actions]))
    assert state.of(1).status == status
    assert state.of(2).status == ACTIVE


@given(JOURNALS, VERSIONS)
def test_later_metrics_are_sorted_by_time(events: list[dict[str, Any]], version: int) -> None:
    """Later metrics are sorted by the time of measurement, not by the order of the events."""
    times = [later.at for later in fold(sealed(events)).of(version).later_metrics]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "fields",
    [
        {"metrics": {"f1": "good"}},
        {"metrics": {"f1": True}},
        {"metrics": [0.9]},
        {"metrics": {"f1": 0.9}, "on": 3},
        {"metrics": {"f1": 0.9}, "measured_at": "2026"},
        {"metrics": {"f1": 0.9}, "measured_at": {"$datetime": "2026-01-01T00:00:00"}},
        {},
    ],
)
def test_an_invalid_measurement_is_a_damaged_event(fields: dict[str, Any]) -> None:
    """An event with metrics that are not numbers, or without a time in UTC, is damaged."""
    with pytest.raises(RecordError, match="not a valid event"):
        fold(sealed([{"action": "metrics", "version": 1} | fields]))


def test_a_rollback_goes_one_move_back() -> None:
    """It undoes the last move, an unalias too, and what it undid is no longer before it."""
    moves: list[dict[str, Any]] = [
        {"action": "alias", "alias": "champion", "version": 1},
        {"action": "alias", "alias": "champion", "version": 2},
        {"action": "unalias", "alias": "champion"},
    ]
    state = fold(sealed(moves))
    before = state.before("champion")
    assert state.alias("champion") is None
    assert before is not None
    assert before.version == 2
    state = fold(sealed([*moves, {"action": "rollback", "alias": "champion", "version": 2}]))
    now, before = state.alias("champion"), state.before("champion")
    assert now is not None
    assert before is not None
    assert (now.version, now.number, before.version) == (2, 4, 1)


def test_a_tag_that_was_removed_is_known_as_removed() -> None:
    """The value of a removed tag is None, so that a tag of the record is removed too."""
    events = [
        {"action": "tag", "version": 1, "tags": {"a": 1, "b": {"$float": "nan"}}},
        {"action": "untag", "version": 1, "names": ["a", "c"]},
    ]
    tags = fold(sealed(events)).of(1).tags
    assert tags["a"] is tags["c"] is None
    assert tags["b"] != tags["b"]


def test_an_event_of_a_newer_release_is_ignored_but_counted() -> None:
    """An action that is not known is passed over, and the next event follows it."""
    state = fold(sealed([{"action": "weigh", "version": 1, "kg": 3}]))
    assert state.last is not None
    assert (state.last.number, state.facts, state.moves) == (1, {}, [])


@pytest.mark.parametrize(
    "event",
    [
        {"action": "alias", "version": 1},
        {"action": "alias", "alias": "champion"},
        {"action": "rollback", "alias": "v3", "version": 1},
        {"action": "unalias", "alias": None},
        {"action": "delete"},
        {"action": "purge", "version": "1"},
        {"action": "tag", "version": 1, "tags": 5},
        {"action": "untag", "version": 1, "names": None},
        {"action": "note", "version": [], "text": "x"},
        {"action": "note", "version": 1, "text": "x", "at": "2026"},
        {"action": "alias", "alias": "champion", "version": 1, "actor": 5},
        {"action": "attach", "version": 1, "name": "x", "artifact": ARTIFACT, "at": "2026"},
        {"action": "attach", "version": 1, "name": "x", "artifact": ARTIFACT, "actor": None},
        {"action": "attach", "version": 1, "name": "x", "artifact": None},
    ],
    ids=str,
)
def test_an_event_that_cannot_be_followed_is_refused_each_time(event: dict[str, Any]) -> None:
    """It is named, and it is not passed over when the journal is read again."""
    state = ModelState()
    (record,) = sealed([event])
    for _ in range(2):
        with pytest.raises(RecordError, match="e1 is not a valid event"):
            state.apply(record)
    assert state.last is None


def test_nothing_happened_yet() -> None:
    """A model without a journal has active versions and no alias."""
    state = fold([])
    assert (state.last, state.aliases(), state.before("champion")) == (None, {}, None)
    assert state.of(7).status == ACTIVE
