"""The part of a model that cannot be pickled."""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Iterator
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType
from typing import Any, NamedTuple

from exo_nbregistry.persistence.local_code import is_by_value
from exo_nbregistry.values.attribute import read_attribute

_MAX_STEPS = 32
# Python makes these with the class.
_DESCRIPTORS = (GetSetDescriptorType, MemberDescriptorType)


class NullSink:
    """A stream that discards its bytes."""

    def write(self, data: Any, /) -> int:
        """Discard `data`."""
        return len(data)


class Unpicklable(NamedTuple):
    """An object of a model that cannot be pickled.

    Attributes
    ----------
    place : str
        Path from the model to the object, such as ``.steps[0].log``; empty for the model itself.
    value : object
        The object.
    function, variable : str
        The function that uses the object, and its variable; empty for a part of the model.
    """

    place: str
    value: Any
    function: str = ""
    variable: str = ""


def find_unpicklable(model: Any, *, by_value: bool = False) -> Unpicklable:
    """Return the innermost object of a model that cannot be pickled.

    Parameters
    ----------
    model : object
        A model that cannot be pickled.
    by_value : bool, default=False
        Whether the classes and functions that no package has are written as values.

    Examples
    --------
    >>> find_unpicklable({"loss": [1.0, lambda x: x]}).place
    "['loss'][1]"
    """
    place, value, owner = "", model, ("", "")
    seen = {id(model)}
    for _ in range(_MAX_STEPS):
        for step, part, used in _parts(value, by_value):
            if id(part) not in seen and not can_be_pickled(part, by_value=by_value):
                seen.add(id(part))
                place, value, owner = place + step, part, used or owner
                break
        else:
            break
    return Unpicklable(place, value, *owner)


def _parts(value: Any, by_value: bool) -> Iterator[tuple[str, Any, tuple[str, str] | None]]:
    """Yield the parts of an object with their path, and the function that uses each one."""
    if by_value and (isinstance(value, type) or type(value) is FunctionType):
        if is_by_value(value):
            yield from _used(value)
        return
    yield from ((step, part, None) for step, part in _contents(value))
    if by_value and is_by_value(type(value)):
        yield ".__class__", type(value), None


def _used(definition: Any) -> Iterator[tuple[str, Any, tuple[str, str] | None]]:
    """Yield the parts of a class, or the variables of a function."""
    if isinstance(definition, type):
        for name, part in vars(definition).items():
            if not isinstance(part, _DESCRIPTORS):
                method = read_attribute(part, "__func__") or read_attribute(part, "fget") or part
                yield f".{name}", method, None
        yield from ((".__base__", base, None) for base in definition.__bases__)
        return
    code, name = definition.__code__, definition.__qualname__
    cells = zip(code.co_freevars, definition.__closure__ or (), strict=True)
    used = {one: read_attribute(cell, "cell_contents") for one, cell in cells}
    known = definition.__globals__
    used |= {one: known[one] for one in code.co_names if one in known}
    yield from ((f".{one}", part, (name, one)) for one, part in used.items())


def _contents(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"[{key!r}]", part) for key, part in value.items())
    elif isinstance(value, list | tuple):
        yield from ((f"[{i}]", part) for i, part in enumerate(value))
    elif (
        read_attribute(read_attribute(value, "dtype"), "hasobject") is True
        and read_attribute(value, "flat") is not None
    ):
        yield from ((f".flat[{i}]", part) for i, part in enumerate(value.flat))
    elif isinstance(own := read_attribute(value, "__dict__"), dict):
        yield from ((f".{name}", part) for name, part in own.items())


class _Probe(pickle.Pickler):
    """Pickles with the code that no package has as values, if it has definitions."""

    definitions: Any = None

    def reducer_override(self, value: Any) -> Any:
        """Reduce a class or function that is written as a value."""
        if self.definitions is None or not (isinstance(value, type | FunctionType)):
            return NotImplemented
        reduced = self.definitions.reduce(value)
        return NotImplemented if reduced is None else reduced


def can_be_pickled(value: Any, *, by_value: bool = False) -> bool:
    """Return whether a value can be pickled, without keeping its bytes.

    Parameters
    ----------
    value : object
        The value.
    by_value : bool, default=False
        Whether the classes and functions that no package has are written as values.

    Examples
    --------
    >>> can_be_pickled([1.0]), can_be_pickled(lambda x: x)
    (True, False)
    """
    from exo_nbregistry.persistence.by_value import Definitions

    # Out of band, so that large arrays are not copied.
    pickler = _Probe(NullSink(), protocol=5, buffer_callback=lambda _: None)
    if by_value:
        pickler.definitions = definitions = Definitions()
        pickler.dispatch_table = copyreg.dispatch_table | definitions.table
    try:
        pickler.dump(value)
    except Exception:  # noqa: BLE001  # any error means that it cannot be pickled
        return False
    return True
