"""A metric over versions as block characters."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.panels.twin_trend import MAX_BLOCKS, trend_text


@given(st.lists(st.none() | st.floats()))
def test_any_series_has_a_short_text(values: list[float | None]) -> None:
    """Each finite value is one character, up to a limit."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    text = trend_text(list(enumerate(values)))
    assert len(text) == min(len(known), MAX_BLOCKS)


def test_the_newest_values_are_kept() -> None:
    """A long series shows its end."""
    assert trend_text([(n, float(n == 99)) for n in range(100)])[-1] == "█"


def test_equal_values_are_in_the_middle() -> None:
    """A constant metric is neither low nor high."""
    assert set(trend_text([(1, 0.3), (2, 0.3)])) == {"▅"}
