"""One attachment of a version: its record or event, loading of a model, and copies of files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from exo_nbregistry.errors import KeyExistsError
from exo_nbregistry.introspection.compatibility import require_same_library
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.payloads.artifact import read_model
from exo_nbregistry.payloads.saving import file_stems, save_attachment
from exo_nbregistry.records.imported import record_status
from exo_nbregistry.records.metadata import Artifact, Environment, ModelMetadata
from exo_nbregistry.records.model_state import Attached
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.unknown_signers import how_to_trust
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.store.base import Store


@dataclass(frozen=True, slots=True)
class FoundAttachment:
    """An attachment with the record or the event that names it.

    Attributes
    ----------
    metadata : ModelMetadata
        Metadata of the version.
    model : str
        Key of the model.
    artifact : Artifact
        The stored attachment.
    record : Record
        The record or the event, whose signer counts.
    later : Attached or None
        The state of the event; None if the attachment was registered with the version.
    """

    metadata: ModelMetadata
    model: str
    artifact: Artifact
    record: Record
    later: Attached | None


def find_attachment(
    snapshot: Snapshot, number: int, metadata: ModelMetadata, name: str
) -> FoundAttachment:
    """Return an attachment of a version, from its record or from an event.

    Parameters
    ----------
    snapshot : Snapshot
        Snapshot of the model.
    number : int
        The version.
    metadata : ModelMetadata
        Its metadata.
    name : str
        Name of the attachment.

    Returns
    -------
    FoundAttachment
        The attachment.
    """
    record = snapshot.version(number)
    later = None
    if name not in (record.content.get("attachments") or {}):
        later = snapshot.state.of(number).attachments[name]
        record = later.record
    return FoundAttachment(metadata, snapshot.model, metadata.attachments[name], record, later)


def load_attached_model(
    work: Workspace,
    found: FoundAttachment,
    name: str,
    *,
    trust: Sequence[str],
    unsafe: bool,
    allow_version_mismatch: bool,
) -> Any:
    """Load an attached model by the rules of `Retrieval.load_model`.

    Parameters
    ----------
    work : Workspace
        The open registry.
    found : FoundAttachment
        The attachment.
    name : str
        Name of the attachment.
    trust, unsafe, allow_version_mismatch
        As in `Retrieval.load_model`.

    Returns
    -------
    object
        The model.

    Raises
    ------
    UntrustedModelError, IntegrityError, VersionMismatchError
        As `Retrieval.load_model`.
    """
    metadata = found.metadata
    if found.later:
        packages = found.record.content.get("packages")
        environment = Environment(packages=packages if isinstance(packages, dict) else {})
        metadata = dataclasses.replace(
            metadata, environment=environment, signer=found.record.signer
        )
    call = f"load_attachment({metadata.model_id!r}, {name!r}"
    if not allow_version_mismatch:
        require_same_library(metadata, call)
    return read_model(
        work.store,
        found.model,
        found.artifact,
        record_status(work.keyring, found.record),
        name=f"{metadata.model_id}, attachment {name!r},",
        packages=metadata.environment.packages,
        trust=trust,
        unsafe=unsafe,
        alternatives=how_to_trust(metadata, call),
    )


def save_found(
    store: Store, found: FoundAttachment, name: str, directory: str | os.PathLike[str] | None
) -> Path:
    """Copy an attachment to readable files.

    Parameters
    ----------
    store : Store
        The store of the payloads.
    found : FoundAttachment
        The attachment.
    name : str
        Name of the attachment.
    directory : str, Path or None
        The folder; None for a temporary folder, which is removed when Python exits.

    Returns
    -------
    Path
        The first file, or the folder of an attached folder.
    """
    artifact = found.artifact
    stem = file_stems({name: artifact})[name]
    if directory is not None:
        folder = Path(directory).expanduser()
        return save_attachment(store, found.model, artifact, folder, stem)[0]
    root = Path(_temporary_folder().name)
    try:
        # A repeated call uses the same copy, which is compared first.
        return save_attachment(store, found.model, artifact, root / artifact.sha256[:16], stem)[0]
    except KeyExistsError:  # the user changed the copy
        return save_attachment(store, found.model, artifact, Path(mkdtemp(dir=root)), stem)[0]


@cache
def _temporary_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="exo-nbregistry-", ignore_cleanup_errors=True)
