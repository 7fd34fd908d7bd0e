"""Values of the columns of frames of polars; other frames are covered by the signature."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.introspection.column_values import is_polars, iterate_columns
from exo_nbregistry.introspection.dataset import read_columns
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.records.metadata import Column


@pytest.fixture
def frame() -> Any:
    """Return a frame of polars with mixed columns."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    return polars.DataFrame(
        {
            "i": polars.Series([3, None, 1], dtype=polars.Int32),
            "f": [0.5, None, 2.0],
            "b": [True, None, False],
            "s": ["a", None, "b"],
            "c": polars.Series(["x", "y", None], dtype=polars.Categorical),
            "t": polars.Series(["2026-01-01T00:00:00", None, None]).str.to_datetime(),
        }
    )


def test_columns_of_polars_are_described(frame: Any) -> None:
    """Dtypes, ranges and missing values equal those of the same frame of pandas."""
    assert read_columns(frame, frame.columns) == (
        Column("i", "int32", 1.0, 3.0, 1),
        Column("f", "float64", 0.5, 2.0, 1),
        Column("b", "bool", missing=1),
        Column("s", "str", missing=1),
        Column("c", "category", missing=1),
        Column("t", "datetime64[us]", missing=2),
    )


def test_the_fingerprint_does_not_depend_on_the_library(frame: Any) -> None:
    """A frame of polars has the fingerprint of the same frame of pandas; other names matter."""
    plain = frame.select("i", "f", "s").drop_nulls()
    same = pd.DataFrame(
        {"i": np.array([3, 1], "i4"), "f": [0.5, 2.0], "s": pd.Series(["a", "b"], dtype=object)}
    )
    assert fingerprint(plain) == fingerprint(same)
    assert fingerprint(plain.rename({"i": "j"})) != fingerprint(same)


def test_a_series_of_polars_is_one_column(frame: Any) -> None:
    """A series is one column, as a list of the same values."""
    assert is_polars(frame["s"])
    assert not is_polars(pd.Series(["a"]))
    (column,) = iterate_columns(frame["s"])
    assert column.values.tolist() == ["a", None, "b"]
