"""The interpreter of pickle streams."""

from __future__ import annotations

import io
import pickle
import pickletools
import struct
from collections import OrderedDict, defaultdict
from typing import Any

import joblib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.restricted.limits import MAX_NESTING
from exo_nbregistry.restricted.opcodes import ALLOWED
from tests.restricted.opcode_stream import START, STOP, load, name, plain, reason, text

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
)
VALUES = st.recursive(
    SCALARS | st.binary(min_size=1).map(bytearray) | st.frozensets(st.text()),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.tuples(st.integers(0, 9), st.text()), inner)
        | st.tuples(inner, inner)
        | st.sets(st.integers(-(2**60), 2**60))
    ),
)


@given(value=VALUES, protocol=st.integers(2, 5))
def test_plain_values_are_read_as_pickle_reads_them(value: Any, protocol: int) -> None:
    """Each plain value of each supported protocol is equal after loading."""
    loaded = load(pickle.dumps(value, protocol))
    assert loaded == value
    assert type(loaded) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        OrderedDict(b=1, a=2),
        defaultdict(int, a=1),
        slice(1, None, 2),
        range(3),
        1 + 2j,
        "x" * 70_000,
        b"x" * 70_000,
        [(1, 2)] * 3,
    ],
)
def test_other_values_of_python_are_read(value: Any) -> None:
    """Values that pickle writes as a call are equal after loading."""
    assert load(pickle.dumps(value, 5)) == value


def test_shared_and_recursive_lists_stay_shared() -> None:
    """A list in itself and a list in two places keep their identity."""
    shared: list[Any] = [1]
    value = [shared, shared]
    value.append(value)
    loaded = load(pickle.dumps(value, 5))
    assert loaded[0] is loaded[1]
    assert loaded[2] is loaded


@pytest.mark.parametrize(
    "code", [code for code in range(256) if code not in ALLOWED and chr(code) not in "hKq\x94."]
)
def test_each_other_instruction_is_refused(code: int) -> None:
    """Every byte that is not an allowed instruction is refused, with its name if it has one."""
    found = {ord(one.code): one.name for one in pickletools.opcodes}.get(code, "0x")
    assert found in reason(START + pickle.NONE * 3 + bytes([code]) + b"\x00" * 9 + STOP)


@pytest.mark.parametrize("protocol", [0, 1, 6, 255])
def test_other_protocols_are_refused(protocol: int) -> None:
    """Only protocols 2 to 5 are read."""
    expected = "legacy" if protocol < 1 else "protocol"
    stream = b"I1\n." if protocol == 0 else pickle.PROTO + bytes([protocol]) + b"N."
    assert expected in reason(stream)


@pytest.mark.parametrize("compress", ["zlib", "gzip", "bz2", "xz", "lzma"])
def test_code_in_compressed_files_is_refused(compress: str) -> None:
    """A compressed file is unpacked up to a limit, and has the same checks."""
    target = io.BytesIO()
    joblib.dump([print], target, compress=(compress, 3))
    assert "builtins.print" in reason(target.getvalue())


@pytest.mark.parametrize(
    "instruction",
    [
        pickle.BINBYTES8 + struct.pack("<Q", 1 << 62),
        pickle.BINUNICODE8 + struct.pack("<Q", 1 << 62),
        pickle.BYTEARRAY8 + struct.pack("<Q", 1 << 62),
        pickle.FRAME + struct.pack("<Q", 1 << 62),
        pickle.BINBYTES + struct.pack("<I", 1 << 31),
        pickle.BINUNICODE + struct.pack("<I", 1 << 31),
        pickle.SHORT_BINUNICODE + b"\xff",
        pickle.SHORT_BINBYTES + b"\xff",
        pickle.LONG1 + b"\xff",
    ],
)
def test_a_length_beyond_the_file_is_refused(instruction: bytes) -> None:
    """A length is compared with the bytes that remain, before memory is allocated."""
    assert "ends before" in reason(START + instruction + b"x" + STOP)


@pytest.mark.parametrize("data", [b"", START, START + b"N", START + b"t.", START + b"h\x09."])
def test_an_incomplete_stream_is_refused(data: bytes) -> None:
    """A stream that ends early, or reads an empty stack or memo, is refused."""
    assert reason(data)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Random bytes never raise another error than a rejection."""
    try:
        load(START + data)
    except Exception as error:  # noqa: BLE001 - its type is what is tested
        assert type(error).__name__ == "Rejection"  # noqa: PT017


@given(value=VALUES, place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(value: Any, place: float, byte: int) -> None:
    """A stream with one changed byte never raises another error than a rejection."""
    data = bytearray(pickle.dumps(value, 5))
    data[int(place * len(data))] = byte
    try:
        load(bytes(data))
    except Exception as error:  # noqa: BLE001 - its type is what is tested
        assert type(error).__name__ == "Rejection"  # noqa: PT017


def test_groups_nest_to_a_limit() -> None:
    """Groups inside each other are refused beyond the limit."""
    inside = START + b"(" * MAX_NESTING + b"N" + b"t" * MAX_NESTING + STOP
    assert isinstance(load(inside), tuple)
    assert "levels deep" in reason(START + b"(" * (MAX_NESTING + 1) + STOP)


@pytest.mark.parametrize("instruction", [b"\x85", b"]", b"}", b"\x8f", b"(t", b"(\x91"])
def test_a_small_file_cannot_create_many_containers(instruction: bytes) -> None:
    """The number of containers is in proportion to the size of the file."""
    assert "too many containers" in reason(START + b"N" + instruction * 300_000 + STOP)


def test_the_memo_has_no_gaps() -> None:
    """An index far beyond the memo is refused; the next one and an old one are not."""
    assert "gap" in reason(START + b"Nr\xff\xff\xff\xff.")
    assert load(START + b"Nq\x00q\x01q\x00h\x01.") is None


@pytest.mark.parametrize(
    ("items", "instruction"),
    [
        (b"N", pickle.APPEND),
        (b"(N", pickle.APPENDS),
        (b"NN", pickle.SETITEM),
        (b"(NN", pickle.SETITEMS),
        (b"(N", pickle.ADDITEMS),
    ],
)
def test_items_are_added_to_plain_containers_only(items: bytes, instruction: bytes) -> None:
    """Objects with their own append, update or add are not called."""
    target = name("numpy.float64")
    assert "adds items to a" in reason(START + target + items + instruction + STOP)


def test_a_name_must_be_a_short_line_or_text() -> None:
    """A name that is not a text, or has no end, is refused."""
    assert "not a text" in reason(START + b"NN\x93.")
    assert "does not end" in reason(START + b"c" + b"x" * 5_000)
    assert "cannot be read" in reason(START + b"c\xff\n\xff\n.")


def test_arguments_are_a_tuple() -> None:
    """A call and a new instance require a tuple."""
    target = name("sklearn.dummy.DummyClassifier")
    for instruction in (pickle.REDUCE, pickle.NEWOBJ):
        assert "not a tuple" in reason(START + target + text("x") + instruction + STOP)


def test_an_odd_number_of_items_is_refused() -> None:
    """A mapping requires a value for each key."""
    assert reason(START + b"}(NNNu.")
    assert load(START + plain({"a": 1}) + STOP) == {"a": 1}
