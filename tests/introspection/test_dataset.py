"""Facts of data: columns, class counts and an example."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from exo_nbregistry.introspection.dataset import (
    MAX_COLUMNS,
    class_distribution,
    read_columns,
)
from exo_nbregistry.records.metadata import Column

NAN = math.nan


def described(values: Any, dtype: Any = None) -> Column:
    """Describe one column of a frame."""
    (column,) = read_columns(pd.DataFrame({"a": pd.Series(values, dtype=dtype)}), ["a"])
    return column


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1.5, NAN, -2.0], "float32", Column("a", "float32", -2.0, 1.5, 1)),
        ([NAN, NAN], "float64", Column("a", "float64", missing=2)),
        ([math.inf, 1.0], "float64", Column("a", "float64", 1.0, math.inf)),
        ([], "float64", Column("a", "float64")),
        ([3, 1], "int16", Column("a", "int16", 1.0, 3.0)),
        ([3, None], "Int64", Column("a", "int64", 3.0, 3.0, 1)),
        ([None, 2.5], "Float32", Column("a", "float32", 2.5, 2.5, 1)),
        ([True, None], "boolean", Column("a", "bool", missing=1)),
        (["a", None], "str", Column("a", "str", missing=1)),
        (["a", None], "object", Column("a", "str", missing=1)),
        (["a", None], "string", Column("a", "str", missing=1)),
        (["a", 1, NAN], "object", Column("a", "object", missing=1)),
        (["a", None], "category", Column("a", "category", missing=1)),
        (["2026-01-01", None], "datetime64[ns]", Column("a", "datetime64[ns]", missing=1)),
        ([0.0, 2.0], pd.SparseDtype("float64", 0.0), Column("a", "float64", 0.0, 2.0)),
    ],
)
def test_columns_do_not_depend_on_storage(values: list[Any], dtype: Any, expected: Column) -> None:
    """Dtype, range and missing values do not depend on the storage in pandas."""
    assert described(values, dtype) == expected


def test_sparse_columns_count_their_zeros() -> None:
    """In a sparse matrix, values that are not stored are zeros, and a stored NaN is missing."""
    X = sparse.csr_array(np.array([[0.0, 2.0, NAN], [-1.0, 3.0, 0.0]]))
    assert read_columns(X) == (
        Column("x0", "float64", -1.0, 0.0),
        Column("x1", "float64", 2.0, 3.0),
        Column("x2", "float64", 0.0, 0.0, 1),
    )


def test_columns_with_equal_names_are_kept() -> None:
    """Two columns of one name are both described."""
    X = pd.DataFrame([[1.0, 2.0]], columns=["a", "a"])
    assert [column.maximum for column in read_columns(X, ["a", "a"])] == [1.0, 2.0]


def test_too_wide_and_too_deep_are_left_out() -> None:
    """Tables that are too wide, and arrays of more than two dimensions, have no columns."""
    assert len(read_columns(np.zeros((1, MAX_COLUMNS)))) == MAX_COLUMNS
    assert read_columns(np.zeros((1, MAX_COLUMNS + 1))) == ()
    assert read_columns(np.zeros((2, 3, 3))) == ()


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([1, 0, 1], {0: 1, 1: 2}),
        (np.array(["b", "a", "b"]), {"a": 1, "b": 2}),
        (pd.Series(["b", None, "a"]), {"a": 1, "b": 1}),
        (pd.Series(["b", "a"], dtype="category"), {"a": 1, "b": 1}),
        ([1.0, NAN, 1.0], {1.0: 2}),
        ([True, False], {False: 1, True: 1}),
        (np.array(["a", 1, "a"], dtype=object), {1: 1, "a": 2}),
        ([0.5, 1.5], {}),
        ([[0, 1], [1, 0]], {}),
        ([], {}),
    ],
)
def test_classes_are_counted(y: Any, expected: dict[Any, int]) -> None:
    """Rows are counted by label, in order; fractions and several outputs are not."""
    found = class_distribution(y)
    assert list(found.items()) == list(expected.items())
    assert {type(label).__module__ for label in found} <= {"builtins"}
