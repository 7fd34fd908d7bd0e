"""The files of an exported version: the names of its payloads, and its record."""

from __future__ import annotations

from pathlib import Path

from exo_nbregistry.errors import RecordError, StoreError
from exo_nbregistry.fs.regular_file import read_regular
from exo_nbregistry.payloads.artifact import copy_out
from exo_nbregistry.payloads.attachment import read_json
from exo_nbregistry.payloads.attachment_name import require_path_parts
from exo_nbregistry.persistence.base import Written
from exo_nbregistry.records.metadata import Artifact, ModelMetadata
from exo_nbregistry.records.record import VERSION, Record, parse_record
from exo_nbregistry.records.validation import require_valid
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.digest import Writable
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, load_json
from exo_nbregistry.values.reference import model_key

RECORD_FILE = "record.json"


def file_name(name: str, artifact: Artifact) -> str:
    """Return the file name of a payload in an export.

    Parameters
    ----------
    name : str
        Name of the attachment, or ``model``.
    artifact : Artifact
        The payload.

    Returns
    -------
    str
        The name, with the extension of the format.

    Raises
    ------
    RecordError
        If the name or the format cannot be part of a file name.
    """
    require_path_parts(name, artifact)
    return f"{name}.{artifact.format}"


def copy_model(store: Store, key: str, metadata: ModelMetadata, target: Writable) -> Written:
    """Copy the stored model of a version.

    Parameters
    ----------
    store : Store
        The store.
    key : str
        The model key.
    metadata : ModelMetadata
        The version.
    target : Writable
        Stream that receives the bytes.

    Returns
    -------
    Written
        The names that loading imports, and the code that the model carries with it.

    Raises
    ------
    RecordError
        If the version has no stored model.
    IntegrityError
        If the model is missing or has changed.
    """
    artifact, sources = metadata.artifact, metadata.attachments.get("sources")
    if artifact is None:
        raise RecordError(f"{metadata.model_id} has no stored model.", key=key)
    names = copy_out(store, key, artifact, target, name=metadata.model_id)
    texts = read_json(store, key, sources) if metadata.code and sources else {}
    return Written(names, metadata.code, texts)


def read_record(path: Path) -> Record:
    """Read the record of an export; its signature is not checked.

    Parameters
    ----------
    path : Path
        The exported ``record.json``.

    Returns
    -------
    Record
        The record.

    Raises
    ------
    StoreError
        If the file cannot be read.
    RecordError, IntegrityError
        If its content is invalid or was changed.
    """
    try:
        data = read_regular(path, MAX_RECORD_BYTES)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read ({error.strerror}); pass the folder that export_model wrote.",
            key=path.name,
        ) from None
    fields = load_json(data, path.name)
    model, number = str(fields.get("model")), fields.get("number")
    if not isinstance(number, int):
        raise RecordError(
            f"{path.name} is not an exported record: it has no number.", key=path.name
        )
    key = model_key(model)
    return require_valid(parse_record(data, key=path.name, kind=VERSION, model=key, number=number))
