"""The meaning of each name in a stream: a class, a call, a value, or a rejection."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache, partial
from importlib import import_module
from types import MethodType
from typing import Any

import numpy as np

from exo_nbregistry.restricted.allow_list import (
    STORED_CLASSES,
    AllowList,
    allow_list,
    canonical_name,
)
from exo_nbregistry.restricted.calls import RULES, partial_of
from exo_nbregistry.restricted.native_constructors import CALLS
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.trusted import TrustedNames
from exo_nbregistry.restricted.values import ARRAY, ArrayHeader, Call

_ARRAYS = {"numpy.ndarray", "numpy.memmap", "numpy._core.memmap.memmap"}
HEADER = "joblib.numpy_pickle.NumpyArrayWrapper"
DTYPE = "numpy.dtype"
EMPTY_BYTES = "builtins.bytes"
PARTIAL = "functools.partial"

MAX_NAME_LENGTH = 300
"""Longer names are cut; none that is allowed is as long."""


def full_name(module: str, name: str) -> str:
    """Return the dotted name of a global, with the present names of its modules.

    Examples
    --------
    >>> full_name("numpy.core.multiarray", "scalar")
    'numpy._core.multiarray.scalar'
    """
    if module == "__builtin__":  # written by protocol 2
        module = "builtins"
    return canonical_name(f"{module}.{name}")[:MAX_NAME_LENGTH]


@lru_cache(1)
def installed_list() -> AllowList:
    """Return the allow list of the installed scikit-learn.

    Raises
    ------
    Rejection
        If there is none.
    """
    return allow_list()


class Names:
    """The names that one file may use, with the role of each.

    Parameters
    ----------
    trust : sequence of str
        Packages and names that the user trusts.

    Raises
    ------
    Rejection
        If no allow list exists for the installed scikit-learn.
    """

    def __init__(self, trust: Sequence[str] = ()) -> None:
        self.trusted = TrustedNames(trust)
        self._list = installed_list()
        self._found: dict[tuple[str, str], Any] = {}
        self.classes: set[type] = set()
        self._values: dict[int, Any] = {}

    def find(self, module: str, name: str) -> Any:
        """Return the value of a name for the stream.

        Raises
        ------
        Rejection
            If the name is not allowed.
        """
        known = self._found.get((module, name))
        if known is None:
            known = self._found[module, name] = self._find(module, name)
        return known

    def allows(self, full: str) -> bool:
        """Return whether a dotted name has any role, or is trusted."""
        listed = self._list
        return (
            full in listed.classes
            or full in listed.calls
            or full in listed.values
            or full in _ARRAYS
            or full in (HEADER, EMPTY_BYTES)
            or self.trusted.covers(full)
        )

    def _find(self, module: str, name: str) -> Any:
        full = full_name(module, name)
        if full in _ARRAYS:
            return ARRAY
        if full == HEADER:
            return ArrayHeader
        if "." not in name:
            if full in self._list.classes:
                self.classes.add(cls := listed_class(full))
                return cls
            if full in self._list.calls or full == EMPTY_BYTES:
                return self._call(full)
            if full in self._list.values:
                value = listed_value(full)
                self._values[id(value)] = value
                return value
        if self.trusted.covers(full):
            return self.trusted.find(module, name)
        raise Rejection(f"{full} is not on the list of allowed names.", [full])

    def _call(self, full: str) -> Call:
        if full == PARTIAL:
            return Call(full, self._partial)
        if full in RULES:
            return Call(full, RULES[full], is_native=full.startswith("numpy.random."))
        if full in CALLS:
            return Call(full, partial(_checked_call, full), is_native=True)
        raise Rejection(f"{full} has no rule for its arguments.", [full])

    def _partial(self, args: tuple[Any, ...]) -> Any:
        if len(args) == 1 and callable(args[0]) and self.is_value(args[0]):
            return partial_of(args[0])
        raise Rejection("The file calls functools.partial with a function that is not allowed.")

    def has_class(self, full: str) -> bool:
        """Return whether a dotted name is a class of the list."""
        return canonical_name(full) in self._list.classes

    def has_value(self, full: str) -> bool:
        """Return whether a dotted name may be stored in a model."""
        return canonical_name(full) in self._list.values or full in STORED_CLASSES

    def is_class(self, value: Any) -> bool:
        """Return whether a value is a listed class, which a stream may instantiate."""
        return isinstance(value, type) and value in self.classes

    def is_value(self, value: Any) -> bool:
        """Return whether a class or function may be stored in a model."""
        # A masked array has the first, a defaultdict the second; a stream cannot get either.
        if id(value) in self._values or value is np.ndarray or value is OrderedDict:
            return True
        if type(value) is MethodType:
            return value.__name__ == "_raw_predict"
        if self.is_class(value) and f"{value.__module__}.{value.__qualname__}" in STORED_CLASSES:
            return True
        return self.trusted.owns(value)

    def is_listed_value(self, value: Any) -> bool:
        """Return whether a class or function may be stored, by its own name."""
        if self.is_value(value) or isinstance(value, np.ufunc):
            return True
        module, name = getattr(value, "__module__", ""), getattr(value, "__qualname__", "")
        return full_name(str(module), str(name)) in self._list.values


def _checked_call(full: str, args: tuple[Any, ...]) -> Any:
    CALLS[full](*args)
    return listed_value(full)(*args)


@lru_cache(4_096)
def listed_value(full: str) -> Any:
    """Import a name of the allow list.

    Raises
    ------
    Rejection
        If the installed packages do not have it.
    """
    module, _, name = full.rpartition(".")
    if np.__version__.startswith("1.") and module.startswith("numpy._core"):
        module = f"numpy.core{module[11:]}"
    found = getattr(import_module(module), name, None)
    if found is None:
        raise Rejection(f"{full} does not exist in the installed packages.", [full])
    return found


@lru_cache(4_096)
def listed_class(full: str) -> type:
    """Import a class of the allow list.

    Raises
    ------
    Rejection
        If the name leads to something else than a class with this name.
    """
    found = listed_value(full)
    if not isinstance(found, type) or found.__name__ != full.rpartition(".")[2]:
        raise Rejection(f"{full} is not a class in the installed packages.", [full])
    return found
