"""Selection of columns by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.errors import SignatureMismatchError
from exo_nbregistry.training.columns import name_columns, select_columns

TABLE = pd.DataFrame({"b": [2.0], "a": [1.0], "c": [3.0]}, index=["K1"])


def test_columns_have_the_order_of_the_names() -> None:
    """The named columns are returned in order, without others, and the index is kept."""
    found = select_columns(TABLE, ["a", "b"])
    pd.testing.assert_frame_equal(found, pd.DataFrame({"a": [1.0], "b": [2.0]}, index=["K1"]))


def test_a_frame_in_order_is_not_copied() -> None:
    """A frame with exactly these columns is returned itself."""
    assert select_columns(TABLE, np.array(["b", "a", "c"], dtype=object)) is TABLE


def test_an_array_has_no_names() -> None:
    """An array is returned unchanged because it has no column names."""
    array = np.ones((1, 3))
    assert select_columns(array, ["a", "b"]) is array


@pytest.mark.parametrize(
    ("names", "words"), [(["a", "x"], "the column 'x',"), (["y", "a", "x"], "columns 'y', 'x',")]
)
def test_missing_columns_are_named(names: list[str], words: str) -> None:
    """The error names each missing column."""
    with pytest.raises(SignatureMismatchError, match=words) as refused:
        select_columns(TABLE, names)
    assert refused.value.missing == tuple(name for name in names if name not in TABLE)
    assert refused.value.unexpected == ()


def test_names_turn_an_array_into_a_frame() -> None:
    """Names label the columns of an array and select those of a frame; None changes nothing."""
    assert list(name_columns([[1.0, 2.0]], ["x", "y"]).columns) == ["x", "y"]
    assert list(name_columns(TABLE, ["c", "a"]).columns) == ["c", "a"]
    assert name_columns(TABLE, None) is TABLE
    with pytest.raises(SignatureMismatchError, match="'x'"):
        name_columns(TABLE, ["x"])
