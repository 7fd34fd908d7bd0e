"""YAML of other tools."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.sources.yaml_text import flat, mapping_in, numbers

PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**62), 2**62) | st.text("ab", max_size=2),
    lambda values: st.dictionaries(st.text("ab", min_size=1, max_size=2), values, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.text(max_size=100))
def test_any_text_gives_a_mapping(text: str) -> None:
    """No text is an error: another form gives an empty mapping."""
    assert isinstance(mapping_in(text), dict)


@given(st.dictionaries(st.text("ab", min_size=1), PLAIN, max_size=4))
def test_json_is_read_as_it_was_written(values: dict[str, object]) -> None:
    """JSON is YAML, so metrics in JSON have the same values."""
    assert mapping_in(json.dumps(values)) == values


@pytest.mark.parametrize(
    "text", [None, "", "- 1", "just text", "a: [", "\t", "a: !!python/name:os.x"]
)
def test_another_form_is_empty(text: str | None) -> None:
    """A missing or damaged file, a list, a text and a Python object are an empty mapping."""
    assert mapping_in(text) == {}


def test_aliases_cannot_describe_billions_of_values() -> None:
    """A document of nine lines with 10 ** 9 values is refused without building them."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert mapping_in("\n".join(lines)) == {}


def test_deep_documents_are_refused() -> None:
    """A document of ten thousand levels and one that contains itself are empty."""
    assert mapping_in("{a: " * 10_000 + "1" + "}" * 10_000) == {}
    assert mapping_in("a: &a {b: *a}") == {}


def test_numbers_leave_out_other_values() -> None:
    """Truth values, texts, lists and integers that a record cannot keep are not metrics."""
    text = "{a: 1, b: true, c: '2', d: [3], e: 18446744073709551616, f: .nan, g: {h: 0.5}}"
    found = numbers(mapping_in(text))
    assert list(found) == ["a", "f", "g.h"]
    assert math.isnan(found["f"])


def test_dates_become_text() -> None:
    """A date of YAML is kept as text, and a nested list is left out."""
    values = mapping_in("{made: 2024-03-01, at: 2024-03-01 10:15:00, matrix: [[1]]}")
    assert dict(flat(values)) == {"made": "2024-03-01", "at": "2024-03-01T10:15:00"}
