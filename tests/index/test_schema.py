"""Rows of a version in the index."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from exo_nbregistry.index.schema import SHARED, Row, make_row, named_versions
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ModelState
from tests.index_source import MemorySource

BASIC = {
    "model_id": "m:1",
    "model_name": "m",
    "version": 1,
    "created_at": datetime(2026, 1, 1, tzinfo=UTC),
}


def row(events: list[dict[str, Any]] | None = None, **fields: Any) -> Row:
    """Return the row of version 1 of m."""
    source = MemorySource()
    source.add("m", **fields)
    for event in events or []:
        source.happen("m", **event)
    state = source.state("m")
    return make_row(source.skim("m", 1), state, named_versions(state))


def test_facts_are_numbers_and_texts() -> None:
    """NaN, None and lists are omitted, and nested values have dotted names."""
    fields = {
        "int": 1,
        "flag": True,
        "text": "rbf",
        "none": None,
        "list": [1, 2],
        "layers": (64, 32),
        "nan": math.nan,
        "inf": -math.inf,
        "deep": {"er": {"still": 2.5}, "list": []},
        "when": datetime(2026, 1, 1, tzinfo=UTC),
        "huge": 10**400,
        "keys": {1: "a"},
    }
    (facts,) = row(hyperparameters=fields).shared.values()
    assert facts == {
        ("hyperparameters.int", 1.0),
        ("hyperparameters.flag", 1.0),
        ("hyperparameters.text", "rbf"),
        ("hyperparameters.inf", -math.inf),
        ("hyperparameters.deep.er.still", 2.5),
        ("hyperparameters.when", "2026-01-01T00:00:00+00:00"),
        ("hyperparameters.huge", math.inf),
    }


def test_tags_are_names_and_values() -> None:
    """A tag is a member of tags and a field with its value; an alias is only a member."""
    events = [
        {"action": "tag", "version": 1, "tags": {"team": "vetting", "old": None}},
        {"action": "alias", "alias": "champion", "version": 1, "target": ""},
    ]
    made = row(events, tags={"reviewed": True, "old": 1}, metrics={"f1": 0.5})
    assert made.facts == {
        ("tags", "reviewed"),
        ("tags.reviewed", 1.0),
        ("tags", "team"),
        ("tags.team", "vetting"),
        ("aliases", "champion"),
        ("metrics.f1", 0.5),
    }


def test_equal_sets_have_one_number() -> None:
    """Equal hyperparameters or feature columns have one number, and empty ones have 0."""
    one = row(hyperparameters={"C": 1, "nested": {"a": [1]}}, feature_columns=("x", "y"))
    same = row(hyperparameters={"C": 1, "nested": {"a": [1]}}, feature_columns=("x", "y"))
    other = row(hyperparameters={"C": 2, "nested": {"a": [1]}}, feature_columns=("y", "x"))
    assert one.shared == same.shared
    assert not one.shared.keys() & other.shared.keys()
    none = row()
    assert none.shared == {}
    assert none.columns[9:11] == (0, 0)
    assert one.columns[9:11] == tuple(one.shared)
    assert len(SHARED) == 2


def test_a_version_that_the_journal_does_not_name_is_as_registered() -> None:
    """Events of other versions do not add a journal field."""
    state = ModelState()
    assert named_versions(state) == set()
    source = MemorySource()
    source.add("m")
    source.add("m")
    source.happen("m", "note", version=2, text="good")
    source.happen("m", "alias", alias="champion", version=1, target="")
    source.happen("m", "unalias", alias="champion", version=None)
    assert named_versions(source.state("m")) == {2}


@pytest.mark.parametrize("at", [5, "yesterday", {"$datetime": "x"}, None])
def test_a_version_without_a_date_cannot_be_laid_out(at: Any) -> None:
    """An invalid record raises an error."""
    source = MemorySource()
    source._put("m", "version", 1, {"created_at": at})
    with pytest.raises((AttributeError, TypeError, ValueError)):
        make_row(source.skim("m", 1), ModelState(), set())


@pytest.mark.parametrize(
    ("value", "stored"), [("0a" * 32, b"\n" * 32), ("0A" * 32, None), ("0a", None), (7, None)]
)
def test_the_digest_of_the_facts_is_stored(value: Any, stored: bytes | None) -> None:
    """A valid digest is stored as bytes; another value, from another program, is omitted."""
    source = MemorySource()
    source._put("m", "version", 1, ModelMetadata(**BASIC).to_record() | {"facts_sha256": value})
    state = source.state("m")
    assert make_row(source.skim("m", 1), state, named_versions(state)).columns[-1] == stored
