"""Files with dtypes and arrays that lie about their memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.security.payload import COMMAND, MARKER, Collection
from tests.security.stream import Raw, Reduced, build, call, dumped, name, new, stream

ARRAYS = Collection()
DTYPE = name("numpy", "dtype")
NDARRAY = name("numpy", "ndarray")
WRAPPER = new(name("joblib.numpy_pickle", "NumpyArrayWrapper"))
BYTE = (3, "|", None, None, None, -1, -1, 0)


def dtype(kind: str, state: Any = None) -> Raw:
    """Return the instructions that push a dtype."""
    made = call(DTYPE, kind, False, True)
    return made if state is None else build(made, state)


def field(inner: Raw, offset: int = 0, size: int = 8, flags: int = 0) -> Raw:
    """Return a dtype with one field."""
    return dtype("V8", (3, "|", None, ("a",), {"a": (inner, offset)}, size, 1, flags))


def array(inner: Any, shape: Any, data: bytes) -> Raw:
    """Return an array by the calls of pickle."""
    made = call(name("numpy._core.multiarray", "_reconstruct"), NDARRAY, (0,), b"b")
    return build(made, (1, shape, inner, False, data))


def wrapped(data: bytes = b"\x01" * 64, **changes: Any) -> bytes:
    """Return an array as joblib writes it, with changes of its description."""
    state = {
        "subclass": NDARRAY,
        "shape": (8,),
        "order": "C",
        "dtype": dtype("f8"),
        "allow_mmap": False,
        "numpy_array_alignment_bytes": None,
    }
    return b"\x80\x04" + build(WRAPPER, state | changes) + data + b"."


OBJECT = dtype("O8", (3, "|", None, None, None, -1, -1, 63))
LIES: dict[str, Raw] = {
    "objects in plain bytes": field(OBJECT),
    "objects with a lie about references": dtype("O8", BYTE),
    "field far outside": field(dtype("f8"), offset=1_000_000_000),
    "field before the start": field(dtype("f8"), offset=-8),
    "field larger than the item": field(dtype("U1000"), size=8),
    "nested objects": field(field(OBJECT)),
    "subarray": dtype("V8", (3, "|", (dtype("f8"), (1_000_000,)), None, None, 8, 8, 0)),
    "subarray of objects": dtype("V8", (3, "|", (OBJECT, (1,)), None, None, 8, 8, 0)),
    "item of no size": dtype("V0"),
    "item of negative size": dtype("V8", (3, "|", None, None, None, -8, 1, 0)),
    "item of another size": dtype("f8", (3, "<", None, None, None, 1, 1, 0)),
    "alignment of zero": dtype("f8", (3, "<", None, None, None, 8, 0, 0)),
    "field with a title": dtype(
        "V8", (3, "|", None, ("a",), {"a": (dtype("f8"), 0), "t": (OBJECT, 0, "a")}, 8, 1, 0)
    ),
    "names without fields": dtype("V8", (3, "|", None, ("a", "b"), {"a": (BYTE, 0)}, 8, 1, 0)),
    "fields without names": dtype("V8", (3, "|", None, (), {"a": (OBJECT, 0)}, 8, 1, 0)),
    "metadata": dtype("f8", (4, "<", None, None, None, -1, -1, 0, {"a": OBJECT})),
    "date metadata": dtype("M8", (4, "<", None, None, None, -1, -1, 0, ({}, ("x" * 99, 1, 1, 1)))),
    "unknown flags": dtype("f8", (3, "<", None, None, None, -1, -1, 1 << 30)),
    "state of one item": dtype("f8", (3,)),
    "another version": dtype("f8", (99, "<", None, None, None, -1, -1, 0)),
    "byte order": dtype("f8", (3, "\x00", None, None, None, -1, -1, 0)),
    "state twice": build(field(dtype("f8")), (3, "|", None, ("a",), {"a": (OBJECT, 0)}, 8, 1, 0)),
    "comma string": call(DTYPE, "f8,O", False, True),
    "a list": call(DTYPE, [("a", "O")], False, True),
    "a dict": call(DTYPE, {"names": ["a"], "formats": ["O"], "offsets": [9]}, False, True),
    "a class": call(DTYPE, name("sklearn.svm._classes", "SVC"), False, True),
    "a huge text": call(DTYPE, "U2000000000", False, True),
    "aligned": call(DTYPE, "f8", True, True),
}
for what, body in LIES.items():
    ARRAYS.add(f"dtype: {what}", lambda body=body: stream(array(body, (1,), b"\x41" * 8)))
    ARRAYS.add(f"dtype: {what}, by joblib", lambda body=body: wrapped(dtype=body))

SHAPES: dict[str, tuple[Any, bytes]] = {
    "too few bytes": ((100,), b"\x00" * 8),
    "too many bytes": ((1,), b"\x00" * 800),
    "negative": ((-1,), b"\x00" * 8),
    "huge": ((1 << 40,), b"\x00" * 8),
    "overflowing": ((1 << 33, 1 << 33), b"\x00" * 8),
    "zero times huge": ((0, 1 << 62), b""),
    "many dimensions": ((1,) * 65, b"\x00" * 8),
    "a float": ((1.5,), b"\x00" * 8),
    "a list": ([1], b"\x00" * 8),
    "a text": (("1",), b"\x00" * 8),
}
for what, (shape, data) in SHAPES.items():
    ARRAYS.add(f"shape: {what}", lambda s=shape, d=data: stream(array(dtype("f8"), s, d)))
    if what not in ("too few bytes", "too many bytes"):
        ARRAYS.add(f"shape: {what}, by joblib", lambda s=shape, d=data: wrapped(d, shape=s))

CHANGES: dict[str, dict[str, Any]] = {
    "an array of 8 TB": {"shape": (10**12,)},
    "items of no size": {"dtype": dtype("V0"), "shape": (1 << 40,)},
    "subclass memmap": {"subclass": name("numpy", "memmap")},
    "subclass matrix of another module": {"subclass": name("numpy.matrixlib", "matrix")},
    "subclass SVC": {"subclass": name("sklearn.svm._classes", "SVC")},
    "subclass recarray": {"subclass": name("numpy", "recarray")},
    "order": {"order": "\x00"},
    "order A": {"order": "A"},
    "alignment that is negative": {"numpy_array_alignment_bytes": -16},
    "alignment that is huge": {"numpy_array_alignment_bytes": 1 << 40},
    "alignment of a text": {"numpy_array_alignment_bytes": "16"},
    "own method": {"read_array": name("numpy", "exp")},
    "own reader": {"read": name("os", "system")},
    "no shape": {"shape": None},
    "no dtype": {"dtype": None},
    "dtype that is a text": {"dtype": "O"},
}
for what, change in CHANGES.items():
    ARRAYS.add(f"joblib: {what}", lambda change=change: wrapped(**change))
ARRAYS.add("joblib: no state", lambda: b"\x80\x04" + build(WRAPPER, {}) + b".")
ARRAYS.add("joblib: objects without a stream", lambda: wrapped(b"\xff" * 64, dtype=OBJECT))
ARRAYS.add(
    "joblib: a command among objects",
    lambda: wrapped(stream(call(name("os", "system"), COMMAND)), dtype=OBJECT, shape=(1,)),
)
ARRAYS.add(
    "joblib: objects of another shape",
    lambda: wrapped(stream(array(OBJECT, (1,), b"")), dtype=OBJECT, shape=(5,)),
)
ARRAYS.add("joblib: a memory map", lambda: wrapped(allow_mmap=True, shape=(1 << 30,)))


@ARRAYS("state of an array twice")
def _state_twice() -> bytes:
    one = array(dtype("f8"), (1,), b"\x00" * 8)
    return stream(build(one, (1, (1 << 20,), dtype("f8"), False, b"")))


@ARRAYS("array whose objects are too few")
def _too_few_objects() -> bytes:
    return stream(array(OBJECT, (5,), b""))  # A list of objects belongs here.


@ARRAYS("array whose list of objects is too short")
def _short_list() -> bytes:
    made = call(name("numpy._core.multiarray", "_reconstruct"), NDARRAY, (0,), b"b")
    return stream(build(made, (1, (5,), OBJECT, False, [1])))


@ARRAYS("an array that was not built")
def _not_built() -> bytes:
    return stream(call(name("numpy._core.multiarray", "_reconstruct"), NDARRAY, (1 << 40,), b"b"))


@ARRAYS("an array of a subclass")
def _subclass() -> bytes:
    made = call(name("numpy._core.multiarray", "_reconstruct"), name("numpy", "memmap"), (0,), b"b")
    return stream(build(made, (1, (1,), dtype("f8"), False, b"\x00" * 8)))


SCALAR, FROM_BUFFER = (
    name("numpy._core.multiarray", "scalar"),
    name("numpy._core.numeric", "_frombuffer"),
)
CALLS: dict[str, Raw] = {
    "scalar of objects": call(SCALAR, OBJECT, b"\x41" * 8),
    "scalar of an object": call(SCALAR, OBJECT, new(name("sklearn.svm._classes", "SVC"))),
    "scalar with too few bytes": call(SCALAR, dtype("f8"), b"\x00"),
    "scalar without bytes": call(SCALAR, dtype("f8")),
    "scalar of fields": call(SCALAR, field(dtype("f8")), b"\x00" * 8),
    "buffer of objects": call(FROM_BUFFER, b"\x41" * 8, OBJECT, (1,), "C"),
    "buffer with too few bytes": call(FROM_BUFFER, b"\x00", dtype("f8"), (8,), "C"),
    "buffer with another order": call(FROM_BUFFER, b"\x00" * 8, dtype("f8"), (1,), "\x00"),
    "buffer that is a text": call(FROM_BUFFER, "x" * 8, dtype("f8"), (1,), "C"),
    "buffer of items without size": call(FROM_BUFFER, b"", dtype("V0"), (1 << 40,), "C"),
}
for what, body in CALLS.items():
    ARRAYS.add(what, lambda body=body: stream(body))


@ARRAYS("a memory map of another file")
def _memory_map() -> bytes:
    import os

    return dumped(Reduced(np.memmap, (os.devnull, "u1", "r")))


@ARRAYS("an array with a marker as its file")
def _file() -> bytes:
    return stream(call(name("numpy", "fromfile"), MARKER, "u1"))
