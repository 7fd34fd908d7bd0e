"""The part of a model that cannot be pickled."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

from exo_nbregistry.values.attribute import read_attribute

_MAX_STEPS = 32


class NullSink:
    """A stream that discards its bytes."""

    def write(self, data: Any, /) -> int:
        """Discard `data`."""
        return len(data)


def find_unpicklable(model: Any) -> tuple[str, Any]:
    """Return the innermost object of a model that cannot be pickled.

    Parameters
    ----------
    model : object
        A model that cannot be pickled.

    Returns
    -------
    place : str
        Path from the model to the object, such as ``.steps[0].log``; empty for the model itself.
    value : object
        The object.

    Examples
    --------
    >>> find_unpicklable({"loss": [1.0, lambda x: x]})[0]
    "['loss'][1]"
    """
    place, value = "", model
    seen = {id(model)}
    for _ in range(_MAX_STEPS):
        for step, part in _parts(value):
            if id(part) not in seen and not can_be_pickled(part):
                seen.add(id(part))
                place, value = place + step, part
                break
        else:
            break
    return place, value


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
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


def can_be_pickled(value: Any) -> bool:
    """Return whether a value can be pickled, without keeping its bytes.

    Examples
    --------
    >>> can_be_pickled([1.0]), can_be_pickled(lambda x: x)
    (True, False)
    """
    # Out of band, so that large arrays are not copied.
    pickler = pickle.Pickler(NullSink(), protocol=5, buffer_callback=lambda _: None)
    try:
        pickler.dump(value)
    except Exception:  # noqa: BLE001  # any error means that it cannot be pickled
        return False
    return True
