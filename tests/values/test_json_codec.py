"""Plain values to JSON and back, exactly, and strict reading of record files."""

from __future__ import annotations

import contextlib
import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RecordError
from exo_nbregistry.values.json_codec import (
    MAX_DEPTH,
    MAX_RECORD_BYTES,
    canonical_json,
    decode,
    digest_json,
    dump_json,
    encode,
    load_json,
    passes_quick_size_check,
    to_plain,
)
from exo_nbregistry.views.facts import same
from tests.sample_values import FIELDS, VALUES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$float", "$tuple", "$map", "$datetime", "$date", "$new"]),
            inner,
            max_size=1,
        )
    ),
    max_leaves=6,
)


@given(FIELDS)
def test_values_come_back_exactly(fields: dict[str, Any]) -> None:
    """Every value comes back from a file of JSON equal and of the same type."""
    plain = to_plain(fields, "it")
    again = decode(load_json(dump_json({"it": encode(plain)}, "it"), "it")["it"])
    assert same(again, plain)


@given(VALUES)
def test_a_digest_does_not_depend_on_the_order(value: Any) -> None:
    """A value that is read from a file has the digest of the written value."""
    encoded = {"b": encode(to_plain(value, "it")), "a": 1}
    turned = dict(reversed(encoded.items()))
    assert digest_json(load_json(dump_json(encoded, "it"), "it")) == digest_json(turned)


@pytest.mark.parametrize("fields", [{"$tuple": [1]}, {"$float": "nan"}, {"$map": []}, {"$x": 1}])
def test_a_users_dict_is_never_mistaken(fields: dict[str, Any]) -> None:
    """A dict that looks like an encoded value comes back as that dict."""
    assert decode(encode(fields)) == fields


@given(JSON)
def test_decoding_strange_json_ends_in_a_record_error(value: Any) -> None:
    """Any JSON value is decoded or raises RecordError."""
    with contextlib.suppress(RecordError):
        to_plain(decode(value), "it")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"$float": "huge"}, r"invalid \$float"),
        ({"$datetime": "yesterday"}, r"invalid \$datetime"),
        ({"$map": [[[1], 2]]}, r"invalid \$map"),
        ({"$tuple": [{"$quaternion": 1}]}, "install a newer release"),
    ],
)
def test_a_strange_value_is_named(value: Any, message: str) -> None:
    """A value type of a newer release is named, also inside another value."""
    with pytest.raises(RecordError, match=message):
        decode(value)


def test_a_refusal_does_not_quote_a_whole_record() -> None:
    """The message of a malformed value stays short."""
    with pytest.raises(RecordError) as refused:
        decode({"$float": "9" * 10_000})
    assert len(str(refused.value)) < 200


def test_a_file_is_readable_text() -> None:
    """Keys are sorted, one per line, with non-ASCII letters and a final newline."""
    data = dump_json({"b": "größe", "a": encode(datetime(2026, 1, 1, tzinfo=UTC))}, "it")
    assert data.decode().splitlines() == [
        "{",
        ' "a": {',
        '  "$datetime": "2026-01-01T00:00:00+00:00"',
        " },",
        ' "b": "größe"',
        "}",
    ]
    assert data.endswith(b"}\n")


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_the_bytes_are_those_of_the_standard_library(fields: dict[str, Any]) -> None:
    """The file is what json.dumps writes with indent=1, of any values."""
    value = {"it": encode(to_plain(fields, "it")), "n": [], "m": {}, "f": [0.1, 1e300, -0.0]}
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    assert dump_json(value, "it") == text.encode() + b"\n"


def test_a_record_of_a_mebibyte_fits_and_one_byte_more_does_not() -> None:
    """The limit is the same for writing and for reading, and the message names what is large."""
    spare = MAX_RECORD_BYTES - len(dump_json({"content": {"notes": "", "n": 1}}, "it"))
    fits = dump_json({"content": {"notes": "x" * spare, "n": 1}}, "it")
    assert len(fits) == MAX_RECORD_BYTES
    assert load_json(fits, "it")["content"]["n"] == 1
    with pytest.raises(RecordError, match="largest field is 'notes'"):
        dump_json({"content": {"notes": "x" * (spare + 1), "n": 1}}, "it")
    with pytest.raises(RecordError, match="larger than"):
        load_json(fits + b" ", "it")


@pytest.mark.parametrize(("kind", "deep"), [("list", "content"), ("dict", r"a\.a")])
def test_sixty_four_levels_fit_and_one_more_does_not(kind: str, deep: str) -> None:
    """The limit is the same for writing and for reading, and the message names what is deep."""

    def wrap(value: Any) -> Any:
        return [value] if kind == "list" else {"a": value}

    value: Any = 1
    for _ in range(MAX_DEPTH - 1):
        value = wrap(value)
    data = dump_json({"content": value, "n": 1}, "it")
    assert load_json(data, "it")["n"] == 1
    with pytest.raises(RecordError, match=f"deep in '{deep}'"):
        dump_json({"content": wrap(value), "n": 1}, "it")
    with pytest.raises(RecordError, match="levels deep"):
        load_json(json.dumps({"content": wrap(value)}).encode(), "it")


@pytest.mark.parametrize(
    "data",
    [
        *[b"", b"{", b"[]", b"1", b"null", b'{"a": 1} {}', b'{"a": NaN}', b'{"a": -Infinity}'],
        *[b'{"a": 1, "a": 1}', b'{"b": {"a": 1, "a": 2}}', b"\xff\xfe", b'\xef\xbb\xbf{"a": 1}'],
        *[b'{"a": ' + b"[" * 200_000, b'{"a": ' + b"9" * 5000 + b"}"],
    ],
)
def test_invalid_data_is_rejected_with_its_key(data: bytes) -> None:
    """Torn, foreign, ambiguous or endless text is one kind of error, which names the file."""
    with pytest.raises(RecordError, match=r"models/m/versions/v000001\.json"):
        load_json(data, "models/m/versions/v000001.json")


@given(st.binary(max_size=40))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Any bytes are a JSON object or a RecordError."""
    with contextlib.suppress(RecordError):
        assert isinstance(load_json(data, "it"), dict)


def test_canonical_json_has_no_nan() -> None:
    """A digest is never taken over what JSON does not have."""
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": math.nan})


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.integers(0, MAX_RECORD_BYTES))
def test_what_surely_fits_does_fit(fields: dict[str, Any], spare_bytes: int) -> None:
    """An object that the quick check accepts can be written, and small objects are accepted."""
    value = {"it": encode(to_plain(fields, "it"))}
    if passes_quick_size_check(value, spare_bytes=spare_bytes):
        assert len(dump_json(value, "it")) <= MAX_RECORD_BYTES - spare_bytes
    assert passes_quick_size_check({"a": 1})


def test_the_quick_look_counts_the_blanks_of_deep_values() -> None:
    """Many tiny values, deep down, are not taken for small: each gets a line of its own."""
    value: Any = [1] * 8_000
    for _ in range(MAX_DEPTH - 2):
        value = [value]
    assert len(dump_json({"it": value}, "it")) > MAX_RECORD_BYTES / 2
    assert not passes_quick_size_check({"it": value}, spare_bytes=MAX_RECORD_BYTES // 2)
    assert not passes_quick_size_check({"it": [value]})
