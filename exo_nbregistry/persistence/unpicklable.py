"""Find the part of a model that cannot be pickled."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

_MAX_STEPS = 32


class NullSink:
    """A place where bytes vanish."""

    def write(self, data: Any, /) -> int:
        """Forget `data`."""
        return len(data)


def find_unpicklable(model: Any) -> tuple[str, Any]:
    """Follow what cannot be pickled down to its innermost holder.

    Parameters
    ----------
    model : object
        Something that pickle refuses.

    Returns
    -------
    place : str
        How to get there from the model, such as ``.steps[0].log``; empty for the model itself.
    value : object
        What stands there.

    Examples
    --------
    >>> find_unpicklable({"loss": [1.0, lambda x: x]})[0]
    "['loss'][1]"
    """
    place, value = "", model
    seen = {id(model)}
    for _ in range(_MAX_STEPS):
        for step, part in _parts(value):
            if id(part) not in seen and not _can_be_pickled(part):
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
    elif getattr(getattr(value, "dtype", None), "hasobject", False) and hasattr(value, "flat"):
        yield from ((f".flat[{i}]", part) for i, part in enumerate(value.flat))
    elif isinstance(getattr(value, "__dict__", None), dict):
        yield from ((f".{name}", part) for name, part in vars(value).items())


def _can_be_pickled(value: Any) -> bool:
    # Out of band, so that a large array is not copied to learn that it is fine.
    pickler = pickle.Pickler(NullSink(), protocol=5, buffer_callback=lambda _: None)
    try:
        pickler.dump(value)
    except Exception:  # noqa: BLE001  # whatever it raises, it cannot be pickled
        return False
    return True
