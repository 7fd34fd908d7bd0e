"""The fingerprint of data."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse

from exo_nbregistry.introspection.fingerprint import fingerprint

TABLE = pd.DataFrame(
    {"period": [1.0, 2.5, np.nan], "count": [1, 2, 3], "kind": ["a", "b", None]}, index=[5, 3, 4]
)
NUMBERS = arrays.arrays(
    st.sampled_from(["f8", "f4", "i8", "u1", "?", "c16", "M8[ns]"]),
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=6),
)


@given(NUMBERS)
def test_memory_order_does_not_count(X: np.ndarray[Any, Any]) -> None:
    """Row order, column order, strides and byte order give one fingerprint."""
    expected = fingerprint(X)
    wide = np.repeat(X, 2, axis=1)[:, ::2]
    swapped = X.astype(X.dtype.newbyteorder())
    for same in (X.copy(), np.asfortranarray(X), wide, swapped):
        assert fingerprint(same) == expected


@given(NUMBERS, st.data())
def test_any_changed_number_counts(X: np.ndarray[Any, Any], data: st.DataObject) -> None:
    """One changed byte anywhere gives another fingerprint, unless NaN stays NaN."""
    changed = X.copy()
    flat = changed.view(np.uint8).reshape(-1)
    place = data.draw(st.integers(0, flat.size - 1))
    flat[place] = 1 - flat[place] if X.dtype == bool else flat[place] ^ 1
    same = np.array_equal(X, changed, equal_nan=X.dtype.kind in "fcM")
    negative_zero = X.dtype.kind in "fc" and not np.array_equal(
        np.signbit(X.real) | np.signbit(X.imag), np.signbit(changed.real) | np.signbit(changed.imag)
    )
    if not same:
        assert fingerprint(X) != fingerprint(changed)
    elif not negative_zero and X.dtype.kind == "f":
        assert fingerprint(X) == fingerprint(changed)


CELLS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


def column(cells: list[Any]) -> pd.DataFrame:
    """Return a frame of one object column."""
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    return pd.DataFrame({"a": pd.Series(values, dtype=object)})


@example(["as", "b"], ["a", "sb"])
@given(st.lists(CELLS, min_size=1, max_size=3), st.lists(CELLS, min_size=1, max_size=3))
def test_objects_are_equal_only_to_themselves(one: list[Any], other: list[Any]) -> None:
    """Two object columns share a fingerprint if and only if their cells are equal."""
    assert (fingerprint(column(one)) == fingerprint(column(other))) == (spelt(one) == spelt(other))


def spelt(value: Any) -> str:
    """Return a cell as text, with sorted keys."""
    if isinstance(value, dict):
        return f"{{{sorted((spelt(key), spelt(item)) for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(spelt, value))}]"
    return repr(value)


@pytest.mark.parametrize(
    "same",
    [
        TABLE.reset_index(drop=True),
        TABLE.set_index(pd.Index(["x", "y", "z"], name="star")),
        TABLE.astype({"count": "Int64", "period": "Float64"}),
        TABLE.astype({"kind": object}),
        TABLE.astype({"kind": "string"}),
        TABLE.assign(kind=["a", "b", np.nan]),
        pd.concat([TABLE[["period"]].copy(), TABLE[["count", "kind"]]], axis="columns"),
    ],
)
def test_storage_does_not_count(same: pd.DataFrame) -> None:
    """Neither the index nor masked, text or object storage changes the fingerprint."""
    assert fingerprint(same) == fingerprint(TABLE)


def test_arrow_storage_does_not_count() -> None:
    """Arrow's columns of the same values have the same fingerprint."""
    pytest.importorskip("pyarrow", reason="pyarrow is optional for pandas")
    arrow = TABLE.astype(
        {"period": "double[pyarrow]", "count": "int64[pyarrow]", "kind": "string[pyarrow]"}
    )
    assert fingerprint(arrow) == fingerprint(TABLE)


@pytest.mark.parametrize(
    "other",
    [
        TABLE.rename(columns={"count": "number"}),
        TABLE[["count", "period", "kind"]],
        TABLE.iloc[::-1],
        TABLE.iloc[:2],
        TABLE.assign(count=[1, 2, 4]),
        TABLE.assign(period=[1.0, np.nan, 2.5]),
        TABLE.assign(kind=["a", "", None]),
        TABLE.assign(kind=["ab", "", None]),
        TABLE.assign(kind=[None, "b", "a"]),
        TABLE.astype({"count": "int32"}),
        TABLE.astype({"kind": "category"}),
        TABLE.assign(count=pd.Series([1, 2, None], dtype="Int64", index=TABLE.index)),
        TABLE.assign(count=pd.Series([1, 2, 0], dtype="Int64", index=TABLE.index)),
    ],
)
def test_any_change_of_a_frame_counts(other: pd.DataFrame) -> None:
    """Names, order, rows, values and dtypes all count."""
    assert fingerprint(other) != fingerprint(TABLE)


