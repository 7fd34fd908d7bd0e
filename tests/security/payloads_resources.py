"""Files that are small and ask for a lot of memory, time or stack."""

from __future__ import annotations

import struct

from tests.security.payload import Collection
from tests.security.stream import MARK, Raw, build, call, name, new, push, stream

RESOURCES = Collection()
DEEP, DEEPER = 1_000_000, 3_000_000
HUGE = struct.pack("<Q", 1 << 62)
OBJECT_BYTES = struct.pack("<I", 0xFFFFFFFF)
BODIES: dict[str, bytes] = {
    "a bytearray of 1 TB": call(name("builtins", "bytearray"), 10**12),
    "a set of 10**12": call(name("builtins", "set"), call(name("builtins", "range"), 10**12)),
    "a frozenset of a range": call(
        name("builtins", "frozenset"), call(name("builtins", "range"), 10**9)
    ),
    "a list of a range": call(name("builtins", "list"), call(name("builtins", "range"), 10**9)),
    "bytes of 2**62": b"\x8e" + HUGE,
    "a text of 2**62": b"\x8d" + HUGE,
    "a bytearray of 2**62": b"\x96" + HUGE,
    "a frame of 2**62": b"\x95" + HUGE,
    "bytes of 4 GB": b"B" + OBJECT_BYTES,
    "a text of 4 GB": b"X" + OBJECT_BYTES,
    "a tuple as a deep key": b"}" + b")" + b"\x85" * DEEPER + b"Ns",
    "a tuple as a deep item of a set": b"\x8f(" + b")" + b"\x85" * DEEPER + b"\x90",
    "a deep frozenset": MARK + b")" + b"\x85" * DEEPER + b"\x91",
    "a frozenset of frozensets": MARK * 5_000 + b"N" + b"\x91" * 5_000,
    "a deep list": b"]" * DEEP + b"a" * (DEEP - 1),
    "a deep tuple": b")" + b"\x85" * DEEP,
    "a deep dict": b"}" + b"K\x00}" * DEEP + b"s" * DEEP,
    "many marks": MARK * DEEP,
    "integers of one hash": b"}("
    + b"".join(
        b"\x8a\x0b" + (n * ((1 << 61) - 1)).to_bytes(11, "little") + b"N" for n in range(50_000)
    )
    + b"u",
    "many sets": MARK + b"\x8f" * DEEP + b"t",
    "many dicts": MARK + b"}" * DEEP + b"t",
    "many lists": MARK + b"]" * DEEP + b"t",
    "many tuples": b"N" + MARK + b"h\x00" * 10 + b"t",
}
for what, body in BODIES.items():
    RESOURCES.add(what, lambda body=body: stream(Raw(body)))


@RESOURCES("a list of lists that doubles", harmless=True)
def _laughs() -> bytes:
    body = b"]q\x00"
    for level in range(40):
        body += b"](" + b"h" + bytes([level]) + b"h" + bytes([level]) + b"eq" + bytes([level + 1])
    return b"\x80\x02" + body + b"."


@RESOURCES("a list that contains itself", harmless=True)
def _itself() -> bytes:
    return b"\x80\x02]q\x00h\x00a."


@RESOURCES("an estimator that contains itself", harmless=True)
def _estimator_in_itself() -> bytes:
    body = new(name("sklearn.calibration", "CalibratedClassifierCV")) + b"q\x00"
    return b"\x80\x04" + build(Raw(body), {"estimator": Raw(b"h\x00")}) + b"."


@RESOURCES("many generators")
def _generators() -> bytes:
    maker = call(name("numpy.random._pickle", "__bit_generator_ctor"), "MT19937")
    return stream(Raw(MARK + maker * 20_000 + b"t"))


@RESOURCES("many arrays without bytes")
def _arrays() -> bytes:
    first = name("numpy._core.multiarray", "_reconstruct") + b"q\x00" + name("numpy", "ndarray")
    one = b"h\x00(h\x01" + push((0,)) + push(b"b") + b"tR"
    return b"\x80\x04" + MARK + first + b"q\x01" + one * 200_000 + b"t."


@RESOURCES("many estimators")
def _estimators() -> bytes:
    first = name("sklearn.svm._classes", "SVC") + b"q\x00"
    return b"\x80\x04" + MARK + first + b"h\x00)\x81" * DEEP + b"t."


@RESOURCES("a range of 10**30")
def _range() -> bytes:
    return stream(call(name("builtins", "range"), 10**30))


@RESOURCES("a slice of lists")
def _slice() -> bytes:
    return stream(call(name("builtins", "slice"), [1], None, None))
