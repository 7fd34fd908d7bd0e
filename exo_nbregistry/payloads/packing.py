"""Packing of anything that a user attaches."""

from __future__ import annotations

import dataclasses
import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import RecordError, SerializationError
from exo_nbregistry.payloads.attachment import (
    MAX_JSON_BYTES,
    Attachment,
    pack_arrays,
    pack_bytes,
    pack_json,
)
from exo_nbregistry.payloads.attachment_name import (
    RESERVED,
    RESERVED_LATER,
    check_distinct,
    check_name,
)
from exo_nbregistry.payloads.figure import figure_of, pack_figure
from exo_nbregistry.payloads.files import pack_path
from exo_nbregistry.payloads.look_alikes import refuse_look_alikes
from exo_nbregistry.payloads.table import pack_table, table_library
from exo_nbregistry.persistence.base import type_name
from exo_nbregistry.persistence.content_digest import content_digest
from exo_nbregistry.persistence.joblib_format import JOBLIB, portability_issues
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.digest import HashingWriter

log = logging.getLogger("exo_nbregistry")
# Names of the single array, and of a value that is not a mapping.
ARRAY, VALUE = "array", "value"
_MODEL_METHODS = ("fit", "predict", "transform")
_SUPPORTED = (
    "attach a figure, a DataFrame, an array, text, bytes, plain values, a fitted estimator, or "
    "Path(...) of a file or folder"
)


def pack_named(things: Mapping[str, Any]) -> dict[str, Attachment]:
    """Pack the attachments of a new version.

    A dict of arrays and a dict of plain values have no kind, as in the records of earlier releases.

    Raises
    ------
    RecordError
        If a name is invalid or reserved, or an object cannot be attached.
    """
    if not isinstance(things, Mapping):
        raise RecordError(
            "attachments must be a dict of names to objects, such as attachments={'roc': figure}, "
            f"got {things!r:.60}.",
            key="attachments",
        )
    names = [check_name(name, RESERVED) for name in things]
    check_distinct(names)
    packed = {name: _pack(thing, name) for name, thing in things.items()}
    return {
        name: _without_kind(item) if isinstance(things[name], Mapping) else item
        for name, item in packed.items()
    }


def pack_later(thing: Any, name: Any) -> Attachment:
    """Pack an attachment of a registered version, always with its kind.

    Raises
    ------
    RecordError
        If the name is invalid or reserved, or the object cannot be attached.
    """
    return _pack(thing, check_name(name, RESERVED_LATER))


def _without_kind(item: Attachment) -> Attachment:
    return dataclasses.replace(item, artifact=dataclasses.replace(item.artifact, kind=None))


def _pack(thing: Any, name: str) -> Attachment:
    key = f"attachments.{name}"
    if isinstance(thing, Path):
        return pack_path(thing, name)
    if isinstance(thing, bytes | bytearray | memoryview):
        return pack_bytes("bin", bytes(thing), "bytes")
    if isinstance(thing, str):
        refuse_look_alikes(thing, name)
        return pack_bytes("txt", _utf8(thing, key), "text")
    figure = figure_of(thing)
    if figure is not None:
        return pack_bytes("zip", pack_figure(figure), "figure")
    if table_library(thing):
        return pack_bytes(*pack_table(thing, name), "table")
    if _is_array(thing):
        return _with_kind(_arrays({ARRAY: thing}, key), "array")
    if isinstance(thing, Mapping) and thing and all(map(_has_arrays, thing.values())):
        return _with_kind(_arrays(thing, key), "arrays")
    if _is_model(thing):
        return _model(thing, key)
    return _values(thing, name, key)


def _with_kind(item: Attachment, kind: str) -> Attachment:
    return dataclasses.replace(item, artifact=dataclasses.replace(item.artifact, kind=kind))


def _utf8(text: str, key: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise RecordError(f"{key} is not valid Unicode text.", key=key) from None


def _has_arrays(thing: Any) -> bool:
    return hasattr(thing, "__array_interface__")


def _is_array(thing: Any) -> bool:
    # A scalar of NumPy has the interface too, and is a plain value.
    return _has_arrays(thing) and hasattr(thing, "__setitem__")


def _arrays(arrays: Mapping[str, Any], key: str) -> Attachment:
    for name, array in arrays.items():
        place = key if name == ARRAY else f"{key}.{name}"
        if any(base.__name__ == "MaskedArray" for base in type(array).__mro__):
            raise RecordError(
                f"{place} is a masked array, whose mask would be lost; attach "
                "{'data': array.data, 'mask': array.mask}.",
                key=key,
            )
        if getattr(getattr(array, "dtype", None), "hasobject", False):
            raise RecordError(
                f"{place} is an array of Python objects; convert it with "
                ".astype(str) or .astype(float), or attach array.tolist().",
                key=key,
            )
    try:
        return pack_arrays(arrays)
    except ValueError as error:
        raise RecordError(f"Cannot store {key}: {error}", key=key) from error


def _is_model(thing: Any) -> bool:
    if isinstance(thing, type | Mapping | list | tuple):
        return False
    return any(callable(read_attribute(thing, name)) for name in _MODEL_METHODS)


def _model(model: Any, key: str) -> Attachment:
    buffer = io.BytesIO()
    writer = HashingWriter(buffer)
    try:
        written = JOBLIB.write(model, writer)
    except SerializationError as error:
        raise RecordError(f"Cannot store {key}: {error}", key=key) from error
    packed = pack_bytes(JOBLIB.name, buffer.getvalue(), "model")
    for warning in (*portability_issues(written.globals), *written.warnings):
        log.warning("%s", warning)
    artifact = dataclasses.replace(
        packed.artifact,
        globals=written.globals,
        content_sha256=content_digest(model, by_value=written.code is not None),
        python=None if written.code is None else written.code.python,
    )
    return dataclasses.replace(packed, artifact=artifact)


def _values(thing: Any, name: str, key: str) -> Attachment:
    refuse_look_alikes(thing, name)
    is_mapping = isinstance(thing, Mapping)
    fields = thing if is_mapping else {VALUE: thing}
    if is_mapping:
        _refuse_objects(thing, key)
    try:
        packed = pack_json(fields, key, max_bytes=MAX_JSON_BYTES)
    except RecordError as error:
        if is_mapping or isinstance(thing, list | tuple):
            raise
        raise RecordError(
            f"{key} has the unsupported type {type_name(thing)}; {_SUPPORTED}.", key=key
        ) from error
    return _with_kind(packed, "values" if is_mapping else "value")


def _refuse_objects(fields: Mapping[Any, Any], key: str) -> None:
    """Raise RecordError for a dict with an object that has a kind of its own."""
    for name, value in fields.items():
        found = (
            (figure_of(value) is not None, "a figure"),
            (table_library(value) is not None, "a table"),
            (isinstance(value, bytes), "bytes"),
            (table_library(value) is None and _is_model(value), "an estimator"),
        )
        what = next((what for is_kind, what in found if is_kind), None)
        if what is not None:
            raise RecordError(
                f"{key}.{name} is {what}, which a dict of values cannot contain; attach it under "
                "its own name.",
                key=f"{key}.{name}",
            )
