"""The first rows of data as plain values."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from exo_nbregistry.introspection.example_rows import first_rows, read_rows

NAN = math.nan


def test_example_is_json() -> None:
    """An example of any dtypes is plain JSON, with null where a value is missing."""
    X = pd.DataFrame(
        {
            "number": [1.5, NAN],
            "count": pd.Series([None, 2], dtype="Int64"),
            "kind": pd.Series(["a", None], dtype="category"),
            "at": pd.to_datetime(["2026-01-02", None]).as_unit("us"),
            "zone": pd.to_datetime(["2026-01-02", None]).tz_localize("UTC"),
            "any": [{"a": 1}, object],
        }
    )
    assert json.loads(json.dumps(read_rows(X)["rows"], allow_nan=False)) == {
        "number": [1.5, None],
        "count": [None, 2],
        "kind": ["a", None],
        "at": ["2026-01-02T00:00:00.000000", None],
        "zone": ["2026-01-02T00:00:00+00:00", None],
        "any": [{"a": 1}, "<class 'object'>"],
    }


@pytest.mark.parametrize(
    "X",
    [np.eye(9), sparse.coo_array(np.eye(9)), np.eye(9).tolist()],
    ids=["dense", "sparse", "list"],
)
def test_example_is_the_first_rows(X: Any) -> None:
    """An example has the requested number of rows, and names for unnamed columns."""
    example = read_rows(first_rows(X, 2))["rows"]
    assert list(example) == [f"x{place}" for place in range(9)]
    assert example["x0"] == [1.0, 0.0]
    assert len(read_rows(first_rows(X, 5))["rows"]["x0"]) == 5


def test_example_is_a_copy() -> None:
    """Changing the data later does not change the example."""
    X = np.eye(2)
    example = read_rows(X)["rows"]
    X[:] = 7.0
    assert example == {"x0": [1.0, 0.0], "x1": [0.0, 1.0]}


def test_durations_are_not_cut() -> None:
    """A duration is stored as a number and its unit."""
    X = pd.DataFrame({"d": pd.to_timedelta([1, None], unit="D").as_unit("us")})
    assert read_rows(X)["rows"] == {"d": ["86400000000 microseconds", None]}


def test_gaps_in_a_column_of_objects_are_kept() -> None:
    """In a column of objects, NaN is NaN and None is None."""
    X = pd.DataFrame({"s": pd.Series(["a", NAN, None], dtype=object)})
    text, nan, none = read_rows(X)["rows"]["s"]
    assert (text, none) == ("a", None)
    assert math.isnan(nan)


def test_columns_of_equal_names_are_not_restored() -> None:
    """Columns with the same name cannot be stored by name."""
    X = pd.DataFrame([[1.0, 2.0]], columns=["a", "a"])
    assert len(read_rows(X)["rows"]) < len(read_rows(X)["columns"])
