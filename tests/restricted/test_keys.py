"""Keys of dicts and items of sets."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.restricted.keys import MAX_TUPLE_KEYS, require_shallow_keys
from exo_nbregistry.restricted.rejection import Rejection
from tests.restricted.opcode_stream import START, STOP, reason


@pytest.mark.parametrize(
    "key", ["a", b"b", 1, 2.0, True, None, (1, ("a",)), np.int64(3), np.str_("x"), -(1 << 63)]
)
def test_scalars_and_short_tuples_are_keys(key: Any) -> None:
    """Keys of fitted models are allowed."""
    require_shallow_keys([key])


@pytest.mark.parametrize(
    "key",
    [
        1 << 64,
        1j,
        np.complex128(2j),
        [],
        object(),
        (((((1,),),),),),
        tuple(range(2_000)),
        (1, [2]),
        np.zeros(1),
    ],
)
def test_other_keys_are_refused(key: Any) -> None:
    """Deep, long, mutable or colliding keys are refused."""
    with pytest.raises(Rejection, match="dict key or set item"):
        require_shallow_keys(["a", key])


def test_a_dict_has_few_tuples_as_keys() -> None:
    """Tuples with one hash make a dict quadratic, so their number is limited."""
    keys = [(n,) for n in range(MAX_TUPLE_KEYS)]
    require_shallow_keys(keys)
    with pytest.raises(Rejection, match="more than 1,000 tuples"):
        require_shallow_keys([(1,)], MAX_TUPLE_KEYS)


@pytest.mark.parametrize("use", [b"}(%bNu", b"}%bNs", b"\x8f(%b\x90", b"(%b\x91"])
def test_a_deep_tuple_is_never_hashed(use: bytes) -> None:
    """A tuple nested deeper than the C stack is refused in each container, without a crash."""
    deep = b")" + pickle.TUPLE1 * 90_000
    assert "dict key or set item" in reason(START + use % deep + STOP)
