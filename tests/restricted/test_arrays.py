"""Arrays of a stream."""

from __future__ import annotations

import io
import mmap
import pickle
from typing import Any

import joblib
import numpy as np
import pytest

from exo_nbregistry.restricted.arrays import (
    from_buffer,
    require_shape,
    scalar,
    set_array_state,
    set_masked_state,
)
from exo_nbregistry.restricted.load import load_restricted
from exo_nbregistry.restricted.rejection import Rejection
from tests.restricted.opcode_stream import load, reason

GRID = np.arange(12.0).reshape(3, 4)
HONEST = {
    "floats": GRID,
    "columns": np.asfortranarray(GRID),
    "transposed": GRID.T,
    "strided": GRID[:, ::2],
    "big-endian": GRID.astype(">f4"),
    "bools": GRID > 5,
    "texts": np.array(["a", "bcd", "☉"]),
    "bytes": np.array([b"a", b"bcd"]),
    "objects": np.array(["a", 1, None, 2.5, [3]], dtype=object),
    "object grid": np.asfortranarray(np.array([["a", 1], [None, 2.0]], dtype=object)),
    "empty": np.zeros((0, 4)),
    "no dimension": np.array(3.5),
    "times": np.array(["2026-01-01"], dtype="M8[ns]"),
    "records": np.array([(1.0, 2)], dtype=[("a", "f8"), ("b", "u1")]),
    "three": np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2),
    "masked": np.ma.MaskedArray([1, 2, 3], mask=[True, False, True], fill_value=7),
    "masked objects": np.ma.MaskedArray(["a", 2], mask=[True, False], dtype=object),
    "scalar": np.float32(0.25),
    "text scalar": np.str_("abc"),
    "empty text scalar": np.str_(""),
    "bool scalar": np.True_,
}


def dumped(value: Any, writer: str) -> bytes:
    """Return the bytes of a value as a library writes them."""
    if writer != "joblib":
        return pickle.dumps(value, int(writer))
    target = io.BytesIO()
    joblib.dump(value, target)
    return target.getvalue()


@pytest.mark.parametrize("writer", ["joblib", "2", "3", "4", "5"])
@pytest.mark.parametrize("kind", HONEST)
def test_arrays_are_read_as_they_were_written(kind: str, writer: str) -> None:
    """Values, type, shape and order of each array are equal, and it can be written to."""
    value = HONEST[kind]
    loaded = load(dumped({"array": value, "again": [value]}, writer))["array"]
    assert type(loaded) is type(value)
    np.testing.assert_array_equal(loaded, value)
    if isinstance(value, np.ma.MaskedArray):
        np.testing.assert_array_equal(loaded.mask, value.mask)
        assert loaded.fill_value == value.fill_value
    if isinstance(value, np.ndarray):
        assert loaded.shape == value.shape
        assert loaded.dtype == value.dtype.newbyteorder("=") or writer != "joblib"
        assert loaded.flags.writeable


def test_a_large_array_is_a_view_of_mapped_memory() -> None:
    """A large array of an mmap is not copied, and can be written to."""
    value = np.arange(1 << 16, dtype=float).reshape(256, 256)
    data = dumped([value, value.T], "joblib")
    memory = mmap.mmap(-1, len(data))
    memory[:] = data
    rows, columns = load_restricted(memory)  # type: ignore[arg-type]
    np.testing.assert_array_equal(rows, value)
    np.testing.assert_array_equal(columns, value.T)
    rows[0, 0] = 7
    assert not rows.flags.owndata
    assert rows.flags.aligned


@pytest.mark.parametrize(
    "shape",
    [(-1,), (1.0,), [1], None, (1,) * 33, (1 << 62,), (1 << 40, 1 << 40), (0, 1 << 62), (True,)],
)
def test_an_invalid_shape_is_refused(shape: Any) -> None:
    """A shape is a tuple of a few integers whose product NumPy can address."""
    with pytest.raises(Rejection, match="shape"):
        require_shape(shape)


