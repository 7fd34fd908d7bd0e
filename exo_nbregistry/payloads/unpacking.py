"""Reading of attachments: as objects, or as the bytes of a file."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.payloads.archive import read_archive
from exo_nbregistry.payloads.artifact import payload_key
from exo_nbregistry.payloads.attachment import read_arrays, read_bytes, read_json
from exo_nbregistry.payloads.figure import PNG, SVG, unpack_figure
from exo_nbregistry.payloads.npz import Limit
from exo_nbregistry.payloads.packing import ARRAY, VALUE
from exo_nbregistry.payloads.table import CSV, FORM, PARQUET, unpack_table
from exo_nbregistry.records.attachment_kind import FIGURE, TABLE, kind_of
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.store.base import Store

PARTS = {FIGURE: {"png": PNG, "svg": SVG}, TABLE: {"csv": CSV, "parquet": PARQUET, "json": FORM}}


def read_attachment(
    store: Store,
    model_key: str,
    artifact: Artifact,
    name: str = "",
    limit: Limit | None = None,
) -> Any:
    """Read an attachment other than a file, a folder or a model.

    Parameters
    ----------
    store, model_key, artifact
        The payload.
    name : str
        Name of the attachment.
    limit : Limit, optional
        Limit of the size, packed and unpacked, if the signer is not trusted.

    Raises
    ------
    IntegrityError
        If the payload is missing or has changed.
    RecordError
        If the content does not have the expected form.
    UntrustedModelError
        If `limit` is exceeded.
    """
    kind, place = kind_of(artifact), (store, model_key, artifact)
    key = payload_key(model_key, artifact)
    if artifact.format == "npz":
        arrays = read_arrays(*place, limit)
        return _only(arrays, ARRAY, key) if kind == "array" else arrays
    if artifact.format == "json":
        fields = read_json(*place)
        return _only(fields, VALUE, key) if kind == "value" else fields
    data = read_bytes(*place, limit)
    if kind == FIGURE:
        return unpack_figure(data, name, key)
    if kind == TABLE:
        return unpack_table(data, key, limit)
    if kind == "text":
        return _text(data, key)
    return data


def read_part(
    store: Store,
    model_key: str,
    artifact: Artifact,
    name: str,
    format: str | None,
    limit: Limit | None = None,
) -> bytes:
    """Return the bytes of an attachment as a file: the PNG of a figure by default.

    Parameters
    ----------
    store, model_key, artifact
        The payload.
    name : str
        Name of the attachment.
    format : str or None
        ``png`` or ``svg`` for a figure; ``csv``, ``parquet`` or ``json`` for a table.
    limit : Limit, optional
        Limit of the size if the signer is not trusted.

    Raises
    ------
    RecordError
        If the attachment does not have this format.
    UntrustedModelError
        If `limit` is exceeded.
    """
    data = read_bytes(store, model_key, artifact, limit)
    parts = PARTS.get(kind_of(artifact))
    if parts is None:
        if format not in (None, artifact.format):
            raise _no_format(name, format, [artifact.format])
        return data
    files = read_archive(data, payload_key(model_key, artifact))
    found = {short: part for short, part in parts.items() if part in files}
    if not found or format not in (None, *found):
        raise _no_format(name, format, found)
    return files[found[format or next(iter(found))]]


def _no_format(name: str, format: str | None, known: Any) -> RecordError:
    has = " or ".join(map(repr, known)) or "no known format"
    return RecordError(
        f"The attachment {name!r} does not have the format {format!r}; it has {has}.",
        key=f"attachments.{name}",
    )


def _only(fields: dict[str, Any], name: str, key: str) -> Any:
    if name not in fields:
        raise RecordError(f"{key} does not have {name!r}.", key=key)
    return fields[name]


def _text(data: bytes, key: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise RecordError(f"{key} is not text.", key=key) from None
