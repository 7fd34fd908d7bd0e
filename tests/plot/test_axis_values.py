"""Axis positions and texts of values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.plot.axis_values import as_text, cell, in_order, is_number, spans_decades
from exo_nbregistry.text.terminal import display_width


@pytest.mark.parametrize(
    "value", [None, True, "1", [1], float("nan"), float("inf"), 10**400, -(10**400), 1e301]
)
def test_what_has_no_place_on_an_axis(value: Any) -> None:
    """Only finite numbers that an axis can hold are numbers."""
    assert not is_number(value)
    assert isinstance(cell(value), str)


@given(st.lists(st.text(max_size=5) | st.floats().map(str) | st.integers().map(str)))
def test_texts_are_in_one_order(texts: list[str]) -> None:
    """The order does not depend on the input order, and keeps all texts."""
    assert in_order(texts) == in_order(texts[::-1])
    assert sorted(in_order(texts)) == sorted(texts)


@given(st.floats(allow_nan=False) | st.integers(-(10**15), 10**15) | st.text() | st.none())
def test_a_text_is_short_and_of_one_line(value: Any) -> None:
    """The text of any value fits a tick."""
    # A combining mark has no column of its own.
    assert display_width(as_text(value)) <= 24
    assert "\n" not in as_text(value)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1))
def test_decades_are_two_or_more(values: list[float]) -> None:
    """A wide range of positive numbers spans decades; one with a zero in it does not."""
    assert spans_decades(values) == (max(values) >= 100 * min(values))
    assert not spans_decades([*values, 0.0])
