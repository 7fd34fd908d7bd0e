"""One attachment of a version: where it is recorded, and loading of an attached model."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.introspection.compatibility import require_same_library
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.payloads.artifact import read_model
from exo_nbregistry.records.metadata import Artifact, Environment, ModelMetadata
from exo_nbregistry.records.model_state import Attached
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.workspace import Workspace, how_to_trust


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
    work: Workspace, found: FoundAttachment, name: str, unsafe: bool, allow_version_mismatch: bool
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
    unsafe, allow_version_mismatch : bool
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
        work.keyring.signer_status(found.record.check, found.record.signature),
        name=f"{metadata.model_id}, attachment {name!r},",
        packages=metadata.environment.packages,
        unsafe=unsafe,
        hint=how_to_trust(metadata, call),
    )
