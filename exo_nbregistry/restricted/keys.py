"""The check of dict keys and set items: hashing them must be fast and must not recurse."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from exo_nbregistry.restricted.rejection import Rejection

MAX_KEY_DEPTH = 4
MAX_KEY_ITEMS = 1_000
MAX_TUPLE_KEYS = 1_000
_COMPOSITE = {tuple, frozenset}
_MAX_INTEGER = 1 << 63
# All long floats above the range of a float have the same hash.
_SLOW = (np.complexfloating, np.void, np.longdouble)
_PLAIN = {str, bytes, float, bool, type(None)}


def require_shallow_keys(keys: Collection[Any], size: int = 0) -> None:
    """Check that keys are scalars, or a few short tuples of scalars.

    The hash of a tuple recurses in C, so a deep tuple ends the process. Tuples, and integers of
    more than 64 bits, can be chosen so that all have the same hash, and a dict of them takes
    hours.

    Parameters
    ----------
    keys : collection
        The keys.
    size : int, default=0
        Number of keys that the dict or set already has.

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
    if size + len(keys) > MAX_TUPLE_KEYS and any(type(key) in _COMPOSITE for key in keys):
        raise Rejection(f"The file has a dict or set with more than {MAX_TUPLE_KEYS:,} tuples.")


def _require_shallow(key: Any, depth: int) -> None:
    kind = type(key)
    if kind in _PLAIN:
        return
    if kind is int:
        if -_MAX_INTEGER <= key <= _MAX_INTEGER:
            return
        raise Rejection("The file has an integer of more than 64 bits as a dict key or set item.")
    if kind in _COMPOSITE and depth and len(key) <= MAX_KEY_ITEMS:
        for item in key:
            _require_shallow(item, depth - 1)
        return
    if isinstance(key, np.generic) and not isinstance(key, _SLOW):
        return
    raise Rejection(
        f"The file has a {kind.__qualname__} as a dict key or set item, which is not allowed."
    )
