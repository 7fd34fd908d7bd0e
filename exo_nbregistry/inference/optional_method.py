"""Methods that an object has only under a condition."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any


class OptionalMethod:
    """A method that exists only if its object passes a check.

    scikit-learn asks with ``hasattr``, and reads the name of the method. Its own decorator for
    this purpose would import scikit-learn.

    Parameters
    ----------
    check : callable
        Takes the object, and returns whether it has the method.
    function : callable
        The method.

    Examples
    --------
    >>> class Model:
    ...     predict_proba = OptionalMethod(lambda model: False, lambda model, X: X)
    >>> hasattr(Model(), "predict_proba")
    False
    """

    def __init__(self, check: Callable[[Any], bool], function: Callable[..., Any]) -> None:
        self._check = check
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, owner: Any, kind: type | None = None) -> Callable[..., Any]:
        """Return the method of an object; raise AttributeError if the object lacks it."""
        if owner is None:
            return self._function
        if not self._check(owner):
            name = self._function.__name__
            raise AttributeError(f"This {type(owner).__name__} does not have {name}.")
        return MethodType(self._function, owner)


def available_if(check: Callable[[Any], bool]) -> Callable[[Callable[..., Any]], OptionalMethod]:
    """Return a decorator for a method that exists only if its object passes a check."""
    return lambda function: OptionalMethod(check, function)