def test_a_missing_integer_differs_from_zero() -> None:
    """A masked number differs from the zero that may lie under its mask."""
    with_zero = pd.DataFrame({"a": pd.array([0, 1], dtype="Int64")})
    without = pd.DataFrame({"a": pd.array([None, 1], dtype="Int64")})
    assert fingerprint(with_zero) != fingerprint(without)


def test_the_place_of_a_missing_whole_number_counts() -> None:
    """A masked number differs from one masked elsewhere over the same values."""
    first = pd.DataFrame({"a": pd.array([None, 0], dtype="Int64")})
    second = pd.DataFrame({"a": pd.array([0, None], dtype="Int64")})
    assert fingerprint(first) != fingerprint(second)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_every_nan_is_the_same(dtype: str) -> None:
    """Which bits a NaN has, its sign among them, does not count; its place does."""
    X = np.array([1.0, np.nan], dtype=dtype)
    negative = X.copy()
    negative[1] = np.copysign(np.nan, -1.0)
    assert X.tobytes() != negative.tobytes()
    assert fingerprint(X) == fingerprint(negative) != fingerprint(X[::-1])


def test_categories_count_by_value() -> None:
    """The order in which categories were found does not count, their values do."""
    one = pd.DataFrame({"a": pd.Categorical(["x", "y"], categories=["x", "y"])})
    other = pd.DataFrame({"a": pd.Categorical(["x", "y"], categories=["y", "z", "x"])})
    third = pd.DataFrame({"a": pd.Categorical(["y", "x"], categories=["y", "x"])})
    assert fingerprint(one) == fingerprint(other) != fingerprint(third)


def test_sparse_layout_does_not_count() -> None:
    """Layouts, stored zeros and doubled entries of one sparse matrix give one fingerprint."""
    dense = np.array([[0.0, 2.0], [3.0, 0.0]])
    doubled = sparse.csr_array(([1.0, 1.0, 3.0, 0.0], [1, 1, 0, 1], [0, 2, 4]))
    prints = {
        fingerprint(X)
        for X in (
            sparse.csr_array(dense),
            sparse.csc_matrix(dense),
            sparse.coo_array(dense),
            doubled,
        )
    }
    assert len(prints) == 1
    assert fingerprint(sparse.csr_array(dense.T)) not in prints
    assert doubled.nnz == 4


def test_the_target_counts_by_value() -> None:
    """Another target is another fingerprint; a series, an array and a list of one are not."""
    X = np.eye(3)
    words = ["a", "b", "a"]
    expected = fingerprint(X, words)
    assert fingerprint(X, pd.Series(words, name="label", index=[3, 2, 1])) == expected
    assert fingerprint(X, np.array(words)) == fingerprint(X, np.array(words, object)) == expected
    assert len({expected, fingerprint(X), fingerprint(X, ["a", "b", "b"])}) == 3
    assert fingerprint(X, [0, 1, 0]) == fingerprint(X, pd.Series([0, 1, 0]))


def test_long_tables_are_read_to_their_end() -> None:
    """In a table of many blocks, a change in the first, a middle or the last row counts."""
    X = np.zeros((100_001, 7))
    prints = {fingerprint(X), fingerprint(pd.DataFrame(X))}
    for row in (0, 50_000, 100_000):
        changed = X.copy()
        changed[row, 6] = 1.0
        prints |= {fingerprint(changed), fingerprint(pd.DataFrame(changed))}
    assert len(prints) == 8


@pytest.mark.parametrize(
    "code",
    [
        "np.array([{'b', 'a', 'c'}, {'k': 1}], dtype=object)",
        "np.array([1.5, 2.5], dtype=np.longdouble)",
        "np.array([Thing(1), Thing(2)], dtype=object)",
    ],
)
def test_fingerprints_are_the_same_in_another_process(code: str) -> None:
    """Neither hash seeds, padding bytes nor addresses enter the fingerprint."""
    program = (
        "import numpy as np\nfrom exo_nbregistry.introspection.fingerprint import fingerprint\n"
        "class Thing:\n    def __init__(self, n): self.n = n\n"
        f"junk = [object() for _ in range(int(__import__('sys').argv[1]))]\n"
        f"print(fingerprint({code}))"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", program, str(seed)],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2222)
    }
    assert len(prints) == 1
