"""Attributes of a finished model, read without running code, and the rules that they must meet."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NoReturn

import numpy as np

from exo_nbregistry.restricted.rejection import Rejection

MAX_COUNT = 2**31 - 1

_MISSING = object()


def inconsistent(part: str, rule: str) -> NoReturn:
    """Raise a `Rejection` for a part of the model that does not meet a rule."""
    raise Rejection(f"{part} is inconsistent: {rule}.")


def full_name(kind: type) -> str:
    """Return the module and the qualified name of a class."""
    key: Any = kind
    return _full_name(key)


@lru_cache(2_048)
def _full_name(kind: Any) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


class Attributes:
    """The instance attributes of one object.

    Properties and class attributes are not read, because the state of a pickle sets only instance
    attributes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> attributes = Attributes(SimpleNamespace(n_features_in_=4))
    >>> attributes.count("n_features_in_")
    4
    >>> "coef_" in attributes
    False
    """

    def __init__(self, owner: object) -> None:
        self.owner = owner
        self.name = type(owner).__name__
        self.values: dict[str, Any] = vars(owner)

    def __contains__(self, name: str) -> bool:
        """Return whether the object has the attribute and it is not None."""
        return self.values.get(name) is not None

    def part(self, name: str) -> str:
        """Return the name of an attribute with its class, for messages."""
        return f"{self.name}.{name}"

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute, or the default if it is missing."""
        return self.values.get(name, default)

    def fail(self, name: str, rule: str) -> NoReturn:
        """Raise a `Rejection` for an attribute."""
        inconsistent(self.part(name), rule)

    def count(self, name: str, *, least: int = 0, most: int = MAX_COUNT) -> int:
        """Return an attribute that must be an integer in a range."""
        return int_in_range(self.values.get(name, _MISSING), self.part(name), least, most)

    @property
    def features(self) -> int:
        """Number of features of the fit, without which input is not checked."""
        return self.count("n_features_in_", least=1)

    def array(self, name: str, *, kinds: str = "fiub", ndim: int | None = None) -> np.ndarray:
        """Return an attribute that must be a plain array of some kinds of values."""
        found = self.values.get(name)
        if not isinstance(found, np.ndarray) or found.dtype.kind not in kinds:
            self.fail(name, f"it must be an array of {_KINDS.get(kinds, 'numbers')}")
        if ndim is not None and found.ndim != ndim:
            self.fail(name, f"it must have {ndim} dimensions, got {found.ndim}")
        return found

    def items(self, name: str, length: int | None = None) -> list[Any]:
        """Return an attribute that must be a list or tuple of a given length."""
        found = self.values.get(name)
        if not isinstance(found, list | tuple):
            self.fail(name, "it must be a list")
        if length is not None and len(found) != length:
            self.fail(name, f"it must have {length} items, got {len(found)}")
        return list(found)

    def last_axis(self, name: str, length: int, *, of: str = "features") -> None:
        """Check that the last axis of an array or sparse matrix has one item per feature."""
        shape = getattr(self.values.get(name), "shape", None)
        if not isinstance(shape, tuple) or not shape or shape[-1] != length:
            self.fail(name, f"its last axis must have the length {length} of the {of}")


_KINDS = {"iu": "integers", "f": "floating-point numbers"}


def int_in_range(value: object, part: str, least: int, most: int = MAX_COUNT) -> int:
    """Return a value that must be an integer in a range, as a Python integer.

    Examples
    --------
    >>> int_in_range(np.int64(3), "KDTree.n_nodes", 1)
    3
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        inconsistent(part, "it must be an integer")
    if not least <= value <= most:
        inconsistent(part, f"it must be between {least:,} and {most:,}")
    return int(value)


def check_indices(values: np.ndarray, limit: int, part: str, *, least: int = 0) -> None:
    """Check that all values of an array are integers from `least` to below `limit`."""
    if values.dtype.kind not in "iu":
        inconsistent(part, "it must hold integers")
    if values.size and not (values.min() >= least and values.max() < limit):
        inconsistent(part, f"its values must be between {least} and {limit - 1:,}")


def check_permutation(values: np.ndarray, part: str) -> None:
    """Check that an array holds each of 0 to n - 1 once."""
    if values.ndim != 1:
        inconsistent(part, "it must have one dimension")
    check_indices(values, len(values), part)
    if len(values) and not np.bincount(values, minlength=len(values)).all():
        inconsistent(part, "a value is duplicated")
