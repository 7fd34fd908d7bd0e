"""Metadata of a version from its record and its journal."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.describe import describe, journal_fields, metadata_of
from exo_nbregistry.records.metadata import ModelMetadata, Note
from exo_nbregistry.records.model_state import ModelState, fold
from exo_nbregistry.records.record import VERSION, Record, seal
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.plain_values import to_plain_tags
from tests.records.test_model_state import CHANGES, MOVES, sealed
from tests.sample_values import VALUES
from tests.tamper import reseal

MINIMAL = {
    "model_id": "toy:1",
    "model_name": "Toy",
    "version": 1,
    "created_at": encode(datetime(2026, 1, 1, tzinfo=UTC)),
}


def version(keyring: Keyring | None = None, **content: Any) -> Record:
    """Return the record of toy:1."""
    return seal(
        key="v1",
        kind=VERSION,
        model="toy",
        number=1,
        content=MINIMAL | content,
        prev=None,
        txn="t",
        sign=keyring.sign if keyring else lambda _: None,
    )


def state_after(*events: dict[str, Any]) -> ModelState:
    """Return the state after events."""
    return fold(sealed(list(events)))


def event(action: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return an event about a version."""
    return {"action": action, "version": number, **fields}


def test_without_a_journal_the_record_has_all_fields() -> None:
    """A version without events is active and has only its own tags."""
    metadata = describe(version(tags={"team": "vetting"}, metrics={"f1": 0.9}), ModelState())
    assert metadata == ModelMetadata(
        model_id="toy:1",
        model_name="Toy",
        version=1,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        tags={"team": "vetting"},
        metrics={"f1": 0.9},
    )
    assert (metadata.aliases, metadata.notes, metadata.status) == ((), (), "active")


def test_tags_of_the_journal_go_over_those_of_the_record() -> None:
    """They are added, replaced and removed, and the last word counts."""
    record = version(tags={"kept": 1, "changed": 1, "gone": True, "back": True})
    state = state_after(
        event("tag", tags={"changed": 2, "new": True, "short": 1}),
        event("untag", names=["gone", "back", "short", "unknown"]),
        event("tag", tags={"back": "again"}),
        event("tag", 2, tags={"other": True}),
    )
    tags = {"kept": 1, "changed": 2, "new": True, "back": "again"}
    assert describe(record, state).tags == tags


@given(
    st.lists(MOVES | CHANGES, max_size=20), st.dictionaries(st.sampled_from("ab"), st.integers())
)
def test_tags_are_as_if_each_change_were_made_to_a_dict(
    events: list[dict[str, Any]], tags: dict[str, int]
) -> None:
    """However they were set and removed, a dict that took every change holds the same."""
    expected: dict[str, Any] = dict(tags)
    for one in events:
        if one.get("version") == 1 and one["action"] == "tag":
            expected |= one["tags"]
        elif one.get("version") == 1 and one["action"] == "untag":
            expected = {name: v for name, v in expected.items() if name not in one["names"]}
    assert describe(version(tags=tags), state_after(*events)).tags == expected


NAMES = st.text("abc", min_size=1)
TAGS = st.dictionaries(NAMES, VALUES.filter(lambda value: value is not None), max_size=3)


@given(TAGS, TAGS)
def test_a_tag_has_the_value_that_was_given(first: dict[str, Any], then: dict[str, Any]) -> None:
    """NaN, instants and tuples of the record are in the metadata."""
    first, then = to_plain_tags(first), to_plain_tags(then)
    record = version(tags=encode(first))
    found = describe(record, state_after(event("tag", tags=encode(then)))).tags
    assert encode(found) == encode(first | then)


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        (["delete"], "deleted"),
        (["delete", "restore"], "active"),
        (["purge"], "purged"),
    ],
)
def test_the_status_comes_from_the_journal(actions: list[str], status: str) -> None:
    """Events of other versions do not change the status."""
    state = state_after(*map(event, actions))
    assert describe(version(), state).status == status
    assert (
        describe(version(), state_after(*(event(action, 2) for action in actions))).status
        == "active"
    )


def test_notes_are_sorted_oldest_first() -> None:
    """Each with its text, author and time; those of other versions are not among them."""
    state = state_after(
        event("note", text="b"), event("note", 2, text="other"), event("note", text="a")
    )
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert describe(version(), state).notes == (Note("b", "ada", at), Note("a", "ada", at))


def test_aliases_are_those_that_point_here_now() -> None:
    """They are sorted, and one that moved on or was removed is not among them."""
    state = state_after(
        event("alias", alias="staging"),
        event("alias", alias="champion"),
        event("alias", alias="moved"),
        event("alias", 2, alias="moved"),
        event("alias", alias="removed"),
        {"action": "unalias", "alias": "removed"},
    )
    assert describe(version(), state).aliases == ("champion", "staging")


