"""What the restricted unpickler puts on its stack in place of classes and functions that act."""

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


class ArrayClass:
    """The class of arrays, which a stream may only name."""

    __slots__ = ()


ARRAY = ArrayClass()
"""Stands for ``numpy.ndarray`` and for the memory-mapped arrays that joblib also writes."""


class ArrayHeader:
    """The description of an array whose bytes follow in a joblib file."""

    __slots__ = ("is_read",)

    def __init__(self) -> None:
        self.is_read = False
