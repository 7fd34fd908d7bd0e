"""Dates and durations in the rows of a table: each value by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.inference.input_columns import read_column
from exo_nbregistry.inference.row_check import STATUSES, RowCheck

NAIVE, ZONED = "datetime64[ns]", "datetime64[us, Europe/Berlin]"


def statuses(dtype: str, values: list[Any]) -> list[str]:
    """Return the status of each value of a column of dates."""
    checked = RowCheck([{"name": "at", "dtype": dtype}])({"at": values}, rows=len(values))
    return [STATUSES[code] for code in checked.codes]


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31 12:00+01:00",
        "2026-01-31T12:00:00.5-0130",
        datetime(2026, 1, 31, tzinfo=UTC),
        pd.Timestamp("2026-01-31", tz="Europe/Berlin"),
    ],
)
def test_a_time_zone_affects_only_its_row(value: Any) -> None:
    """A date with a time zone is invalid for a column without one; the other rows are read."""
    assert statuses(NAIVE, ["2026-01-31", value, "2026-02-01T12:00"]) == ["ok", "invalid", "ok"]
    assert statuses(ZONED, ["2026-01-31", value, "2026-02-01T12:00"]) == ["ok", "ok", "ok"]
    column = read_column({"name": "at", "dtype": NAIVE})
    assert column.expected(value) == "a date without a time zone"


def test_words_are_not_dates() -> None:
    """The time of the request is never a value."""
    assert statuses(NAIVE, ["now", "today", "", "2026"]) == ["invalid", "invalid", "invalid", "ok"]


def test_dates_of_python_and_numpy_are_read() -> None:
    """Each kind of date is read, and NaT is a missing value."""
    values = [date(2026, 1, 31), np.datetime64("2026-01-31"), pd.Timestamp("2026-01-31")]
    assert (
        statuses(NAIVE, [*values, np.datetime64("NaT", "ns"), pd.NaT])
        == ["ok"] * 3 + ["missing"] * 2
    )
