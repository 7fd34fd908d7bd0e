"""Checks of the states of random number generators, which native code reads without limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_values import inconsistent, int_in_range
from exo_nbregistry.restricted.rejection import Rejection

__all__ = ["GENERATORS", "RANDOM_STATES"]

_UINT32, _UINT64, _UINT128 = 2**32 - 1, 2**64 - 1, 2**128 - 1


def _mapping(state: object, part: str) -> dict[Any, Any]:
    if type(state) is not dict:
        inconsistent(part, "its state must be a dict")
    return state


def _words(values: object, length: int, part: str) -> None:
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "u":
        inconsistent(part, "it must be an array of unsigned integers")
    if values.shape != (length,):
        inconsistent(part, f"it must have {length} items")


def _check_mt19937(state: dict[Any, Any]) -> None:
    inner = _mapping(state.get("state"), "MT19937")
    _words(inner.get("key"), 624, "MT19937.key")
    int_in_range(inner.get("pos"), "MT19937.pos", 0, 624)


def _check_pcg64(state: dict[Any, Any]) -> None:
    inner = _mapping(state.get("state"), "PCG64")
    int_in_range(inner.get("state"), "PCG64.state", 0, _UINT128)
    int_in_range(inner.get("inc"), "PCG64.inc", 0, _UINT128)
    _check_half(state, "PCG64")


def _check_philox(state: dict[Any, Any]) -> None:
    inner = _mapping(state.get("state"), "Philox")
    _words(inner.get("counter"), 4, "Philox.counter")
    _words(inner.get("key"), 2, "Philox.key")
    _words(state.get("buffer"), 4, "Philox.buffer")
    int_in_range(state.get("buffer_pos"), "Philox.buffer_pos", 0, 4)
    _check_half(state, "Philox")


def _check_sfc64(state: dict[Any, Any]) -> None:
    _words(_mapping(state.get("state"), "SFC64").get("state"), 4, "SFC64.state")
    _check_half(state, "SFC64")


def _check_half(state: dict[Any, Any], part: str) -> None:
    int_in_range(state.get("has_uint32"), f"{part}.has_uint32", 0, 1)
    int_in_range(state.get("uinteger"), f"{part}.uinteger", 0, _UINT32)


# The classes whose instances are bit generators, by the name in their state.
GENERATORS: dict[str, Callable[[dict[Any, Any]], None]] = {
    "MT19937": _check_mt19937,
    "PCG64": _check_pcg64,
    "PCG64DXSM": _check_pcg64,
    "Philox": _check_philox,
    "SFC64": _check_sfc64,
}


def _check_generator_state(state: object) -> str:
    """Check the state of any bit generator, and return the name of its class."""
    content = _mapping(state, "Random state")
    name = content.get("bit_generator")
    check = GENERATORS.get(name) if type(name) is str else None
    if check is None:
        raise Rejection("The random state has an unknown bit generator.")
    check(content)
    return str(name)


def check_bit_generator(generator: object, state: object) -> None:
    """Check the state of a bit generator, with or without the sequence that seeded it."""
    match state:
        case (dict() as content, seeds) if seeds is None or _is_seed_sequence(seeds):
            state = content
        case tuple():
            raise Rejection("The state of a bit generator must be a dict and a seed sequence.")
    if _check_generator_state(state) != type(generator).__name__:
        raise Rejection("The state of a bit generator belongs to another class.")


def check_random_state(_generator: object, state: object) -> None:
    """Check the state of a `RandomState`, which also holds a normal number for later."""
    content = _mapping(state, "RandomState")
    _check_generator_state(content)
    int_in_range(content.get("has_gauss"), "RandomState.has_gauss", 0, 1)
    if type(content.get("gauss")) not in (float, np.float64):
        inconsistent("RandomState.gauss", "it must be a floating-point number")


def check_random_generator(_generator: object, state: object) -> None:
    """Check the state of a `Generator` of older NumPy: the state of its bit generator."""
    _check_generator_state(state)


def check_seed_sequence(_sequence: object, state: object) -> None:
    """Check the state of a seed sequence: the pool has the length that is written beside it."""
    if type(state) is not tuple or len(state) != 5:
        raise Rejection("The state of a SeedSequence must have five parts.")
    entropy, spawned, pool, size, key = state
    words = entropy if isinstance(entropy, list | tuple | np.ndarray) else [entropy]
    for word in [*(words if entropy is not None else []), *_tuple(key)]:
        int_in_range(word, "SeedSequence.entropy", 0, 2**4096)
    int_in_range(spawned, "SeedSequence.n_children_spawned", 0)
    length = int_in_range(size, "SeedSequence.pool_size", 4, 2**16)
    _words(pool, length, "SeedSequence.pool")
    if pool.dtype != np.uint32:
        inconsistent("SeedSequence.pool", "it must be an array of uint32")


def _tuple(value: object) -> tuple[object, ...]:
    if type(value) is not tuple:
        inconsistent("SeedSequence.spawn_key", "it must be a tuple")
    return value


def _is_seed_sequence(value: object) -> bool:
    kind = type(value)
    return (kind.__module__, kind.__name__) in (
        ("numpy.random.bit_generator", "SeedSequence"),
        ("numpy.random.bit_generator", "SeedlessSeedSequence"),
    )


RANDOM_STATES: dict[str, Callable[[object, object], None]] = {
    "numpy.random._mt19937.MT19937": check_bit_generator,
    "numpy.random._pcg64.PCG64": check_bit_generator,
    "numpy.random._pcg64.PCG64DXSM": check_bit_generator,
    "numpy.random._philox.Philox": check_bit_generator,
    "numpy.random._sfc64.SFC64": check_bit_generator,
    "numpy.random.bit_generator.SeedSequence": check_seed_sequence,
    "numpy.random.mtrand.RandomState": check_random_state,
    "numpy.random._generator.Generator": check_random_generator,
}
