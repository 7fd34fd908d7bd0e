"""Attachments in an exported folder: copied out as readable files, and copied in again."""

from __future__ import annotations

from pathlib import Path

from exo_nbregistry.errors import IntegrityError, RecordError, StoreError
from exo_nbregistry.fs.parallel import together
from exo_nbregistry.fs.regular_file import read_regular
from exo_nbregistry.payloads.archive import pack_archive
from exo_nbregistry.payloads.artifact import copy_in, payload_key
from exo_nbregistry.payloads.attachment import Attachment, pack_bytes, placed
from exo_nbregistry.payloads.files import pack_path
from exo_nbregistry.payloads.saving import ENDINGS
from exo_nbregistry.payloads.unpacking import PARTS
from exo_nbregistry.records.attachment_kind import FOLDER, kind_of
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.store.base import Store


def is_exported(artifact: Artifact, folder: Path, stem: str) -> bool:
    """Return whether a folder has a file of an attachment.

    Parameters
    ----------
    artifact : Artifact
        The attachment.
    folder : Path
        The folder to which `save_attachment` wrote it.
    stem : str
        The name that `file_stems` returns.
    """
    endings = ENDINGS.get(kind_of(artifact), {"": ""})
    return any((folder / f"{stem}{ending}").exists() for ending in endings.values())


def copy_in_attachment(
    store: Store, model_key: str, artifact: Artifact, folder: Path, stem: str
) -> None:
    """Copy an attachment into the store after its checksum was verified.

    Parameters
    ----------
    store, model_key, artifact
        The payload.
    folder : Path
        The folder to which `save_attachment` wrote it.
    stem : str
        The name that `file_stems` returns.

    Raises
    ------
    IntegrityError
        If a file was changed after the export. Nothing is stored.
    """
    kind = kind_of(artifact)
    if kind in PARTS:
        packed = _packed_again(artifact, folder, stem)
    elif kind == FOLDER:
        try:
            packed = pack_path(folder / stem, stem, max_bytes=artifact.size_bytes)
        except RecordError as error:
            raise _changed(stem, model_key, artifact) from error
    else:
        copy_in(store, model_key, artifact, folder / stem)
        return
    if packed.artifact.sha256 != artifact.sha256:
        raise _changed(stem, model_key, artifact)
    with placed(store, model_key, Attachment(artifact, packed.data)) as waits:
        together(*waits)


def _packed_again(artifact: Artifact, folder: Path, stem: str) -> Attachment:
    kind = kind_of(artifact)
    paths = {PARTS[kind][format]: folder / f"{stem}{end}" for format, end in ENDINGS[kind].items()}
    try:
        files = {
            part: read_regular(path, artifact.size_bytes)
            for part, path in paths.items()
            if path.exists()
        }
    except OSError as error:
        raise StoreError(
            f"{error.filename} cannot be read ({error.strerror}); export the model again.",
            key=stem,
        ) from None
    return pack_bytes(artifact.format, pack_archive(files))


def _changed(stem: str, model_key: str, artifact: Artifact) -> IntegrityError:
    return IntegrityError(
        f"{stem} does not match the checksum in its record; export the model again.",
        key=payload_key(model_key, artifact),
        expected=artifact.sha256,
    )
