"""What is stored beside a model: evaluation arrays and an input example."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

from exo_nbregistry.artifact import open_payload, payload_key
from exo_nbregistry.codec import decode, dump_json, encode, load_json, normalise
from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.layout import tmp_folder
from exo_nbregistry.metadata import Artifact
from exo_nbregistry.store.base import Store

# It becomes part of a path, and may come out of a record that a stranger has written.
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# What registering stores of its own accord, and what an export calls the model.
RESERVED = ("evaluation", "input_example", "model")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small payload, ready to be stored.

    Attributes
    ----------
    artifact : Artifact
        What it is.
    data : bytes
        Its bytes.
    """

    artifact: Artifact
    data: bytes


def pack_arrays(arrays: Mapping[str, Any]) -> Attachment:
    """Turn named arrays into a payload.

    Raises
    ------
    ValueError
        If an array holds Python objects: these would have to be pickled.
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
    """Turn plain values into a payload; what cannot be kept is a RecordError."""
    return _attachment("json", dump_json(encode(normalise(fields, name)), name))


def pack_named(values: Mapping[str, Any]) -> dict[str, Attachment]:
    """Turn what a user attaches into payloads: arrays where there are only arrays, else JSON.

    Raises
    ------
    RecordError
        If a name is taken or no name, or its values cannot be kept; the message names it.
    """
    return {name: _pack(name, fields) for name, fields in values.items()}


def _pack(name: str, fields: Any) -> Attachment:
    key = f"attachments.{name}"
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
        raise RecordError(
            f"{name!r} is no name for an attachment: use small letters, digits and underscores, "
            f"and none of {', '.join(RESERVED)}.",
            key=key,
        )
    if not isinstance(fields, Mapping):
        raise RecordError(f"{key} is a dict of names to values, not {fields!r:.60}.", key=key)
    if not fields or not all(hasattr(value, "__array_interface__") for value in fields.values()):
        return pack_json(fields, key)
    try:
        return pack_arrays(fields)
    except ValueError as error:
        raise RecordError(f"{key} cannot be kept: {error}", key=key) from error


def read_attachment(store: Store, model_key: str, artifact: Artifact) -> dict[str, Any]:
    """Read back what `pack_named` packed, whichever way."""
    read = read_arrays if artifact.format == "npz" else read_json
    return read(store, model_key, artifact)


def _attachment(format: str, data: bytes) -> Attachment:
    return Attachment(Artifact(format, hashlib.sha256(data).hexdigest(), len(data)), data)


def write(store: Store, model_key: str, attachment: Attachment) -> None:
    """Store a payload."""
    artifact = attachment.artifact
    with store.stage(tmp_folder(model_key)) as staged:
        staged.write(attachment.data)
        staged.publish(payload_key(model_key, artifact))


def read_arrays(store: Store, model_key: str, artifact: Artifact) -> dict[str, Any]:
    """Read named arrays back; nothing is unpickled.

    Raises
    ------
    IntegrityError
        If the payload is missing or its bytes changed.
    RecordError
        If it holds something else than arrays, such as a pickle.
    """
    import numpy as np

    data = io.BytesIO(_read(store, model_key, artifact))
    try:
        with np.lib.npyio.NpzFile(data, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (BadZipFile, EOFError, LookupError, RuntimeError, ValueError, zlib.error) as error:
        key = payload_key(model_key, artifact)
        raise RecordError(
            f"{key} holds no arrays and nothing of it was read ({error}): purge its version.",
            key=key,
        ) from error


def read_json(store: Store, model_key: str, artifact: Artifact) -> dict[str, Any]:
    """Read plain values back.

    Raises
    ------
    IntegrityError
        If the payload is missing or its bytes changed.
    """
    fields: dict[str, Any] = decode(load_json(_read(store, model_key, artifact), artifact.sha256))
    return fields


def _read(store: Store, model_key: str, artifact: Artifact) -> bytes:
    key = payload_key(model_key, artifact)
    with open_payload(store, key) as stream:
        data = stream.read()
    actual = hashlib.sha256(data).hexdigest()
    if actual != artifact.sha256:
        raise IntegrityError(
            f"{key} was changed after it was written; restore it from a copy of the registry.",
            key=key,
            expected=artifact.sha256,
            actual=actual,
        )
    return data
