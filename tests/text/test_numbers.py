"""Numbers as text: alone, and aligned in a column."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.text.numbers import aligned_numbers, number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (9.99996, "10.00"),
        (99.996, "100.0"),
        (1174.04, "1174.0"),
        (61353.9097, "61353.9"),
        (99999.96, "100000"),
        (1234567.8, "1234568"),
        (-150.16, "-150.2"),
    ],
)
def test_the_magnitude_decides_the_decimals(value: float, shown: str) -> None:
    """A number that is rounded up has the decimals of its rounded magnitude."""
    assert number(value) == shown


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], []),
        ([None, None], ["-", "-"]),
        ([11.72, 3.33, 150.2, 1174.0], ["11.7", "3.3", "150.2", "1174.0"]),
        ([61353.9097, 0.8441], ["61353.91", "0.84"]),
        ([0.5, 1e-12, math.inf, None], ["0.5000", "1.000e-12", "inf", "-"]),
        ([1, 2, None], ["1", "2", "-"]),
        ([1, 2.5], ["1.0000", "2.5000"]),
    ],
)
def test_a_column_has_one_number_of_decimals(values: list[float | None], shown: list[str]) -> None:
    """The largest number decides, unless a smaller one would lose its digits."""
    assert aligned_numbers(values) == shown


@given(st.lists(st.floats(min_value=1e-3, max_value=1e8), min_size=1))
def test_no_number_of_a_column_becomes_zero(values: list[float]) -> None:
    """Aligned numbers have the same decimals, and a number above 0.001 is never shown as 0."""
    texts = aligned_numbers(values)
    assert len({len(text.partition(".")[2]) for text in texts}) == 1
    assert all(float(text) > 0 for text in texts)
