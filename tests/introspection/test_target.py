"""True labels are read from any container, and missing ones are rejected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.target import output_names, read_target

NAN = float("nan")
MISSING = {
    "text and None": ["A", "B", None, "B"],
    "text and NaN": ["A", "B", NAN, "B"],
    "text and NA": ["A", "B", pd.NA, "B"],
    "object array": np.array(["A", "B", None, "B"], dtype=object),
    "string series": pd.Series(["A", "B", None, "B"], dtype="string"),
    "categorical": pd.Categorical(["A", "B", None, "B"]),
    "category series": pd.Series(["A", "B", None, "B"], dtype="category"),
    "numbers": [0, 1, NAN, 1],
    "float array": np.array([0.0, 1.0, NAN, 1.0]),
    "nullable": pd.Series([0, 1, None, 1], dtype="Int64"),
    "nullable boolean": pd.Series([False, True, None, True], dtype="boolean"),
    "None among booleans": [False, True, None, True],
    "datetimes": pd.to_datetime(["2026-01-01", "2026-01-02", None, "2026-01-04"]),
    "durations": np.array([1, 2, "NaT", 4], dtype="timedelta64[s]"),
    "NaT in a list": [pd.Timestamp("2026-01-01")] * 2 + [pd.NaT] + [pd.Timestamp("2026-01-01")],
    "polars text": pl.Series(["A", "B", None, "B"]),
    "polars numbers": pl.Series([0, 1, None, 1]),
    "masked": np.ma.masked_array([0, 1, 5, 1], mask=[False, False, True, False]),
    "masked text": np.ma.masked_array(["A", "B", "x", "B"], mask=[0, 0, 1, 0]),
    "two outputs": pd.DataFrame({"a": [0, 1, 1, 1], "b": [1.0, 0.0, NAN, 1.0]}),
    "two outputs in lists": [["A", 1], ["B", 0], [None, 1], ["B", 1]],
}


@pytest.mark.parametrize("values", MISSING.values(), ids=MISSING)
def test_a_missing_label_is_rejected(values: Any) -> None:
    """Missing labels of any kind in any container raise one error, which names the row."""
    message = r"y_test has 1 missing value, first in row 2 \(counted from 0\); remove these rows"
    with pytest.raises(RecordError, match=message):
        read_target(values)


@pytest.mark.parametrize(
    "values",
    [
        ["A", "None"],
        ["nan", "NA"],
        [0, 1],
        pd.Series([0, 1], dtype="Int64"),
        pd.Series([False, True], dtype="boolean"),
        np.array([np.inf, 1.0]),
        np.ma.masked_array([0, 1], mask=False),
        np.ma.masked_array([0, 1]),
        pl.Series(["A", "B"]),
    ],
)
def test_complete_labels_are_kept(values: Any) -> None:
    """Labels without a missing value are equal in the array, also if they are named NA."""
    found = read_target(values)
    assert found.tolist() == list(values)
    assert found.dtype.kind != "O"


@given(st.lists(st.sampled_from(["A", "B", None, NAN, pd.NA, pd.NaT]), min_size=1))
def test_all_missing_labels_are_counted(values: list[Any]) -> None:
    """The error counts each row without a label."""
    n_missing = sum(not isinstance(value, str) for value in values)
    if n_missing:
        with pytest.raises(RecordError, match=f"has {n_missing} missing"):
            read_target(values)
    else:
        assert read_target(values).tolist() == values


def test_outputs_are_named_by_the_columns_of_a_frame() -> None:
    """Columns name the outputs; other containers number them."""
    frame = pd.DataFrame({"mass": [1], "radius": [2]})
    assert output_names(frame, 2) == ["mass", "radius"]
    assert output_names(frame.to_numpy(), 2) == ["0", "1"]
