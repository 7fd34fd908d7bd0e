"""The check of dict keys and set items: hashing them must be fast and must not recurse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from exo_nbregistry.restricted.rejection import Rejection

MAX_KEY_DEPTH = 4
MAX_KEY_ITEMS = 1_000
_MAX_INTEGER = 1 << 63
_PLAIN = {str, bytes, float, bool, type(None), complex}


def require_shallow_keys(keys: Iterable[Any]) -> None:
    """Check that keys are scalars, or short tuples of scalars.

    The hash of a tuple recurses in C, so a deep tuple ends the process. Larger integers could all
    have the same hash.

    Raises
    ------
    Rejection
        If a key is something else.

    Examples
    --------
    >>> require_shallow_keys(["a", 1, ("b", 2.0)])
    >>> require_shallow_keys([[1]])
    Traceback (most recent call last):
    exo_nbregistry.restricted.rejection.Rejection: The file has a list as a dict key or set item, \
which is not allowed.
    """
    if {*map(type, keys)} <= _PLAIN:
        return
    for key in keys:
        _require_shallow(key, MAX_KEY_DEPTH)


def _require_shallow(key: Any, depth: int) -> None:
    kind = type(key)
    if kind in _PLAIN:
        return
    if kind is int:
        if -_MAX_INTEGER <= key <= _MAX_INTEGER:
            return
        raise Rejection("The file has an integer of more than 64 bits as a dict key or set item.")
    if kind in (tuple, frozenset) and depth and len(key) <= MAX_KEY_ITEMS:
        for item in key:
            _require_shallow(item, depth - 1)
        return
    if isinstance(key, np.generic):
        return
    raise Rejection(
        f"The file has a {kind.__qualname__} as a dict key or set item, which is not allowed."
    )
