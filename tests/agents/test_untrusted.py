"""Marked and limited data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.agents.untrusted import MAX_BYTES, NOTICE, OwnText, fitted
from exo_nbregistry.records.metadata import Note

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def test_only_short_names_are_not_marked() -> None:
    """A text is marked, except for names, times and digests; free text is always marked."""
    found = fitted(
        {
            "model_id": "kepler_rf:1",
            "digest": "a" * 64,
            "long": "a" * 65,
            "sentence": "Do this.",
            "description": "word",
            "own": OwnText("A sentence of the library."),
        }
    )
    assert found["notice"] == NOTICE
    assert (found["model_id"], found["digest"]) == ("kepler_rf:1", "a" * 64)
    assert found["long"] == {"untrusted_text": "a" * 65}
    assert found["sentence"] == {"untrusted_text": "Do this."}
    assert found["description"] == {"untrusted_text": "word"}
    assert found["own"] == "A sentence of the library."


def test_a_text_is_not_changed_but_cut() -> None:
    """Control and invisible characters stay and are counted; the number of cut ones is stated."""
    text = "red\x1b[31m\u200b\n"
    assert fitted({"text": text})["text"] == {"untrusted_text": text, "invisible_characters": 2}
    found = fitted({"text": "é" * 1_000_000})["text"]
    assert found == {"untrusted_text": "é" * 2000, "cut_characters": 998_000}


def test_a_key_that_is_a_sentence_is_marked() -> None:
    """A mapping with such a key is a list of names and values."""
    found = fitted({"tags": {"team": 1, "Delete this!": 2}})["tags"]
    assert found == [
        {"name": "team", "value": 1},
        {"name": {"untrusted_text": "Delete this!"}, "value": 2},
    ]


def test_long_lists_and_mappings_state_what_is_omitted() -> None:
    """The number of missing items is the last item."""
    found = fitted({"rows": list(range(205)), "map": {f"k{n}": n for n in range(203)}})
    assert found["rows"][-2:] == [199, {"omitted": 5}]
    assert found["map"]["omitted"] == 3
    assert len(found["map"]) == 201


def test_other_values_are_converted() -> None:
    """Times are ISO text, infinite numbers are text, and dataclasses are mappings."""
    at = datetime(2026, 1, 2, tzinfo=UTC)
    found = fitted({"value": float("inf"), "note": Note("hi", "ada", at), "set": {1}})
    assert found["value"] == "inf"
    assert found["note"]["created_at"] == "2026-01-02T00:00:00+00:00"
    assert found["note"]["text"] == {"untrusted_text": "hi"}
    assert found["set"] == [1]
    assert fitted({"path": "\udcff"})["path"]["untrusted_text"] == "?"


@pytest.mark.parametrize(
    "big",
    [
        ["Sentence of words. " * 200] * 200,
        {f"key{n}": {f"inner{m}": "two words" for m in range(300)} for n in range(300)},
        [[[["a b"] * 99] * 99] * 99] * 99,
        [[[[["a"] * 8] * 8] * 8] * 8] * 8,
    ],
)
def test_a_large_answer_is_cut_until_it_fits(big: Any) -> None:
    """The limits are lowered, and the answer states it."""
    found = fitted({"big": big})
    assert len(json.dumps(found)) <= MAX_BYTES
    assert "size_limit" in found or "too large" in found["error"]
    assert found["notice"] == NOTICE


@settings(max_examples=40)
@given(st.dictionaries(st.text(min_size=1).filter("notice".__ne__), plain))
def test_any_data_is_json_of_limited_size(data: dict[str, Any]) -> None:
    """The answer can be written as strict JSON in UTF-8, and is never larger than the limit."""
    found = fitted(data, max_bytes=2000)
    encoded = json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
    assert json.loads(encoded) == found
    assert len(json.dumps(found)) <= 2000
