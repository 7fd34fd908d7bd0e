"""Checks that the fields of a dataclass have their annotated types."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, get_args, get_origin, get_type_hints

from exo_nbregistry.errors import RecordError

_MAX_FLOAT = 2**1023  # a larger integer cannot be converted to a float


def field_names(part: Any) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass or of its instance, in order.

    `dataclasses.fields` is several times slower, because it looks for pseudo-fields.
    """
    return tuple(part.__dataclass_fields__)


def require_kinds(part: Any, prefix: str = "") -> None:
    """Check that every field of a dataclass has its annotated type.

    Parameters
    ----------
    part : dataclass
        Metadata or a part of it, possibly from another user's record.
    prefix : str
        Text before the field's name in the message.

    Raises
    ------
    RecordError
        If a field has a different type; the error names the field.

    Examples
    --------
    >>> from exo_nbregistry.records.fields import Column
    >>> require_kinds(Column(name="depth", dtype=None), "columns.")
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.RecordError: columns.dtype must be str, got None.
    """
    for name, kind, fits in _kinds(part.__class__):
        value = getattr(part, name)
        if not fits(value):
            key, issue = _describe_issue(f"{prefix}{name}", value, kind)
            raise RecordError(f"{issue}.", key=key)


def kind_issue(part: type, name: str, value: Any) -> str | None:
    """Return why a value of a field has the wrong type, or None if it has its annotated type.

    Parameters
    ----------
    part : type
        The dataclass.
    name : str
        Name of the field.
    value : object
        The plain value.

    Examples
    --------
    >>> from exo_nbregistry.records.fields import Column
    >>> kind_issue(Column, "missing", 1.5)
    'missing must be int, got 1.5'
    """
    for field, kind, fits in _kinds(part):
        if field == name and not fits(value):
            return _describe_issue(name, value, kind)[1]
    return None


def _describe_issue(key: str, value: Any, kind: Any) -> tuple[str, str]:
    key, value, kind = _first_invalid(key, value, kind)
    wanted = kind.__name__ if isinstance(kind, type) else str(kind).replace(" | ", " or ")
    return key, f"{key} must be {wanted}, got {value!r:.60}"


@functools.cache
def _kinds(part: type) -> tuple[tuple[str, Any, Callable[[Any], bool]], ...]:
    hints = get_type_hints(part)
    fields = ((name, hints[name]) for name in field_names(part))
    return tuple((name, kind, _test(kind)) for name, kind in fields if kind is not Any)


def _test(kind: Any) -> Callable[[Any], bool]:
    """Compile the check of an annotation, because many records are read together."""
    inner = [_test(part) for part in get_args(kind) if part is not ...]
    if get_origin(kind) is types.UnionType:
        exact = frozenset(get_args(kind))
        if all(isinstance(part, type) and part is not float for part in exact):
            return lambda value: type(value) in exact
        return lambda value: any(fits(value) for fits in inner)
    if get_origin(kind) is tuple:
        return lambda value: type(value) is tuple and all(map(inner[0], value))
    if get_origin(kind) is dict:
        return lambda value: (
            type(value) is dict and all(map(inner[0], value)) and all(map(inner[1], value.values()))
        )
    if kind is float:
        return is_float
    # Values have plain types, so a bool is not an int here.
    return lambda value: kind is Any or type(value) is kind


def is_float(value: Any) -> bool:
    """Return whether a value is a number that can be a float; a bool is not."""
    return type(value) is float or (type(value) is int and abs(value) < _MAX_FLOAT)


def _first_invalid(key: str, value: Any, kind: Any) -> tuple[str, Any, Any]:
    """Return the first invalid item of a dict, or else the value itself."""
    if get_origin(kind) is not dict or not isinstance(value, dict):
        return key, value, kind
    names, items = get_args(kind)
    for name, item in value.items():
        if not _test(names)(name):
            return f"The name of {key}[{name!r}]", name, names
        if not _test(items)(item):
            return f"{key}.{name}", item, items
    return key, value, kind
