"""Content of classes and functions, independent of their lines, files and addresses."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

from exo_nbregistry.persistence.by_value import Definitions
from exo_nbregistry.persistence.local_code import NOTEBOOK, is_local

# Where the code was, what follows from it, and the number that cloudpickle gives each class.
_POSITIONS = {"__firstlineno__", "__static_attributes__", "_cloudpickle_submodules"}
_CODE_FIELDS = (
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_flags",
    "co_code",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_name",
    "co_exceptiontable",
    "co_consts",
)
_TRACKER = -2  # its place in the arguments of a class, before `extra`


class CodeContent:
    """Numbers the classes and functions of a model, and returns their contents.

    Where one is used, its number is encoded, because functions often use each other in a circle.
    The numbers follow the order of the walk, which is the same for equal models.
    """

    def __init__(self) -> None:
        self._definitions = Definitions()
        self._places: dict[int, int] = {}
        self._found: list[Any] = []

    def place_of(self, value: Any) -> int | None:
        """Return the number of a class, function or local module, or None for another object."""
        if isinstance(value, types.ModuleType):
            is_own = is_local(value.__name__) and value.__name__ not in NOTEBOOK
        else:
            is_code = isinstance(value, type) or type(value) is types.FunctionType
            is_own = is_code and self._definitions.is_own(value)
        if not is_own:
            return None
        if id(value) not in self._places:
            self._places[id(value)] = len(self._found)
            self._found.append(value)
        return self._places[id(value)]

    def contents(self) -> Iterator[tuple[Any, ...]]:
        """Yield the content of each definition, also of those that are found on the way."""
        place = 0
        while place < len(self._found):
            yield self._content(self._found[place])
            place += 1

    def reducer(self, kind: type) -> Callable[[Any], Any] | None:
        """Return the function that reduces the objects of a type, or None."""
        return _reduce_code if kind is types.CodeType else self._definitions.reducer(kind)

    def _content(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, types.ModuleType):
            _, _, content = self._definitions.reduce_module(value)
            return "module", value.__name__, _sorted(content)
        make, arguments, (own, slots), *_ = self._definitions.reduce(value) or ()
        if isinstance(value, type):
            known = [*arguments[:_TRACKER], _sorted(own)]
            return "class", make, value.__qualname__, *known
        return "function", arguments[0], _sorted(own), _sorted(slots)


def _sorted(fields: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(
        ((name, item) for name, item in fields.items() if name not in _POSITIONS),
        key=lambda pair: pair[0],
    )


def _reduce_code(code: types.CodeType) -> tuple[Any, ...]:
    return compile, tuple(getattr(code, name) for name in _CODE_FIELDS)
