"""Texts, times and metrics of MLflow."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.sources import mlflow_values
from exo_nbregistry.sources.mlflow_values import Series, plain_value, stored_float, time_of

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(PLAIN)
def test_a_value_is_read_from_the_text_that_mlflow_writes(value: Any) -> None:
    """Numbers, booleans, None, and lists and dicts of them, are read as they were logged."""
    read = plain_value(str(value))
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "lbfgs",
            "1.10",
            "007",
            "+1",
            "1_000",
            "-0",
            "1e9999x",
            "true",
            "",
            " 1",
            "0x10",
            "1.0.0",
        ),
        *("[1,2]", "[x", "{1, 2}", "(b'x',)", "[" * 5000),
        *("9" * 30, "0.1000000000000000055511151231257827"),
    ],
)
def test_an_ambiguous_text_is_kept(text: str) -> None:
    """A text that a value would not give again, such as a version, is not converted."""
    assert plain_value(text) == text
    assert isinstance(plain_value(text), str)


@pytest.mark.parametrize(("text", "value"), [("1e-3", 0.001), ("2E5", 2e5), ("-inf", -math.inf)])
def test_numbers_with_exponents_are_converted(text: str, value: float) -> None:
    """A number with an exponent is a number, although Python writes it in another form."""
    assert plain_value(text) == value


def test_times_are_aware() -> None:
    """Milliseconds are a time in UTC; other values are not a time."""
    assert time_of(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert time_of(1_500).microsecond == 500_000  # type: ignore[union-attr]
    assert [time_of(value) for value in (None, "1", True, 10**30)] == [None] * 4


def test_the_database_spells_nan_and_infinity_as_numbers() -> None:
    """The columns of a metric give the float that was logged."""
    assert math.isnan(stored_float(0.0, True))
    assert math.isnan(stored_float(None))
    assert stored_float(1.7976931348623157e308) == math.inf
    assert stored_float(0.25) == 0.25


def test_the_last_value_is_that_of_the_last_step() -> None:
    """The value of a metric does not depend on the order of the lines in its file."""
    series = Series()
    for step, value in ((3, 0.2), (1, 0.9), (2, 0.5), (1, 0.9)):
        series.add(step, 1_000 + step, value)
    assert series.last == 0.2
    assert [point.step for point in series.points()] == [1, 2, 3]


def test_a_repeated_nan_is_one_point() -> None:
    """A point that MLflow wrote again for a model is not a history."""
    series = Series()
    for _ in range(2):
        series.add(0, 1_000, math.nan)
    assert len(series.points()) == 1
    assert math.isnan(series.last)


def test_long_histories_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A history with more points than the limit keeps even distances and its last point."""
    monkeypatch.setattr(mlflow_values, "MAX_POINTS", 100)
    series = Series()
    for step in range(1_000):
        series.add(step, step, float(step))
        assert len(series._kept) <= 200
    assert series.every == 16
    points = series.points()
    assert [point.step for point in points] == [*range(0, 1_000, 16), 999]
    assert series.last == 999.0
