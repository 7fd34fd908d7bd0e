"""Data are assembled in the container and with the dtypes of the training data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from exo_nbregistry.inference.model_input import assemble, read_form

NAN = math.nan


def frame(dtype: Any, values: Any, **form: Any) -> Any:
    """Return the column of an assembled frame."""
    return assemble({"a": values}, {"container": "frame", "dtypes": [dtype], **form})["a"]


CATEGORIES = {"categories": ["b", "a"], "dtype": "str", "ordered": False}


@pytest.mark.parametrize(
    ("dtype", "values", "expected"),
    [
        ("float32", ["1.5", None, 2], pd.Series([1.5, NAN, 2], dtype="float32")),
        ("int64", [1.0, 2.0], pd.Series([1, 2])),
        ("int64", [1, None], pd.Series([1.0, NAN])),
        ("int64", [1.5, 2.0], pd.Series([1.5, 2.0])),
        ("Int64", [1.0, NAN], pd.Series([1, None], dtype="Int64")),
        ("Float32", [1, None], pd.Series([1.0, None], dtype="Float32")),
        ("bool", ["False", "true", 1.0], pd.Series([False, True, True])),
        ("bool", [True, None], pd.Series([True, None], dtype=object)),
        ("boolean", ["false", NAN], pd.Series([False, None], dtype="boolean")),
        ("str", ["a", None, NAN], pd.Series(["a", None, None], dtype="str")),
        ("object", ["a", 1, None], pd.Series(["a", 1, None], dtype=object)),
        ("Sparse[float64, 0.0]", ["0", 2], pd.Series([0.0, 2.0], dtype=pd.SparseDtype(float, 0))),
        ("datetime64[us]", ["2026-01-02", None], pd.Series(pd.to_datetime(["2026-01-02", None]))),
    ],
    ids=str,
)
def test_a_column_gets_its_dtype(dtype: str, values: Any, expected: Any) -> None:
    """Values of JSON and texts of a CSV get the dtype of the training data."""
    pd.testing.assert_series_equal(frame(dtype, values), expected, check_names=False)


@pytest.mark.parametrize("value", ["yes", 2, "0.5"])
def test_other_values_are_not_booleans(value: Any) -> None:
    """Only true, false, 1 and 0 are booleans."""
    with pytest.raises(ValueError, match="is not a boolean; use true or false"):
        frame("bool", [value])


def test_an_unknown_category_is_missing() -> None:
    """A category that the training data do not have, or no value, is missing."""
    found = frame(CATEGORIES, ["a", "new", None, "b"])
    assert found.cat.codes.tolist() == [1, -1, -1, 0]
    assert found.cat.categories.tolist() == ["b", "a"]


def test_numeric_categories_are_found_by_their_text() -> None:
    """A CSV has the text of a numeric category."""
    dtype = {"categories": [3, 1], "dtype": "int64", "ordered": True}
    assert frame(dtype, ["1", 3.0, "None", None]).cat.codes.tolist() == [1, 0, -1, -1]


def test_a_missing_value_is_not_the_category_of_its_name() -> None:
    """A category named None or nan is not a missing value."""
    dtype = CATEGORIES | {"categories": ["None", "nan"]}
    assert frame(dtype, [None, NAN, "None"]).cat.codes.tolist() == [-1, -1, 0]


@pytest.mark.parametrize(("mark", "expected"), [("nan", NAN), ("none", None)])
def test_a_column_of_objects_has_its_missing_values(mark: str, expected: Any) -> None:
    """A missing value is the one that the training data had."""
    for value in (None, NAN):
        found = frame("object", ["a", value], missing={"a": mark}).tolist()[1]
        assert found is None if expected is None else found != found


def test_names_that_are_not_text_are_restored() -> None:
    """Columns get numbers and levels as their names."""
    form = {"container": "frame", "dtypes": ["float64", "int64"], "labels": [["x", 1], ["y", 2]]}
    found = assemble({"a": [1.0], "b": [2]}, form)
    assert found.columns.tolist() == [("x", 1), ("y", 2)]


def test_numbers_make_one_block() -> None:
    """Many columns of one dtype are one array."""
    columns = {f"x{n}": np.arange(3.0) for n in range(2000)}
    found = assemble(columns, {"container": "frame", "dtypes": ["int64"] * 2000})
    assert set(map(str, found.dtypes)) == {"int64"}
    assert found.shape == (3, 2000)


@pytest.mark.parametrize(
    ("dtype", "columns", "expected"),
    [
        ("<f4", [[1, None], [2, 3]], np.array([[1, 2], [NAN, 3]], "f4")),
        ("<i8", [[1.0, 2.0]], np.array([[1], [2]])),
        ("<i8", [[1, None]], np.array([[1.0], [NAN]])),
        ("<U1", [["a", "long"]], np.array([["a"], ["long"]])),
        ("|O", [["a", 1]], np.array([["a"], [1]], object)),
        ("<M8[s]", [["2026-01-02T00:00:00"]], np.array([["2026-01-02"]], "M8[s]")),
        ("<m8[s]", [["5 seconds"]], np.array([[5]], "m8[s]")),
        ("<f8", [[[1.0, 2.0]], [[3.0, 4.0]]], np.array([[[1.0, 2.0], [3.0, 4.0]]])),
    ],
    ids=str,
)
def test_an_array_gets_its_dtype(dtype: str, columns: Any, expected: Any) -> None:
    """Columns become an array of the dtype of the training data."""
    named = {f"x{n}": values for n, values in enumerate(columns)}
    found = assemble(named, {"container": "array", "dtypes": [dtype]})
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == expected.dtype


@pytest.mark.parametrize(("matrix", "kind"), [(True, sparse.csr_matrix), (False, sparse.csr_array)])
def test_a_sparse_matrix_keeps_its_kind(matrix: bool, kind: Any) -> None:
    """A matrix and an array of SciPy are restored as such."""
    form = {"container": "sparse", "dtypes": ["<f8"], "matrix": matrix}
    found = assemble({"a": [0.0, 1.0], "b": [2.0, 0.0]}, form)
    assert type(found) is kind
    assert found.toarray().tolist() == [[0.0, 2.0], [1.0, 0.0]]


def test_texts_keep_their_container() -> None:
    """Texts become a list, a series or an array of one dimension."""
    texts = {"x0": np.array(["a", "b"], dtype=object)}
    assert assemble(texts, {"container": "list"}) == ["a", "b"]
    assert assemble(texts, {"container": "series", "dtypes": ["str"]}).str.upper().tolist() == [
        "A",
        "B",
    ]
    assert assemble(texts, {"container": "vector"}).shape == (2,)
    numbers = assemble({"x0": [1, 2]}, {"container": "vector", "dtypes": ["<f8"]})
    assert numbers.dtype == "f8"


def test_mappings_have_no_missing_values() -> None:
    """A mapping does not have a name without a value."""
    found = assemble({"a": [1.0, None], "b": ["x", NAN]}, {"container": "records"})
    assert found == [{"a": 1.0, "b": "x"}, {}]


@pytest.mark.parametrize("step", [0, -1, 1.5, None, "soon"])
def test_a_step_is_a_whole_number_from_one(step: Any) -> None:
    """A forecast has no step before its first one, nor between two."""
    with pytest.raises(ValueError, match="step must be a whole number from 1"):
        assemble({"step": [step]}, {"container": "steps"})


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"named": True, "columns": ["a"], "rows": {}}, "frame"),
        ({"named": False, "columns": ["x0"], "rows": {}}, "array"),
        ({"form": "list", "columns": ["x0"]}, "list"),
        ({"form": "array", "container": "sparse", "columns": ["x0"]}, "sparse"),
        ({}, "array"),
    ],
    ids=str,
)
def test_examples_of_each_release_have_a_container(stored: Any, expected: str) -> None:
    """An example without a container, as of an older release, is a frame or an array."""
    assert read_form(stored)["container"] == expected


class Fitted:
    """A model that was fitted on a table."""

    feature_names_in_ = np.array(["a", "b"])


def test_a_model_of_a_table_gets_a_table() -> None:
    """A model that knows its columns gets a frame, although an array was registered."""
    stored = {"form": "array", "columns": ["a", "b"], "dtypes": ["<f8"]}
    form = read_form(stored, Fitted())
    assert assemble({"a": [1.0], "b": [2.0]}, form).columns.tolist() == ["a", "b"]
    assert read_form({}, Fitted())["container"] == "frame"
    assert read_form(stored | {"columns": ["x0", "x1"]}, Fitted())["container"] == "array"


@given(st.lists(st.floats(allow_infinity=False) | st.none(), min_size=1))
def test_numbers_are_restored_exactly(values: list[float | None]) -> None:
    """Numbers of JSON are the same numbers in a frame and in an array."""
    expected = np.array([NAN if value is None else value for value in values])
    np.testing.assert_array_equal(frame("float64", values).to_numpy(), expected)
    form = {"container": "array", "dtypes": ["<f8"]}
    np.testing.assert_array_equal(assemble({"a": values}, form)[:, 0], expected)


@pytest.mark.parametrize("gap", [None, float("nan"), np.float32("nan"), pd.NA, pd.NaT])
def test_each_kind_of_missing_value_is_marked_as_in_training(gap: Any) -> None:
    """None, NaN of any width, NA and NaT become the mark of the training data."""
    form = {"container": "frame", "dtypes": ["object"], "missing": {"site": "none"}}
    assert assemble({"site": [gap, "north"]}, form)["site"].tolist() == [None, "north"]
