"""Conversion of user values to the plain Python types of a record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from exo_nbregistry.errors import RecordError

MAX_DEPTH = 64


def to_plain(value: Any, key: str) -> Any:
    """Copy a value to the plain Python types of a record.

    Parameters
    ----------
    value : object
        None, bool, int, float, str, datetime, date, and lists, tuples and mappings of these.
        NumPy scalars become Python scalars, numeric NumPy arrays nested lists.
    key : str
        Name of the value in errors.

    Returns
    -------
    object
        An equal, independent copy. NaN is always the object ``math.nan``, so that containers
        with NaN compare equal.

    Raises
    ------
    RecordError
        If a value cannot be stored exactly; the error names its key.

    Examples
    --------
    >>> to_plain({"a": (1, float("nan"))}, "metrics") == {"a": (1, math.nan)}
    True
    """
    return _to_plain(value, key, 0)


def to_plain_tags(tags: Mapping[str, Any]) -> dict[str, Any]:
    """Copy tags to the plain types of a record.

    Raises
    ------
    RecordError
        If a name is not text or is blank, or if a value is None.

    Examples
    --------
    >>> to_plain_tags({"team": "vetting", "reviewed": True})
    {'team': 'vetting', 'reviewed': True}
    """
    plain: dict[str, Any] = to_plain(tags, "tags")
    for name, value in plain.items():
        if not isinstance(name, str) or not name.strip():
            raise RecordError(f"A tag name must be non-empty text, got {name!r:.60}.", key="tags")
        if value is None:
            raise RecordError(
                f"tags.{name} must not be None. Pass True for a tag without a value; to remove a "
                "tag, call untag_model.",
                key=f"tags.{name}",
            )
    return plain


def _to_plain(value: Any, key: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise RecordError(
            f"{key} is nested more than {MAX_DEPTH} levels deep; store it as an attachment.",
            key=key,
        )
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is float:
        return math.nan if value != value else value
    if kind is str:
        return _text(value, key)
    if kind is int:
        return _check_int(value, key)
    if kind is list or kind is tuple:
        return kind([_to_plain(v, f"{key}[{i}]", depth + 1) for i, v in enumerate(value)])
    if kind is dict or isinstance(value, Mapping):
        return _mapping(value, key, depth)
    return _unusual(value, key, depth)


def _mapping(value: Mapping[Any, Any], key: str, depth: int) -> dict[Any, Any]:
    plain = {_key(k, key): _to_plain(v, f"{key}.{k}", depth + 1) for k, v in value.items()}
    if len(plain) != len(value):
        raise RecordError(
            f"{key} has keys that are equal in JSON, such as NaN twice; rename one.", key=key
        )
    return plain


def _unusual(value: Any, key: str, depth: int) -> Any:
    if isinstance(value, datetime | date):
        return _instant(value, key)
    if isinstance(value, bool | int | float | str) and not _is_enum(value):
        plain = next(base for base in (bool, int, float, str) if isinstance(value, base))
        return _to_plain(plain(value), key, depth)
    # Checks the protocol, because this module must not import NumPy.
    if type(value).__module__ == "numpy" and hasattr(value, "dtype"):
        exact = value.dtype.kind in "biuf" and value.dtype.itemsize <= 8
        if exact or value.dtype.kind in "US":
            return _to_plain(value.tolist(), key, depth)
    raise RecordError(
        f"{key} has the unsupported type {type(value).__module__}.{type(value).__qualname__}; "
        f"{_hint(value)}.",
        key=key,
    )


def _is_enum(value: Any) -> bool:
    return any(base.__name__ == "Enum" for base in type(value).__mro__)


def _hint(value: Any) -> str:
    if hasattr(value, "to_dict"):
        return "pass its .to_dict()"
    if isinstance(value, set | frozenset):
        return "pass sorted(...)"
    if hasattr(value, "tolist"):
        return _array_hint(value)
    return "pass text, numbers, datetimes, or lists and dicts of these"


def _array_hint(value: Any) -> str:
    """Return the conversion of a NumPy scalar or array that a record can store."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "f":  # more than 64 bits
        return "pass its .astype(float).tolist()" if value.shape else "pass float(value)"
    if kind == "c":
        return "pass its .real.astype(float).tolist() and .imag.astype(float).tolist()"
    if kind == "M":
        return "pass its .astype('datetime64[us]').tolist()"
    if kind == "m":
        return "pass its .astype('timedelta64[us]').astype(int).tolist()"
    return "pass its .tolist()"


def _text(value: str, key: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RecordError(f"{key} is not valid Unicode: {value!r}.", key=key) from None
    return value


def _check_int(value: int, key: str) -> int:
    if value.bit_length() > 4096:
        raise RecordError(f"{key} must be an integer of at most 4096 bits.", key=key)
    return value


def _instant(value: date, key: str) -> date:
    if getattr(value, "nanosecond", 0) or str(value) == "NaT":
        raise RecordError(
            f"{key} is {value!s}, which a datetime cannot store exactly; pass its .isoformat() "
            "or None.",
            key=key,
        )
    if isinstance(value, datetime):
        return datetime.fromisoformat(value.isoformat())
    return date(value.year, value.month, value.day)


def _key(key: Any, where: str) -> Any:
    if type(key) is str and key.isascii():
        return key
    plain = _to_plain(key, f"{where}[{key!r}]", 0)
    if isinstance(plain, str | bool | int | float) or plain is None:
        return plain
    raise RecordError(f"A key of {where} must be text or a number, got {key!r}.", key=where)
