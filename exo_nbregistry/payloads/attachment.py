"""Attachments of a model, such as evaluation arrays and an input example."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

from exo_nbregistry.errors import RecordError
from exo_nbregistry.fs.parallel import Wait
from exo_nbregistry.payloads.artifact import changed_payload, open_payload, payload_key
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import decode, dump_json, encode, load_json, to_plain
from exo_nbregistry.values.keys import tmp_folder

# A name becomes part of a path and may come from the record of an unknown signer.
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# Names that registering stores by itself, and the name of the model in an export.
RESERVED = ("evaluation", "input_example", "model")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A packed attachment, ready to be stored.

    Attributes
    ----------
    artifact : Artifact
        Format, digest and size.
    data : bytes
        The content.
    """

    artifact: Artifact
    data: bytes


def pack_arrays(arrays: Mapping[str, Any]) -> Attachment:
    """Pack named arrays.

    Raises
    ------
    ValueError
        If an array holds Python objects, which would require pickle.
    """
    import numpy as np

    buffer = io.BytesIO()
    # The bytes of np.savez_compressed, which cannot refuse objects before numpy 2.1.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
    return _attachment("npz", buffer.getvalue())


def pack_json(fields: Mapping[str, Any], name: str) -> Attachment:
    """Pack plain values; raise RecordError for a value of an unsupported type."""
    return _attachment("json", dump_json(encode(to_plain(fields, name)), name))


def pack_named(values: Mapping[str, Any]) -> dict[str, Attachment]:
    """Pack the attachments of a user: as arrays if all values are arrays, or else as JSON.

    Raises
    ------
    RecordError
        If a name is invalid or reserved, or a value has an unsupported type.
    """
    return {name: _pack(name, fields) for name, fields in values.items()}


def _pack(name: str, fields: Any) -> Attachment:
    key = f"attachments.{name}"
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
        raise RecordError(
            f"Invalid attachment name {name!r}; use lowercase letters, digits and underscores. "
            f"Reserved names: {', '.join(RESERVED)}.",
            key=key,
        )
    if not isinstance(fields, Mapping):
        raise RecordError(f"{key} must be a dict of names to values, got {fields!r:.60}.", key=key)
    if not fields or not all(hasattr(value, "__array_interface__") for value in fields.values()):
        return pack_json(fields, key)
    try:
        return pack_arrays(fields)
    except ValueError as error:
        raise RecordError(f"Cannot store {key}: {error}", key=key) from error


def read_attachment(store: Store, model_key: str, artifact: Artifact) -> dict[str, Any]:
    """Read an attachment that `pack_named` packed."""
    read = read_arrays if artifact.format == "npz" else read_json
    return read(store, model_key, artifact)


def _attachment(format: str, data: bytes) -> Attachment:
    return Attachment(Artifact(format, hashlib.sha256(data).hexdigest(), len(data)), data)


@contextmanager
def placed(store: Store, model_key: str, attachment: Attachment) -> Iterator[list[Wait]]:
    """Store an attachment.

    Yields
    ------
    list of callable
        Waits, to be called within the block, after which the attachment is durable.
    """
    with store.stage(tmp_folder(model_key)) as staged:
        staged.write(attachment.data)
        yield staged.place(payload_key(model_key, attachment.artifact))


def read_arrays(store: Store, model_key: str, artifact: Artifact) -> dict[str, Any]:
    """Read named arrays, without pickle.

    Raises
    ------
    IntegrityError
        If the payload is missing or has changed.
    RecordError
        If the payload is not an archive of arrays.
    """
    import numpy as np

    data = io.BytesIO(_read(store, model_key, artifact))
    try:
        with np.lib.npyio.NpzFile(data, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (BadZipFile, EOFError, LookupError, RuntimeError, ValueError, zlib.error) as error:
        key = payload_key(model_key, artifact)
        raise RecordError(
            f"{key} is not an archive of arrays ({error}). Purge its version.",
            key=key,
        ) from error


def read_json(store: Store, model_key: str, artifact: Artifact) -> dict[str, Any]:
    """Read plain values.

    Raises
    ------
    IntegrityError
        If the payload is missing or has changed.
    """
    fields: dict[str, Any] = decode(load_json(_read(store, model_key, artifact), artifact.sha256))
    return fields


def _read(store: Store, model_key: str, artifact: Artifact) -> bytes:
    key = payload_key(model_key, artifact)
    with open_payload(store, key) as stream:
        data = stream.read()
    actual = hashlib.sha256(data).hexdigest()
    if actual != artifact.sha256:
        raise changed_payload(key, artifact, actual)
    return data
