"""Placeholders for classes and functions that a stream may name but not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Make = Callable[[tuple[Any, ...]], Any]
"""Checks the arguments of a call and returns its result."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function that a stream may call but not store: a stored one does nothing.

    Attributes
    ----------
    name : str
        Dotted name.
    make : callable
        Checks the arguments and calls the function.
    is_native : bool
        Whether the result has memory of its own, which the file does not contain.
    """

    name: str
    make: Make
    is_native: bool = False


class ARRAY:
    """Placeholder of ``numpy.ndarray`` and of the memory-mapped arrays that joblib also writes.

    A stream may name them, but not call or store them.
    """


class ArrayHeader:
    """The description of an array whose bytes follow in a joblib file."""

    __slots__ = ("is_read",)

    def __init__(self) -> None:
        self.is_read = False
