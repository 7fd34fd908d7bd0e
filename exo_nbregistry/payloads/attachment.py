"""Attachments of a model, such as evaluation arrays and an input example."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.fs.parallel import Wait
from exo_nbregistry.payloads.artifact import payload_key
from exo_nbregistry.payloads.npz import Limit, read_npz
from exo_nbregistry.payloads.stored import changed_payload, open_payload
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.digest import HashingWriter, Writable
from exo_nbregistry.values.json_codec import (
    MAX_RECORD_BYTES,
    decode,
    dump_json,
    encode,
    load_json,
    to_plain,
)
from exo_nbregistry.values.keys import tmp_folder

MAX_JSON_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Attachment:
    """A packed attachment, ready to be stored.

    Attributes
    ----------
    artifact : Artifact
        Format, digest and size.
    data : bytes or callable
        The content, or a function that writes it, so that a large file is never in memory.
    """

    artifact: Artifact
    data: bytes | Callable[[Writable], None]


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
    return pack_bytes("npz", buffer.getvalue())


def pack_json(
    fields: Mapping[str, Any], name: str, *, max_bytes: int = MAX_RECORD_BYTES
) -> Attachment:
    """Pack plain values; raise RecordError for a value of an unsupported type."""
    encoded = encode(to_plain(fields, name))
    return pack_bytes("json", dump_json(encoded, name, max_bytes=max_bytes))


def pack_bytes(
    format: str, data: bytes, kind: str | None = None, file_name: str | None = None
) -> Attachment:
    """Return bytes in memory as an attachment."""
    sha256 = hashlib.sha256(data).hexdigest()
    return Attachment(Artifact(format, sha256, len(data), kind=kind, file_name=file_name), data)


@contextmanager
def placed(store: Store, model_key: str, attachment: Attachment) -> Iterator[list[Wait]]:
    """Store an attachment.

    Yields
    ------
    list of callable
        Waits, to be called within the block, after which the attachment is durable.
    """
    artifact = attachment.artifact
    with store.stage(tmp_folder(model_key)) as staged:
        if isinstance(attachment.data, bytes):
            staged.write(attachment.data)
        else:
            writer = HashingWriter(staged)
            attachment.data(writer)
            if writer.sha256 != artifact.sha256:
                raise RecordError(
                    f"{artifact.file_name or 'The attachment'} changed while it was read; attach "
                    "it again.",
                    key="attachments",
                )
        yield staged.place(payload_key(model_key, artifact))


def read_arrays(
    store: Store, model_key: str, artifact: Artifact, limit: Limit | None = None
) -> dict[str, Any]:
    """Read named arrays, without pickle.

    Raises
    ------
    IntegrityError
        If the payload is missing or has changed.
    RecordError
        If the payload is not an archive of arrays.
    UntrustedModelError
        If `limit` is exceeded.
    """
    key = payload_key(model_key, artifact)
    return read_npz(read_bytes(store, model_key, artifact, limit), key, limit)


def read_json(store: Store, model_key: str, artifact: Artifact) -> dict[str, Any]:
    """Read plain values.

    Raises
    ------
    IntegrityError
        If the payload is missing or has changed.
    RecordError
        If the payload is too large or is not an object of values.
    """
    if artifact.size_bytes > MAX_JSON_BYTES:
        raise RecordError(
            f"{artifact.sha256} is larger than {MAX_JSON_BYTES:,} bytes.", key=artifact.sha256
        )
    data = read_bytes(store, model_key, artifact)
    fields = decode(load_json(data, artifact.sha256, max_bytes=MAX_JSON_BYTES))
    if not isinstance(fields, dict):
        raise RecordError(f"{artifact.sha256} is not an object of values.", key=artifact.sha256)
    return fields


def read_bytes(
    store: Store, model_key: str, artifact: Artifact, limit: Limit | None = None
) -> bytes:
    """Read a whole attachment.

    Raises
    ------
    IntegrityError
        If the payload is missing or has changed.
    UntrustedModelError
        If `limit` is exceeded.
    """
    key = payload_key(model_key, artifact)
    if limit is not None:
        limit.check(artifact.size_bytes, key)
    with open_payload(store, key) as stream:
        if stream.seek(0, io.SEEK_END) > artifact.size_bytes:
            raise IntegrityError(
                f"{key} has more than the recorded {artifact.size_bytes:,} bytes. Restore it from "
                "a backup.",
                key=key,
                expected=artifact.size_bytes,
            )
        stream.seek(0)
        data = stream.read()
    actual = hashlib.sha256(data).hexdigest()
    if actual != artifact.sha256:
        raise changed_payload(key, artifact, actual)
    return data