def test_a_record_cannot_set_journal_fields_or_its_signer() -> None:
    """Aliases, notes, status and signer in the content of a record are ignored."""
    content = {
        "aliases": ["champion"],
        "status": "purged",
        "signer": "SHA256:other",
        "notes": [{"text": "trust me", "author": "ada", "created_at": MINIMAL["created_at"]}],
    }
    assert describe(version(**content), ModelState()) == describe(version(), ModelState())


def test_the_signer_is_in_the_metadata(tmp_path: Path) -> None:
    """It is the fingerprint of the key that signed the record, or None."""
    keyring = Keyring(tmp_path)
    assert describe(version(keyring), ModelState()).signer == keyring.fingerprint is not None
    assert describe(version(), ModelState()).signer is None


def test_what_a_newer_release_wrote_is_kept() -> None:
    """Unknown fields are kept in extra, without the digest of the facts."""
    metadata = describe(version(colour="red", facts_sha256="0" * 64), ModelState())
    assert metadata.extra == {"colour": "red"}


@given(st.lists(MOVES | CHANGES, max_size=10))
def test_describing_changes_nothing(events: list[dict[str, Any]]) -> None:
    """Record and state are the same after it, and a second description is equal."""
    record, state = version(tags={"a": 1, "c": {"d": [1]}}), state_after(*events)
    fields, facts = deepcopy(record.fields), deepcopy(state.facts)
    metadata = describe(record, state)
    metadata.tags["mine"] = True
    metadata.tags["c"]["d"].append(2)
    assert (record.fields, state.facts) == (fields, facts)
    assert "mine" not in describe(record, state).tags
    assert state.facts == facts


@given(st.lists(MOVES | CHANGES, max_size=10))
def test_a_description_may_be_made_of_its_parts(events: list[dict[str, Any]]) -> None:
    """The stored content and journal fields give the same metadata again."""
    record, state = version(tags={"a": 1}), state_after(*events)
    parts = journal_fields(record.content, state, 1)
    assert metadata_of(record.content, parts, record.signer) == describe(record, state)
    assert metadata_of(record.content, {}, None) == describe(record, ModelState())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"tags": [1]}, r"tags must be a dict, got \[1\]\."),
        ({"tags": "text"}, "tags must be a dict, got 'text'"),
        ({"tags": 5}, "tags must be a dict, got 5"),
        ({"tags": {"$float": "nan"}}, "tags must be a dict, got nan"),
        ({"tags": {"$tuple": [1]}}, r"tags must be a dict, got \(1,\)"),
        ({"tags": {"$map": [[1, 2]]}}, r"The name of tags\[1\] must be str"),
        ({"tags": {"a": {"$datetime": "never"}}}, r"invalid \$datetime"),
        ({"version": "1"}, "version must be int"),
        ({"created_at": None}, "created_at must be datetime"),
        ({"metrics": {"f1": "high"}}, r"metrics\.f1 must be float"),
        ({"metrics": []}, "metrics must be dict"),
        ({"artifact": {"format": "joblib"}}, "Invalid metadata of a model version: .*sha256"),
    ],
    ids=str,
)
def test_an_invalid_record_is_rejected(content: dict[str, Any], message: str) -> None:
    """An invalid value in an intact record raises RecordError with its name."""
    with pytest.raises(RecordError, match=message):
        describe(version(**content), ModelState())


def test_a_record_without_its_name_is_refused() -> None:
    """The required fields must exist."""
    record = version()
    del record.fields["content"]["model_name"]
    with pytest.raises(RecordError, match="model_name"):
        describe(record, ModelState())


def test_a_record_that_is_too_deep_is_refused() -> None:
    """Python's recursion limit is reported as damage, with the version's name."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecordError, match=r"toy:1 is nested too deeply\.") as caught:
        metadata_of({**MINIMAL, "hyperparameters": {"deep": deep}}, {}, None)
    assert caught.value.key == "toy:1"


def test_verify_continues_after_invalid_tags(tmp_path: Path) -> None:
    """Another user's record with invalid tags is reported and does not stop verify()."""
    keyring = Keyring()
    registry = ModelRegistry(tmp_path, durable=False)
    registry.register_model({"a": 1}, "toy")
    path = tmp_path / "models" / "toy" / "versions" / "v000001.json"
    reseal(path, keyring.sign, tags=[1])
    (fault,) = registry.verify().faults
    assert fault.key == "models/toy/versions/v000001.json"
    assert "tags" in fault.message