@pytest.mark.parametrize(
    ("data", "dtype", "shape", "order"),
    [
        (b"12345678", np.dtype("f8"), (2,), "C"),
        (b"12345678", np.dtype("f8"), (1 << 40,), "C"),
        (b"", np.dtype("V0"), (1 << 40,), "C"),
        (b"12345678", np.dtype("O"), (1,), "C"),
        (b"12345678", np.dtype("f8"), (1,), "K"),
        ("12345678", np.dtype("f8"), (1,), "C"),
        (b"\2", np.dtype("?"), (1,), "C"),
        (b"\0\0\x11\0", np.dtype("U1"), (1,), "C"),
        (b"\0" * 3 + b"\x7f", np.dtype("U1"), (1,), "C"),
        (b"\2\0", np.dtype([("a", "?"), ("b", "?")]), (1,), "C"),
    ],
    ids=str,
)
def test_bytes_that_do_not_fit_are_refused(data: Any, dtype: Any, shape: Any, order: str) -> None:
    """Wrong sizes, objects, and values that their type does not have are refused."""
    with pytest.raises(Rejection):
        from_buffer(data, dtype, shape, order)
    if order == "C":
        with pytest.raises(Rejection):
            set_array_state(np.ndarray(0, "b"), (1, shape, dtype, False, data))


def test_a_mask_with_other_bytes_is_refused() -> None:
    """NumPy counts the bytes of a mask and would write outside of the result of an index."""
    data = bytearray(dumped(np.array([True] * 999), "joblib"))
    data[-600:-500] = b"\xff" * 100
    assert "neither true nor false" in reason(bytes(data))


@pytest.mark.parametrize(
    "state",
    [
        (1, (2,), np.dtype("O"), False, ["a"]),
        (1, (1 << 40,), np.dtype("O"), False, []),
        (1, (1,), np.dtype("f8"), False, ["a"]),
        (1, (1,), np.dtype("O"), False, b"12345678"),
        (1, (1,), np.dtype("f8"), False, bytearray(8)),
        (2, (1,), np.dtype("f8"), False, bytes(8)),
        ((1,), np.dtype("f8"), False, bytes(8)),
        None,
    ],
    ids=str,
)
def test_a_state_that_numpy_does_not_write_is_refused(state: Any) -> None:
    """The items of an array fit its type and shape."""
    with pytest.raises(Rejection):
        set_array_state(np.ndarray(0, "b"), state)


@pytest.mark.parametrize(
    ("mask", "fill"), [(b"\2", None), (b"", None), (b"\0\0", None), (b"\0", [1]), (b"\0", object())]
)
def test_a_masked_array_has_a_mask_and_a_scalar(mask: bytes, fill: Any) -> None:
    """The mask has one truth value for each item, and the fill value is a scalar."""
    array = np.ma.MaskedArray(np.ndarray(0, "b"))
    with pytest.raises(Rejection):
        set_masked_state(array, (1, (1,), np.dtype("f8"), False, bytes(8), mask, fill))


@pytest.mark.parametrize(
    "args",
    [
        (np.dtype("O"), bytes(8)),
        (np.dtype("f8"), bytes(7)),
        (np.dtype("f8"), b""),
        (np.dtype([("a", "f8")]), bytes(8)),
        ("f8", bytes(8)),
        (np.dtype("f8"),),
    ],
    ids=str,
)
def test_a_scalar_has_the_bytes_of_its_type(args: Any) -> None:
    """A scalar of objects, of fields or with another size is refused."""
    with pytest.raises(Rejection, match="scalar"):
        scalar(args)


@pytest.mark.parametrize(
    "change",
    [
        (b"shape\x94K\x03", b"shape\x94K\xff"),
        (b"order\x94\x8c\x01C", b"order\x94\x8c\x01K"),
        (b"K\x10ub", b"K\x10e("),
    ],
    ids=str,
)
def test_a_changed_description_of_an_array_is_refused(change: tuple[bytes, bytes]) -> None:
    """A joblib array with another shape, order or padding is refused."""
    data = dumped(np.zeros(3), "joblib")
    assert change[0] in data or change[0] == b"K\x10ub"
    assert reason(data.replace(*change) if change[0] in data else data[:-9])


def test_items_of_an_object_array_are_read_by_the_same_rules() -> None:
    """A name inside an array of objects is refused like any other."""
    assert "builtins.print" in reason(dumped(np.array([print, 1], dtype=object), "joblib"))
