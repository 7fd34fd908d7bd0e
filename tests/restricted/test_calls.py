"""The functions that a stream may call, and their arguments."""

from __future__ import annotations

import functools
import pickle
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.restricted.allow_list import allow_list
from exo_nbregistry.restricted.calls import RULES, set_partial_state
from exo_nbregistry.restricted.names import EMPTY_BYTES, PARTIAL, full_name
from exo_nbregistry.restricted.native_constructors import CALLS
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.values import ARRAY
from tests.restricted.opcode_stream import START, STOP, call, load, name, plain, reason

BIG = 10**12


def test_each_listed_call_has_one_rule() -> None:
    """A function of the allow list without a rule for its arguments would be refused later."""
    listed = {full_name(*one.rpartition(".")[::2]) for one in allow_list().calls} - {PARTIAL}
    assert listed - RULES.keys() - CALLS.keys() == set()
    assert RULES.keys() & CALLS.keys() == set()
    assert RULES.keys() - listed == {EMPTY_BYTES}


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("builtins.slice", (1, 2)),
        ("builtins.slice", (1, 2, [])),
        ("builtins.range", (BIG,)),
        ("builtins.range", (1.0,)),
        ("builtins.range", ()),
        ("builtins.set", (range(BIG),)),
        ("builtins.set", ([[1]],)),
        ("builtins.set", ([1], [2])),
        ("builtins.frozenset", ("text",)),
        ("builtins.bytearray", (BIG,)),
        ("builtins.bytearray", (b"a", "b")),
        ("builtins.bytes", (BIG,)),
        ("builtins.complex", ("1e999",)),
        ("builtins.complex", (1, 2)),
        ("builtins.getattr", (np.zeros(1), "tofile")),
        ("builtins.getattr", (np.zeros(1), "_raw_predict")),
        ("builtins.getattr", (1, "real", None)),
        ("collections.OrderedDict", ({"a": 1},)),
        ("collections.OrderedDict", ([["a"]],)),
        ("collections.OrderedDict", ([[[1], 2]],)),
        ("collections.defaultdict", (print,)),
        ("collections.defaultdict", (int, {})),
        ("_codecs.encode", ("a", "hex")),
        ("_codecs.encode", (b"a", "latin1")),
        ("_codecs.encode", ("a", "latin1", "strict")),
        ("numpy._core.multiarray._reconstruct", (ARRAY, (BIG,), b"b")),
        ("numpy._core.multiarray._reconstruct", (ARRAY, (0,), b"O")),
        ("numpy._core.multiarray._reconstruct", (np.memmap, (0,), b"b")),
        ("numpy._core.multiarray._reconstruct", (ARRAY, (False,), b"b")),
        ("numpy.ma.core._mareconstruct", (np.ma.MaskedArray, np.memmap, (0,), b"b")),
        ("numpy.ma.core._mareconstruct", (dict, ARRAY, (0,), b"b")),
        ("numpy._core.numeric._frombuffer", (b"a", np.dtype("u1"), (1,))),
        ("numpy._core.numeric._frombuffer", (b"a", np.dtype("u1"), (1,), "K", (1,))),
        ("numpy._core.numeric._frombuffer", (b"a", np.dtype("u1"), (1,), "K", [0])),
        ("numpy.random._pickle.__randomstate_ctor", (np.random.PCG64(0), print)),
        ("numpy.random._pickle.__randomstate_ctor", ("PCG64",)),
        ("numpy.random._pickle.__generator_ctor", (np.random.PCG64, print)),
        ("numpy.random._pickle.__bit_generator_ctor", (dict,)),
        ("numpy.random._pickle.__bit_generator_ctor", ("os",)),
        ("numpy.random.bit_generator.__pyx_unpickle_SeedSequence", (dict, 1, None)),
        (
            "numpy.random.bit_generator.__pyx_unpickle_SeedSequence",
            (np.random.SeedSequence, 1, (1,)),
        ),
        ("sklearn.impute._iterative._ImputerTriplet", (1,)),
    ],
)
def test_other_arguments_are_refused(function: str, args: tuple[Any, ...]) -> None:
    """Each function is called only as models call it, so nothing large or foreign is made."""
    with pytest.raises(Rejection):
        RULES[function](args)


@pytest.mark.parametrize(
    "value",
    [
        np.random.RandomState(3),
        np.random.default_rng(3),
        *(kind(3) for kind in (np.random.MT19937, np.random.PCG64, np.random.PCG64DXSM)),
        np.random.Philox(3),
        np.random.SFC64(3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_random_generators_continue_where_they_were(value: Any) -> None:
    """A generator draws the same numbers after loading."""
    loaded = load(pickle.dumps(value, 5))
    drawn = [
        one.random(3) if hasattr(one, "random") else one.random_raw(3) for one in (value, loaded)
    ]
    np.testing.assert_array_equal(*drawn)


def test_a_partial_function_has_keywords_only() -> None:
    """A partial object of a listed function with scalar keywords is read; others are refused."""
    from sklearn.utils.validation import check_array

    value = functools.partial(check_array, dtype=np.dtype("f8"), ensure_all_finite=False)
    loaded = load(pickle.dumps(value, 5))
    assert (loaded.func, loaded.args, loaded.keywords) == (check_array, (), value.keywords)
    for state in [
        (print, (), {}, None),
        (check_array, (1,), {}, None),
        (check_array, (), {"dtype": [1]}, None),
        (check_array, (), {1: 1}, None),
        (check_array, (), {}, {"a": 1}),
        {},
    ]:
        with pytest.raises(Rejection, match=r"functools\.partial"):
            set_partial_state(functools.partial(check_array), state)


def test_a_partial_function_is_a_listed_value() -> None:
    """A class or a function with another role is not the function of a partial object."""
    for function in ("sklearn.dummy.DummyClassifier", "numpy.dtype", "builtins.getattr"):
        assert "functools.partial" in reason(
            START + call("functools.partial", name(function)) + STOP
        )


@pytest.mark.parametrize(
    "function", ["sklearn.dummy.DummyClassifier", "numpy.sqrt", "numpy.float64", "numpy.ndarray"]
)
def test_other_roles_are_not_called(function: str) -> None:
    """A class is not called with arguments, and a value not at all."""
    assert "not allowed" in reason(START + call(function, plain(1)) + STOP)


def test_a_function_that_may_be_called_is_not_stored() -> None:
    """A function that may be called is not a value that a model may store."""
    for function in ("numpy.dtype", "builtins.getattr", "sklearn.tree._tree.Tree"):
        assert "may not store" in reason(START + b"]" + name(function) + b"a" + STOP)
