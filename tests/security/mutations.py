"""Mutations of the JSON of a record: each value is replaced with each bad value."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

# Texts that Python's encoder does not write. They replace a marker in the file.
_RAW = {"<inf>": "1e999", "<nan>": "NaN", "<surrogate>": '"\\ud800"', "<double>": '{"a":1,"a":2}'}


_MAX_ITEMS = 4


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


BAD: dict[str, Any] = {
    **{"null": None, "flag": True, "zero": 0, "negative": -1, "float": 0.5, "huge": 2**63},
    **{"1e400": 10**400, "empty": "", "text": "x", "nul": "a\0b", "markup": "<script>\x1b[31m"},
    **{
        "long": "x" * 100_000,
        "list": [],
        "list of list": [[]],
        "dict": {},
        "dict of list": {"a": []},
    },
    **{"unknown tag": {"$new": 1}, "bad tag": {"$datetime": 3}, "nan": {"$float": "nan"}},
    **{"tuple": {"$tuple": []}, "map": {"$map": [[None, 1]]}, "unhashable": {"$map": [[[], 1]]}},
    **{"edge": {"$datetime": "0001-01-01T00:00:00+23:59"}, "date": {"$date": "2026-01-01"}},
    **{"naive": {"$datetime": "2026-01-01T00:00:00"}, "deep": _nested(40), "deeper": _nested(200)},
    **{name: name for name in _RAW},
}


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value in a JSON value; of long parts, only the first items."""
    if at:
        yield at
    if isinstance(value, dict):
        for name in list(value)[: _MAX_ITEMS if len(at) > 1 else None]:
            yield from paths(value[name], (*at, name))
    elif isinstance(value, list):
        for index in range(min(len(value), 2)):
            yield from paths(value[index], (*at, index))


def replaced(value: Any, at: tuple[Any, ...], bad: Any) -> Any:
    """Return a copy of a JSON value in which one value is replaced."""
    changed = copy.deepcopy(value)
    place = changed
    for part in at[:-1]:
        place = place[part]
    place[at[-1]] = copy.deepcopy(bad)
    return changed


def sealed_bytes(fields: dict[str, Any], sign: Callable[[str], Any], **envelope: Any) -> bytes:
    """Return the file of a record with a matching check, as an attacker writes it.

    Parameters
    ----------
    fields : dict
        The fields that are sealed.
    sign : callable
        Takes the check, returns the signature.
    **envelope : object
        Fields to replace after the record was sealed.
    """
    compact = _raw(json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    check = hashlib.sha256(compact.encode()).hexdigest()
    whole = fields | {"check": check, "signature": sign(check)} | envelope
    text = json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False)
    return _raw(text).encode()


def _raw(text: str) -> str:
    for marker, raw in _RAW.items():
        text = text.replace(f'"{marker}"', raw)
    return text
