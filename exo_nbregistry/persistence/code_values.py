"""The values that functions and classes contain or use, and that are stored with their code."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

from exo_nbregistry.text.terminal import visible

_PLAIN = (str, bytes, bytearray, int, float, list, tuple, dict, set, frozenset)


class Variable(NamedTuple):
    """A value that a function or class contains or uses.

    Attributes
    ----------
    function : str
        Name of the function or class.
    name : str
        Name of the variable, parameter or attribute; empty for a text of a function.
    value : object
        Its value.
    role : {'variable', 'parameter', 'attribute', 'text'}
        Where the value is.
    """

    function: str
    name: str
    value: Any
    role: str = "variable"

    @property
    def phrase(self) -> str:
        """The value in words, such as ``the variable API_KEY, which fetch uses,``."""
        name, function = visible(self.name), visible(self.function)
        return {
            "parameter": f"the default value of the parameter {name} of {function}",
            "attribute": f"the attribute {name} of {function}",
            "text": f"a text in {function}",
        }.get(self.role, f"the variable {name}, which {function} uses,")


def values_of_function(function: types.FunctionType) -> list[Variable]:
    """Return the default values and the texts of a function, without its docstring.

    Examples
    --------
    >>> def fetch(x, key="open"):
    ...     return x + "sesame"
    >>> [(found.name, found.value) for found in values_of_function(fetch)]
    [('key', 'open'), ('', 'sesame')]
    """
    owner, code = function.__qualname__, function.__code__
    positional = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    named = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True))
    named |= function.__kwdefaults__ or {}
    found = [Variable(owner, name, value, "parameter") for name, value in named.items()]
    texts = (text for text in _texts(code) if text != function.__doc__)
    return [*found, *(Variable(owner, "", text, "text") for text in texts)]


def values_of_class(definition: type) -> list[Variable]:
    """Return the plain values that are attributes of a class.

    Examples
    --------
    >>> class Client:
    ...     key = "sesame"
    >>> [(found.name, found.value) for found in values_of_class(Client)]
    [('key', 'sesame')]
    """
    return [
        Variable(definition.__qualname__, name, value, "attribute")
        for name, value in vars(definition).items()
        if not (name.startswith("__") and name.endswith("__")) and _is_value(value)
    ]


def _is_value(value: Any) -> bool:
    return isinstance(value, _PLAIN) or hasattr(type(value), "__array_interface__")


def _texts(code: types.CodeType) -> Iterator[str | bytes]:
    """Yield the texts in a function and in the functions in it."""
    for const in code.co_consts:
        items = const if isinstance(const, tuple | frozenset) else (const,)
        for item in items:
            if inspect.iscode(item):
                yield from _texts(item)
            elif isinstance(item, str | bytes):
                yield item
