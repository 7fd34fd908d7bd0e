"""Array types of a stream."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.restricted.dtypes import dtype_call
from exo_nbregistry.restricted.rejection import Rejection
from tests.restricted.opcode_stream import load

RECORD = np.dtype([("a", "f8"), ("b", "u1")])
CODES = ["?", "i1", "u2", ">i4", "i8", "f2", ">f4", "f8", "c8", "c16", "U5", ">U5", "S3", "O"]
HONEST = [
    *map(np.dtype, CODES),
    np.dtype("M8[ns]"),
    np.dtype("m8[s]"),
    np.dtype("M8"),
    np.dtype("M8[25us]"),
    RECORD,
    np.dtype([("a", "i1"), ("b", ">f8")], align=True),
    np.dtype({"names": ["x"], "formats": ["i4"], "offsets": [8], "itemsize": 32}),
]


@pytest.mark.parametrize("dtype", HONEST, ids=lambda dtype: dtype.str + str(dtype.fields or ""))
def test_types_of_numpy_are_equal_after_loading(dtype: np.dtype[Any]) -> None:
    """Each type that models have is rebuilt, also if it is stored twice."""
    first, second = load(pickle.dumps([dtype, dtype], 5))
    assert first == second == dtype
    assert first.alignment == dtype.alignment
    assert (first.hasobject, first.isalignedstruct) == (dtype.hasobject, dtype.isalignedstruct)


def state(**changes: Any) -> tuple[Any, ...]:
    """Return the state of `RECORD` with changes."""
    parts = dict(zip(PARTS, RECORD_STATE, strict=True))
    return tuple((parts | changes).values())


PARTS = ["version", "order", "subdtype", "names", "fields", "size", "alignment", "flags"]
RECORD_STATE = RECORD.__reduce__()[2]
PLAIN_OBJECT = (np.dtype("O"), 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": {"a": PLAIN_OBJECT, "b": (np.dtype("u1"), 8)}},
        {"fields": {"a": PLAIN_OBJECT, "b": (np.dtype("u1"), 8)}, "flags": 0},
        {"fields": {"a": (np.dtype("f8"), 10**9), "b": (np.dtype("u1"), 8)}},
        {"fields": {"a": (np.dtype("f8"), -8), "b": (np.dtype("u1"), 8)}},
        {"fields": {"a": (np.dtype("f8"), 2), "b": (np.dtype("u1"), 9)}},
        {"fields": {"a": (RECORD, 0), "b": (np.dtype("u1"), 8)}},
        {"fields": {"a": (np.dtype(("f8", (9,))), 0), "b": (np.dtype("u1"), 8)}},
        {"fields": {"a": (np.dtype("f8"), 0, "title"), "b": (np.dtype("u1"), 8)}},
        {"fields": {"a": (np.dtype("f8"), 0)}},
        {"fields": None},
        {"fields": {}},
        {"names": ("a",)},
        {"names": ("a", "a")},
        {"names": ("a", 1)},
        {"names": ()},
        {"names": None},
        {"size": 1 << 40},
        {"size": 0},
        {"size": -1},
        {"size": 9.0},
        {"flags": 0},
        {"flags": 63},
        {"flags": "x"},
        {"alignment": 1 << 30},
        {"order": ">"},
        {"order": "x"},
        {"subdtype": (np.dtype("O"), (2,))},
        {"version": 2},
    ],
    ids=str,
)
def test_a_state_that_numpy_does_not_write_is_refused(changes: dict[str, Any]) -> None:
    """Hidden objects, fields outside the item, subarrays and false flags are refused."""
    assert dtype_call(("V9", False, True)).build(state()) == RECORD
    with pytest.raises(Rejection):
        dtype_call(("V9", False, True)).build(state(**changes))


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("f8", np.dtype("O").__reduce__()[2]),
        ("O8", np.dtype("f8").__reduce__()[2]),
        ("V8", np.dtype("V8").__reduce__()[2]),
        ("U5", np.dtype("U9").__reduce__()[2]),
        ("M8", (*np.dtype("M8[ns]").__reduce__()[2][:8], (None, (b"ns", 0, 1, 1)))),
        ("M8", (*np.dtype("M8[ns]").__reduce__()[2][:8], (None, (b"xx", 1, 1, 1)))),
        ("f8", (*np.dtype("M8[ns]").__reduce__()[2][:8], (None, (b"ns", 1, 1, 1)))),
        ("f8", None),
        ("f8", (3, "<")),
    ],
    ids=str,
)
def test_a_state_of_another_type_is_refused(code: str, other: Any) -> None:
    """A state must be the one of the type that was named."""
    with pytest.raises(Rejection):
        dtype_call((code, False, True)).build(other)


def test_a_state_is_set_once() -> None:
    """A second state is refused."""
    pending = dtype_call(("f8", False, True))
    pending.build(np.dtype("f8").__reduce__()[2])
    with pytest.raises(Rejection):
        pending.build(np.dtype("f8").__reduce__()[2])


@pytest.mark.parametrize(
    "args",
    [
        ("f8",),
        ("f8", True, True),
        ("f8,O", False, True),
        ("(2,)O", False, True),
        ("O,O", False, True),
        ("U999999999", False, True),
        (np.float64, False, True),
        ([("a", "O")], False, True),
        ("f8", False, True, {"a": 1}),
    ],
    ids=str,
)
def test_only_a_kind_and_a_size_are_arguments(args: Any) -> None:
    """numpy.dtype is called only with arguments that NumPy writes."""
    with pytest.raises(Rejection, match="does not write"):
        dtype_call(args)
