"""Lossless conversion of plain values to JSON and back.

JSON does not support NaN, datetimes, tuples and keys other than text. These are written as an
object with one key that begins with ``$``. A user's dict of this form is written as ``$map``, so
the encoding is unambiguous.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from datetime import date, datetime
from json.encoder import encode_basestring
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.values.plain_values import MAX_DEPTH, to_plain

__all__ = [
    "MAX_DEPTH",
    "MAX_RECORD_BYTES",
    "canonical_json",
    "decode",
    "digest_json",
    "dump_json",
    "encode",
    "load_json",
    "passes_quick_size_check",
    "to_plain",
]

MAX_RECORD_BYTES = 1 << 20
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_UNCHANGED = (str, bool, int, type(None))
_CONTAINERS = (dict, list)
# Faster for scalars than the encoder.
_WORDS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: repr,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
}
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def encode(value: Any) -> Any:
    """Encode a plain value for JSON.

    Examples
    --------
    >>> encode({"loss": math.inf, "layers": (128, 64)})
    {'loss': {'$float': 'inf'}, 'layers': {'$tuple': [128, 64]}}
    """
    if isinstance(value, _UNCHANGED):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, dict):
        return _encode_dict(value)
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, tuple):
        return {"$tuple": [encode(item) for item in value]}
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    return {"$date": value.isoformat()}


def _encode_dict(value: dict[Any, Any]) -> Any:
    plain = all(type(key) is str for key in value)
    if plain and not (len(value) == 1 and next(iter(value)).startswith("$")):
        return {key: encode(item) for key, item in value.items()}
    return {"$map": [[encode(key), encode(item)] for key, item in value.items()]}


def decode(value: Any) -> Any:
    """Decode the result of `encode`; raise RecordError for a malformed ``$`` object.

    Examples
    --------
    >>> decode({"loss": {"$float": "inf"}, "layers": {"$tuple": [128, 64]}})
    {'loss': inf, 'layers': (128, 64)}
    """
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        tag, payload = next(iter(value.items()))
        if tag.startswith("$"):
            return _decode_tag(tag, payload)
    return {key: decode(item) for key, item in value.items()}


def _decode_tag(tag: str, payload: Any) -> Any:
    try:
        if tag == "$float":
            return _FLOATS[payload]
        if tag == "$tuple":
            return tuple(decode(item) for item in payload)
        if tag == "$map":
            return {decode(key): decode(item) for key, item in payload}
        if tag == "$datetime":
            return datetime.fromisoformat(payload)
        if tag == "$date":
            return date.fromisoformat(payload)
    except RecordError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RecordError(f"A record has an invalid {tag}: {payload!r:.60}.", key=tag) from None
    raise RecordError(f"A record has the unknown type {tag!r}; install a newer release.", key=tag)


def canonical_json(value: Any) -> bytes:
    """Return the canonical bytes of an encoded value, for digests.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": "é"}).decode()
    '{"a":"é","b":1}'
    """
    return _CANONICAL.encode(value).encode()


def digest_json(value: Any) -> str:
    """Return the SHA-256 of an encoded value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def dump_json(
    value: dict[str, Any], key: str, *, spare_bytes: int = 0, max_bytes: int = MAX_RECORD_BYTES
) -> bytes:
    """Return the bytes of a record file: indent 1, sorted keys, UTF-8, final newline.

    Parameters
    ----------
    value : dict
        The object.
    key : str
        Name of the object in errors.
    spare_bytes : int, default=0
        Size to reserve for fields that are added later.
    max_bytes : int, default=MAX_RECORD_BYTES
        Maximum size.

    Raises
    ------
    RecordError
        If the object is larger than `max_bytes` or has more than 64 levels.
    """
    max_bytes -= spare_bytes
    if _depth(value) > MAX_DEPTH:
        raise RecordError(
            f"{key} is nested more than {MAX_DEPTH} levels deep in "
            f"{_largest_field(value, _depth)!r}; store it as an attachment.",
            key=key,
        )
    data = _indented(value, "\n").encode() + b"\n"
    if len(data) > max_bytes:
        largest = _largest_field(value, lambda item: len(canonical_json(item)))
        raise RecordError(
            f"{key} has {len(data):,} bytes, but the maximum is {max_bytes:,}. The largest field "
            f"is {largest!r}; store it as an attachment.",
            key=key,
        )
    return data


def _indented(value: Any, margin: str) -> str:
    """Return the text of ``json.dumps(..., indent=1)``, which does not use its C code."""
    if type(value) in _WORDS:
        return _WORDS[type(value)](value)
    inner = f"{margin} "
    if isinstance(value, dict) and value:
        items = [f"{encode_basestring(k)}: {_indented(value[k], inner)}" for k in sorted(value)]
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([_indented(item, inner) for item in value])}{margin}]"
    return _CANONICAL.encode(value)


def passes_quick_size_check(value: dict[str, Any], *, spare_bytes: int = 0) -> bool:
    """Return True if `dump_json` certainly accepts an object; False means unknown.

    Indentation adds at most ``MAX_DEPTH`` characters for each character of canonical JSON.
    """
    max_bytes = (MAX_RECORD_BYTES - spare_bytes) // MAX_DEPTH
    return _depth(value) <= MAX_DEPTH and len(canonical_json(value)) <= max_bytes


def load_json(data: bytes, key: str, *, max_bytes: int = MAX_RECORD_BYTES) -> dict[str, Any]:
    """Parse a record file, or another file of at most `max_bytes`, strictly.

    Returns
    -------
    dict
        The encoded object.

    Raises
    ------
    RecordError
        If it is not a JSON object, has a duplicate key, or is too large or too deep.
    """
    if len(data) > max_bytes:
        raise RecordError(f"{key} is larger than {max_bytes:,} bytes.", key=key)
    try:
        value = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{key} is not a valid record: {error}.", key=key) from None
    if not isinstance(value, dict):
        raise RecordError(f"{key} is not a valid record: it must be a JSON object.", key=key)
    if _depth(value) > MAX_DEPTH:
        raise RecordError(f"{key} is nested more than {MAX_DEPTH} levels deep.", key=key)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate key in a JSON object")
    return value


def _constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _largest_field(value: Any, weigh: Callable[[Any], int]) -> str:
    """Return the path of the largest item, down to the fields of a record's content."""
    path: list[str] = []
    while isinstance(value, dict) and value and len(path) < 3:
        name = max(value, key=lambda name: weigh(value[name]))
        if name.startswith("$"):
            break
        path.append(name)
        value = value[name]
    # Users do not know the wrapper "content".
    return ".".join(path).removeprefix("content.")


def _depth(value: Any) -> int:
    depth, layer = 0, [value] if isinstance(value, _CONTAINERS) else []
    while layer and depth <= MAX_DEPTH:
        depth += 1
        layer = [
            item
            for node in layer
            for item in (node.values() if isinstance(node, dict) else node)
            if isinstance(item, _CONTAINERS)
        ]
    return depth
