"""One damaged part of a pickled model: an array, a number, a list or a parameter."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# Takes a value, and returns another one and a description.
Change = Callable[[Any, np.random.Generator], tuple[Any, str]]

_INTEGERS = (0, -1, 1, 7, 1000, 10**8, 2**31, 2**62, -(2**31))
_FLOATS = (0.0, -1.0, np.nan, np.inf, -np.inf, 1e300, 1e8)
_TEXTS = ("", "auto", "precomputed", "linear", "kd_tree", "brute", "zero", "periodic", "cosine")


class Damaged(pickle.Pickler):
    """Write a model, with one of its parts changed.

    Parameters
    ----------
    file : BinaryIO
        The output.
    part : int
        Number of the part to change, in the order of writing; -1 changes none.
    random : numpy.random.Generator
        Chooses the change.

    Attributes
    ----------
    parts : int
        Number of the parts that were seen.
    change : str
        Which part was changed, and how.
    """

    def __init__(self, file: Any, part: int, random: np.random.Generator) -> None:
        super().__init__(file, protocol=5)
        self.part = part
        self.random = random
        self.parts = 0
        self.change = ""
        # Pickle compares objects by their address, so replacements must stay alive.
        self.kept: list[Any] = []

    def reducer_override(self, obj: Any) -> Any:
        """Return the reduction of an object, changed if it is the chosen one."""
        if isinstance(obj, type) or (callable(obj) and hasattr(obj, "__qualname__")):
            return NotImplemented
        if isinstance(obj, np.dtype | np.generic):
            return NotImplemented
        if isinstance(obj, np.ndarray):
            found = self.changed(obj, f"{obj.dtype.kind} array")
            return NotImplemented if found is obj else self.keep(found).__reduce__()
        try:
            reduced = obj.__reduce_ex__(4)
        except TypeError:
            return NotImplemented
        if not isinstance(reduced, tuple) or len(reduced) < 3 or reduced[2] is None:
            return NotImplemented
        name, state = type(obj).__name__, reduced[2]
        if isinstance(state, dict):
            # An array is a part here, with the name of its attribute, and when it is written.
            state = {key: self.changed(value, f"{name}.{key}") for key, value in state.items()}
        elif isinstance(state, tuple):
            state = tuple(
                self.changed(value, f"{name}[{index}]") for index, value in enumerate(state)
            )
        return (*reduced[:2], self.keep(state), *reduced[3:])

    def keep(self, value: Any) -> Any:
        """Keep a replacement alive, and return it."""
        self.kept.append(value)
        return value

    def changed(self, value: Any, name: str) -> Any:
        """Return a value, changed if it is the chosen part."""
        changes = _CHANGES.get(type(value))
        if isinstance(value, np.integer):
            changes = _integer
        elif isinstance(value, np.ndarray):
            changes = _array
        if changes is None:
            return value
        self.parts += 1
        if self.parts - 1 != self.part:
            return value
        found, how = changes(value, self.random)
        self.change = f"{name} {how}"
        return self.keep(found)


def damaged(model: Any, part: int, random: np.random.Generator) -> tuple[bytes, str]:
    """Return a pickle of a model with one changed part, and what was changed."""
    file = io.BytesIO()
    pickler = Damaged(file, part, random)
    pickler.dump(model)
    return file.getvalue(), pickler.change


def count_parts(model: Any) -> int:
    """Return the number of parts of a model that can be changed."""
    pickler = Damaged(io.BytesIO(), -1, np.random.default_rng(0))
    pickler.dump(model)
    return pickler.parts


def _array(values: np.ndarray, random: np.random.Generator) -> tuple[Any, str]:
    """Change one value, the shape, the type or the order of an array."""
    how = random.choice(
        ["value", "value", "value", "short", "long", "narrow", "wide", "empty", "type", "order"]
    )
    if values.ndim == 0 or values.size == 0:
        return np.ones((3,) * max(values.ndim, 1), dtype=values.dtype), "filled"
    result: Any = values.copy()
    if how == "value":
        place = int(random.integers(values.size))
        target = result.reshape(-1)
        if values.dtype.names:
            field = str(random.choice(values.dtype.names))
            target[field][place] = _scalar(values.dtype[field].kind, random, values.dtype[field])
            return target.reshape(values.shape), f"{field} of {place}"
        target[place] = _scalar(values.dtype.kind, random, values.dtype)
        return target.reshape(values.shape), f"value {place}"
    if how == "type":
        if values.dtype.names or values.dtype.kind not in "fiub":
            return result[:-1], "short"
        kinds = [np.float64, np.float32, np.int64, np.int32, np.uint8]
        kind = random.choice(np.arange(5))
        with np.errstate(all="ignore"):
            return result.astype(kinds[int(kind)]), f"as {kinds[int(kind)].__name__}"
    if how == "order":
        return np.ascontiguousarray(result[::-1]), "reversed"
    changes = {
        "short": lambda: result[: random.integers(len(result))],
        "long": lambda: np.concatenate([result, result]),
        "narrow": lambda: np.ascontiguousarray(result[..., :-1]),
        "wide": lambda: np.concatenate([result, result], axis=-1),
        "empty": lambda: result[:0],
    }
    return changes[str(how)](), str(how)


def _scalar(kind: str, random: np.random.Generator, dtype: Any) -> Any:
    if kind == "f":
        return random.choice(_FLOATS)
    if kind in "iu":
        limits = np.iinfo(dtype)
        value = _INTEGERS[int(random.integers(len(_INTEGERS)))]
        return min(max(value, limits.min), limits.max)
    if kind == "b":
        return bool(random.integers(2))
    return "" if kind in "US" else None


def _integer(value: Any, random: np.random.Generator) -> tuple[Any, str]:
    return _other([*_INTEGERS, int(value) + 1, int(value) - 1], random)


def _other(values: Sequence[Any], random: np.random.Generator) -> tuple[Any, str]:
    """Return one of some values instead of the present one."""
    found = values[int(random.integers(len(values)))]
    return found, f"= {found!r}"


def _value(values: Sequence[Any]) -> Change:
    """Return a change to one of some values, regardless of the present one."""
    return lambda _, random: _other(values, random)


def _list(value: Any, random: np.random.Generator) -> tuple[Any, str]:
    kind, items = type(value), list(value)
    how = str(random.choice(["short", "long", "empty", "reversed"]))
    changed = {
        "short": items[:-1],
        "long": [*items, *items[-1:]],
        "empty": [],
        "reversed": items[::-1],
    }
    return kind(changed[how]), how


def _dict(value: dict[Any, Any], random: np.random.Generator) -> tuple[Any, str]:
    result = dict(value)
    if not result:
        return {"key": 1}, "with a key"
    key = list(result)[int(random.integers(len(result)))]
    if isinstance(result[key], int | np.integer):
        result[key] = _integer(result[key], random)[0]
        return result, f"[{key!r}] = {result[key]}"
    del result[key]
    return result, f"without {key!r}"


_CHANGES: dict[type, Change] = {
    bool: _value([True, False]),
    int: _integer,
    float: _value(_FLOATS),
    str: _value(_TEXTS),
    type(None): _value([0, 1, 10**8, "auto", []]),
    list: _list,
    tuple: _list,
    dict: _dict,
}
