"""States of random number generators are checked before they are set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exo_nbregistry.restricted.native_random import RANDOM_STATES
from exo_nbregistry.restricted.rejection import Rejection

GENERATORS = [
    np.random.MT19937(1),
    np.random.PCG64(1),
    np.random.PCG64DXSM(1),
    np.random.Philox(1),
    np.random.SFC64(1),
    np.random.RandomState(1),
    np.random.SeedSequence(1),
    np.random.SeedSequence([2**70, 3]).spawn(2)[1],
]


def check(value: Any, state: Any) -> None:
    """Check a state of a generator."""
    RANDOM_STATES[f"{type(value).__module__}.{type(value).__qualname__}"](value, state)


def changed(value: Any, *path: Any, to: Any) -> Any:
    """Return a copy of nested dicts and tuples with one changed value."""
    if not path:
        return to
    first, *rest = path
    if isinstance(value, tuple):
        return tuple(
            changed(item, *rest, to=to) if place == first else item
            for place, item in enumerate(value)
        )
    return {**value, first: changed(value[first], *rest, to=to)}


@pytest.mark.parametrize("value", GENERATORS)
def test_the_state_of_an_honest_generator_is_allowed(value: Any) -> None:
    """The state that pickle writes for each generator passes its check."""
    check(value, value.__reduce__()[2])


@pytest.mark.parametrize(
    ("value", "path", "to"),
    [
        (np.random.MT19937(1), (0, "state", "pos"), 10**8),
        (np.random.MT19937(1), (0, "state", "pos"), -1),
        (np.random.MT19937(1), (0, "state", "key"), np.zeros(3, dtype=np.uint32)),
        (np.random.MT19937(1), (0, "bit_generator"), "PCG64"),
        (np.random.MT19937(1), (0, "bit_generator"), ["MT19937"]),
        (np.random.MT19937(1), (1,), print),
        (np.random.MT19937(1), (0,), None),
        (np.random.PCG64(1), (0, "state", "inc"), 2**200),
        (np.random.PCG64(1), (0, "uinteger"), 2**40),
        (np.random.Philox(1), (0, "buffer_pos"), 5),
        (np.random.Philox(1), (0, "buffer"), np.zeros(1, dtype=np.uint64)),
        (np.random.Philox(1), (0, "state", "counter"), np.zeros(1, dtype=np.uint64)),
        (np.random.SFC64(1), (0, "state", "state"), np.zeros(1, dtype=np.uint64)),
        (np.random.SFC64(1), (0, "has_uint32"), 2),
        (np.random.RandomState(1), ("state", "pos"), 10**8),
        (np.random.RandomState(1), ("gauss",), print),
        (np.random.RandomState(1), ("has_gauss",), 9),
        (np.random.SeedSequence(1), (3,), 10**6),
        (np.random.SeedSequence(1), (2,), np.zeros(1, dtype=np.uint32)),
        (np.random.SeedSequence(1), (0,), print),
        (np.random.SeedSequence(1), (4,), [1]),
    ],
)
def test_a_state_outside_its_limits_is_rejected(value: Any, path: tuple[Any, ...], to: Any) -> None:
    """A position, a length or a name that no generator has is not set."""
    with pytest.raises(Rejection):
        check(value, changed(value.__reduce__()[2], *path, to=to))


def test_a_generator_has_no_state_of_its_own() -> None:
    """Old versions wrote the state of the bit generator, which is checked in the same way."""
    generator = np.random.default_rng(1)
    check(generator, generator.bit_generator.state)
    with pytest.raises(Rejection):
        check(generator, {"bit_generator": "MT19937", "state": {"key": [], "pos": 10**8}})
