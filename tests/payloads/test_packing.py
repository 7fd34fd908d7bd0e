"""Packing of text, bytes, arrays and plain values, and reading them again."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import (
    array_shapes,
    arrays,
    boolean_dtypes,
    floating_dtypes,
    integer_dtypes,
    unicode_string_dtypes,
)

from exo_nbregistry.fs.parallel import together
from exo_nbregistry.payloads.attachment import placed
from exo_nbregistry.payloads.packing import pack_later, pack_named
from exo_nbregistry.payloads.unpacking import read_attachment, read_part
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.json_codec import to_plain
from exo_nbregistry.views.facts import same
from tests.sample_values import TEXTS, VALUES

DTYPES = st.one_of(boolean_dtypes(), integer_dtypes(), floating_dtypes(), unicode_string_dtypes())
ARRAYS = arrays(DTYPES, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))


def read_back(thing: Any) -> Any:
    """Return an attachment after it was stored and read."""
    store, packed = MemoryStore(), pack_later(thing, "it")
    with placed(store, "m", packed) as waits:
        together(*waits)
    return read_attachment(store, "m", packed.artifact, "it")


@given(st.text(st.characters(codec="utf-8")) | st.binary())
def test_text_and_bytes_are_read_back(thing: str | bytes) -> None:
    """Line ends and control characters are kept."""
    assert read_back(thing) == thing


@given(ARRAYS)
def test_an_array_is_read_back(array: Any) -> None:
    """The dtype, byte order, shape and values of an array of any dimension are kept."""
    again = read_back(array)
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(again, array)


@given(VALUES.filter(lambda value: not isinstance(value, np.ndarray | str)))
def test_plain_values_are_read_back(value: Any) -> None:
    """Numbers, dates, lists and dicts keep their types, and an empty dict stays a dict."""
    again = read_back(value)
    if (
        isinstance(value, dict)
        and value
        and all(hasattr(v, "__array_interface__") for v in value.values())
    ):
        assert again.keys() == {str(key) for key in value}
    else:
        assert same(again, to_plain(value, "it"))


@given(st.dictionaries(st.sampled_from(["a", "b"]), TEXTS | st.integers(), max_size=2))
def test_equal_things_have_equal_digests(things: dict[str, Any]) -> None:
    """A cell that is run again packs the same artifacts."""
    first, second = pack_named(things), pack_named(dict(things))
    assert {n: p.artifact for n, p in first.items()} == {n: p.artifact for n, p in second.items()}


def test_the_bytes_of_a_text_are_utf_8() -> None:
    """A downloaded text can be opened as UTF-8."""
    store, packed = MemoryStore(), pack_later("größe", "it")
    with placed(store, "m", packed) as waits:
        together(*waits)
    assert read_part(store, "m", packed.artifact, "it", None) == "größe".encode()
