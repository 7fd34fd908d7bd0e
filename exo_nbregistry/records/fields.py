"""The parts of a version's metadata: values that are grouped because they are read together."""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

from exo_nbregistry.errors import RecordError
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import decode, encode, to_plain

_LARGEST = 2**1023  # a whole number beyond it is no float


@immutable
@dataclass(frozen=True, slots=True)
class Column:
    """One input column of a model.

    Attributes
    ----------
    name : str
        Column name.
    dtype : str
        numpy's name of the dtype, such as ``float64``; ``category`` and ``str`` are pandas'.
    minimum, maximum : float or None
        Range in the training data, missing values left out; None where there is no order.
    missing : int
        Number of missing values in the training data.
    """

    name: str
    dtype: str
    minimum: float | None = None
    maximum: float | None = None
    missing: int = 0


@immutable
@dataclass(frozen=True, slots=True)
class Signature:
    """What a model takes and gives.

    Attributes
    ----------
    columns : tuple of Column
        The inputs, in order.
    classes : tuple or None
        The class labels, in the order of ``predict_proba``; None for a regressor.
    """

    columns: tuple[Column, ...] = ()
    classes: tuple[Any, ...] | None = None


@immutable
@dataclass(frozen=True, slots=True)
class Dataset:
    """The data that a model was trained on.

    Attributes
    ----------
    name : str or None
        What the user calls it.
    rows : int
        Number of training rows.
    sha256 : str
        Fingerprint of columns, dtypes, values and target.
    """

    name: str | None
    rows: int
    sha256: str


@immutable
@dataclass(frozen=True, slots=True)
class Environment:
    """Where a model was made.

    Attributes
    ----------
    python : str
        Python version.
    platform : str
        Operating system and machine.
    packages : dict of str to str
        Version of each distribution that the model's own classes come from.
    """

    python: str = ""
    platform: str = ""
    packages: dict[str, str] = field(default_factory=dict)


@immutable
@dataclass(frozen=True, slots=True)
class Provenance:
    """Which code made a model; what is unknown is None.

    Attributes
    ----------
    notebook : str or None
        File name of the notebook, without its folder.
    cell_number : int or None
        IPython's execution count.
    cell_source : str or None
        Source of the cell.
    git_commit : str or None
        Commit, 40 hexadecimal digits.
    git_dirty : bool or None
        Whether tracked files differed from the commit.
    user, host : str or None
        Who, and on which machine.
    """

    notebook: str | None = None
    cell_number: int | None = None
    cell_source: str | None = None
    git_commit: str | None = None
    git_dirty: bool | None = None
    user: str | None = None
    host: str | None = None


@immutable
@dataclass(frozen=True, slots=True)
class Artifact:
    """A stored payload.

    Attributes
    ----------
    format : str
        ``joblib`` or ``skops`` for a model; ``npz`` or ``json`` beside it.
    sha256 : str
        Digest of the bytes.
    size_bytes : int
        Their number.
    globals : tuple of str
        Every module-level name that loading imports, sorted.
    """

    format: str
    sha256: str
    size_bytes: int
    globals: tuple[str, ...] = ()


@immutable
@dataclass(frozen=True, slots=True)
class Note:
    """A note on a version.

    Attributes
    ----------
    text : str
        What it says.
    author : str
        Who wrote it.
    created_at : datetime
        When, in UTC.
    """

    text: str
    author: str
    created_at: datetime


def plain_part(part: Any, key: str) -> Any:
    """Copy a part with every value in plain types, or refuse the value by its key."""
    values = {}
    for spec in dataclasses.fields(part):
        value = getattr(part, spec.name)
        if spec.name == "columns":
            values[spec.name] = tuple(plain_part(c, f"{key}.{c.name}") for c in value)
        else:
            values[spec.name] = to_plain(value, f"{key}.{spec.name}")
    plain = type(part)(**values)
    require_kinds(plain, f"{key}.")
    return plain


def require_kinds(part: Any, prefix: str = "") -> None:
    """Refuse a dataclass of which a field is not of the kind that its annotation says.

    Parameters
    ----------
    part : dataclass
        Metadata or a part of it; it may come from a record that somebody else wrote.
    prefix : str
        What stands before the field's name in the message.

    Raises
    ------
    RecordError
        With the field's name.

    Examples
    --------
    >>> require_kinds(Column(name="depth", dtype=None), "columns.")
    Traceback (most recent call last):
    ...
    exo_nbregistry.errors.RecordError: columns.dtype must be str, not None.
    """
    for name, kind, fits in _kinds(part.__class__):
        value = getattr(part, name)
        if not fits(value):
            key, value, kind = _first_invalid(f"{prefix}{name}", value, kind)
            wanted = kind.__name__ if isinstance(kind, type) else str(kind).replace(" | ", " or ")
            raise RecordError(f"{key} must be {wanted}, not {value!r:.60}.", key=key)


@functools.cache
def _kinds(part: type) -> tuple[tuple[str, Any, Callable[[Any], bool]], ...]:
    hints = get_type_hints(part)
    fields = ((spec.name, hints[spec.name]) for spec in dataclasses.fields(part))
    return tuple((name, kind, _test(kind)) for name, kind in fields if kind is not Any)


def _test(kind: Any) -> Callable[[Any], bool]:
    """Compile an annotation, for many records are read at once."""
    inner = [_test(part) for part in get_args(kind) if part is not ...]
    if get_origin(kind) is types.UnionType:
        return lambda value: any(fits(value) for fits in inner)
    if get_origin(kind) is tuple:
        return lambda value: type(value) is tuple and all(map(inner[0], value))
    if get_origin(kind) is dict:
        return lambda value: (
            type(value) is dict and all(map(inner[0], value)) and all(map(inner[1], value.values()))
        )
    if kind is float:
        return _is_number
    # Values are plain already, so a bool is no int here.
    return lambda value: kind is Any or type(value) is kind


def _is_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < _LARGEST)


def _first_invalid(key: str, value: Any, kind: Any) -> tuple[str, Any, Any]:
    """Return the one item of a dict that is not as it must be, or else the value itself."""
    if get_origin(kind) is not dict or not isinstance(value, dict):
        return key, value, kind
    names, items = get_args(kind)
    for name, item in value.items():
        if not _test(names)(name):
            return f"The name of {key}[{name!r}]", name, names
        if not _test(items)(item):
            return f"{key}.{name}", item, items
    return key, value, kind


def encode_part(part: Any) -> dict[str, Any]:
    """Turn a part into an object that JSON can write."""
    fields = {spec.name: getattr(part, spec.name) for spec in dataclasses.fields(part)}
    if isinstance(part, Signature):
        columns = [encode_part(column) for column in part.columns]
        classes = None if part.classes is None else [encode(label) for label in part.classes]
        return {"columns": columns, "classes": classes}
    if isinstance(part, Artifact):
        fields["globals"] = list(part.globals)
    return {name: encode(value) for name, value in fields.items()}


def decode_part(kind: type, value: dict[str, Any] | None) -> Any:
    """Undo `encode_part`; fields that this release does not know are left out."""
    if value is None:
        return None
    known = {spec.name for spec in dataclasses.fields(kind)}
    fields = {name: decode(item) for name, item in value.items() if name in known}
    if kind is Signature:
        fields["columns"] = tuple(decode_part(Column, item) for item in value["columns"])
    for name in {"globals", "classes"} & fields.keys():
        fields[name] = None if fields[name] is None else tuple(fields[name])
    return kind(**fields)
