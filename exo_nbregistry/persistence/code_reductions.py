"""Reductions of objects that only classes and functions have, such as code and properties."""

from __future__ import annotations

import builtins
import dataclasses
import functools
import types
from collections.abc import Callable
from typing import Any

import cloudpickle
import numpy as np

from exo_nbregistry.persistence.local_code import is_by_value


class Call:
    """A call that pickle writes, and that is made when the model is loaded."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self._call = (function, args)

    def __reduce__(self) -> Any:
        """Return the call."""
        return self._call

    def __call__(self, *args: Any) -> Any:
        """Call the result of the call."""
        function, own = self._call
        return function(*own)(*args)


def _reduce_cached(value: Any) -> Any:
    """Return a function with lru_cache or cache as the call that makes it."""
    if not is_by_value(value.__wrapped__):
        return value.__reduce__()
    settings = value.cache_parameters()
    call = Call(functools.lru_cache, settings["maxsize"], settings["typed"])
    return call, (value.__wrapped__,)


def _reduce_cached_property(value: Any) -> Any:
    """Return a cached property; in Python 3.11, it has a lock."""
    return functools.cached_property, (value.func,), {"attrname": value.attrname}


def _reduce_vectorized(value: Any) -> Any:
    """Return a vectorized function without the ufuncs that it made when it was called."""
    reduced = list(value.__reduce_ex__(4))
    if isinstance(reduced[2], dict) and reduced[2].get("_ufunc"):
        reduced[2] = reduced[2] | {"_ufunc": {}}
    return tuple(reduced)


# Types that only definitions need. Pickle cannot write them, so the bytes of other models stay.
_CLOUDPICKLE: tuple[type, ...] = (
    classmethod,
    staticmethod,
    property,
    types.CellType,
    types.CodeType,
    types.GetSetDescriptorType,
    types.MappingProxyType,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
    type(dataclasses._FIELD),  # type: ignore[attr-defined]
)
REDUCTIONS: dict[type, Callable[[Any], Any]] = {
    kind: cloudpickle.Pickler.dispatch_table[kind]
    for kind in _CLOUDPICKLE
    if kind in cloudpickle.Pickler.dispatch_table
} | {
    type(functools.lru_cache(abs)): _reduce_cached,
    functools.cached_property: _reduce_cached_property,
    np.vectorize: _reduce_vectorized,
}
# Types of Python itself that are not found under their names, such as that of code.
UNNAMED = {
    kind: (getattr, (types, name))
    for name, kind in vars(types).items()
    if isinstance(kind, type)
    and kind not in (type(None), type(...), type(NotImplemented))
    and kind.__module__ == "builtins"
    and kind.__name__ not in vars(builtins)
}
