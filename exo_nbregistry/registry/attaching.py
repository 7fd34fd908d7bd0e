"""Attachments of a version: add, list, load and save."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import ConflictError, NotFoundError
from exo_nbregistry.fs.parallel import together
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.payloads.artifact import payload_key
from exo_nbregistry.payloads.attachment import Attachment, placed
from exo_nbregistry.payloads.files import FILE, FOLDER
from exo_nbregistry.payloads.packing import pack_later
from exo_nbregistry.payloads.saving import file_stems, save_attachment
from exo_nbregistry.payloads.unpacking import MODEL, kind_of, read_attachment, read_part
from exo_nbregistry.records.fields import encode_part
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.records.model_state import PURGED
from exo_nbregistry.registry.attached import (
    FoundAttachment,
    find_attachment,
    load_attached_model,
    save_found,
)
from exo_nbregistry.registry.committing import ensure_payloads
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.values.environment import read_environment
from exo_nbregistry.values.reference import parse_reference
from exo_nbregistry.views.attachments import AttachmentInfo, Attachments, kind_and_format
from exo_nbregistry.views.columns import format_minute


class Attaching:
    """Registry methods that add, list and load attachments.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store

    def attach(self, ref: str, name: str, thing: Any) -> None:
        """Attach an object to a registered version.

        A repeated call with the same content adds nothing, and a message is logged.

        Parameters
        ----------
        ref : str
            Reference to the version.
        name : str
            Name of the attachment, which the version must not have yet: ASCII letters, digits,
            spaces, ``.``, ``_`` and ``-``.
        thing : object
            A Matplotlib figure; a DataFrame or Series of pandas or Polars; a NumPy array or a
            dict of arrays; text, bytes, numbers, and lists and dicts of these; a fitted estimator;
            or a ``pathlib.Path`` of a file or folder, which is read as a stream.

        Raises
        ------
        NotFoundError
            If the version does not exist or is deleted.
        ConflictError
            If the version has another attachment with this name.
        RecordError
            If the name is invalid, or the object cannot be attached.

        Examples
        --------
        >>> registry.attach("kepler_rf:1", "notes", "Trained on quarters 1 to 4.")
        >>> registry.load_attachment("kepler_rf:1", "notes")
        'Trained on quarters 1 to 4.'
        """
        reference = parse_reference(ref)
        packed = pack_later(thing, name)

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            number = snapshot.resolve_active(reference)
            if _is_attached(snapshot, number, name, packed.artifact):
                return None
            return {
                "action": "attach",
                "version": number,
                # The version that the signer saw.
                "target": snapshot.version(number).check,
                "name": name,
                "artifact": encode_part(packed.artifact),
                **_packages(packed.artifact),
            }

        self._work.descriptor.require_writable()
        if decide(self._work.journal.snapshot(reference.key)) is None:
            log.warning("%s already has this attachment %r: nothing was added.", ref, name)
        else:
            self._place(reference.key, packed)
        self._work.journal.append(reference.key, decide, self._work.actor)
        key = payload_key(reference.key, packed.artifact)
        ensure_payloads(self._store, [key], lambda: self._place(reference.key, packed))

    def attachments(self, ref: str) -> Attachments:
        """List the attachments of a version.

        Parameters
        ----------
        ref : str
            Any reference. A deleted version requires its number or an alias.

        Returns
        -------
        Attachments
            A tuple of `AttachmentInfo` with a table display and ``to_frame()``: name, kind,
            format, size, file name, time and user of each attachment.

        Examples
        --------
        >>> registry.attach("kepler_rf", "limits", {"depth": 0.5})
        >>> [(item.name, item.kind, item.size_bytes) for item in registry.attachments("kepler_rf")]
        [('limits', 'values', 16)]
        """
        reference, snapshot = self._work.snapshot_of(ref)
        number = snapshot.resolve(reference)
        metadata = snapshot.metadata(number)
        found = (
            find_attachment(snapshot, number, metadata, name)
            for name in sorted(metadata.attachments)
        )
        return Attachments(map(self._info, sorted(metadata.attachments), found))

    def load_attachment(
        self,
        ref: str,
        name: str,
        *,
        directory: str | os.PathLike[str] | None = None,
        unsafe: bool = False,
        allow_version_mismatch: bool = False,
    ) -> Any:
        """Load an attachment of a version after checking its integrity.

        Parameters
        ----------
        ref : str
            Any reference.
        name : str
            Name of the attachment: a key of ``metadata.attachments``.
        directory : str or Path, optional
            Write the attachment to this folder as readable files, and return the path. A figure
            becomes a PNG and an SVG file. By default, an object is returned.
        unsafe : bool
            Load an attached estimator although its signer is not trusted. Unpickling can run any
            code.
        allow_version_mismatch : bool
            Load an attached estimator although it was attached with another minor version of
            scikit-learn.

        Returns
        -------
        object
            The attached object: a table, arrays, values, text, bytes or an estimator. A figure is
            returned as a `StoredFigure`, which a notebook shows. A file or folder is copied, and
            its path is returned; without `directory`, the copy is removed when Python exits.

        Raises
        ------
        NotFoundError
            If the version has no such attachment.
        IntegrityError
            If the attachment was changed after it was stored.
        UntrustedModelError
            If the signer of an attached estimator is not trusted.
        KeyExistsError
            If `directory` has a different file of the same name.

        Examples
        --------
        >>> registry.attach("kepler_rf:1", "limits", {"depth": 0.5})
        >>> registry.load_attachment("kepler_rf:1", "limits")
        {'depth': 0.5}
        """
        found = self._found(ref, name)
        kind = kind_of(found.artifact)
        if directory is not None or kind in (FILE, FOLDER):
            return save_found(self._store, found, name, directory)
        if kind == MODEL:
            return load_attached_model(self._work, found, name, unsafe, allow_version_mismatch)
        return read_attachment(self._store, found.model, found.artifact, name)

    def save_attachments(self, ref: str, directory: str | os.PathLike[str]) -> list[Path]:
        """Write all attachments of a version to a folder as readable files.

        Parameters
        ----------
        ref : str
            Any reference.
        directory : str or Path
            The folder, which is created if it does not exist. Equal files in it are kept.

        Returns
        -------
        list of Path
            The files, and the folders of attached folders.

        Raises
        ------
        KeyExistsError
            If the folder has a different file of the same name.
        IntegrityError
            If an attachment was changed after it was stored.

        Examples
        --------
        >>> registry.attach("kepler_rf:1", "notes", "Reviewed.")
        >>> [path.name for path in registry.save_attachments("kepler_rf:1", "out")]
        ['notes.txt']
        """
        reference, snapshot = self._work.snapshot_of(ref)
        number = snapshot.resolve(reference)
        found = snapshot.metadata(number).attachments
        folder = Path(directory).expanduser()
        return [
            path
            for name, stem in sorted(file_stems(found).items())
            for path in save_attachment(self._store, reference.key, found[name], folder, stem)
        ]

    def attachment_bytes(self, ref: str, name: str, format: str | None = None) -> bytes:
        """Return an attachment as the bytes of a file, after checking its integrity.

        Parameters
        ----------
        ref : str
            Any reference.
        name : str
            Name of the attachment.
        format : str, optional
            ``png`` (the default) or ``svg`` for a figure; ``csv`` or ``parquet`` for a table.

        Returns
        -------
        bytes
            The content. An SVG or HTML file of an unknown signer can contain scripts.

        Raises
        ------
        NotFoundError
            If the version has no such attachment.
        RecordError
            If the attachment does not have this format.
        IntegrityError
            If the attachment was changed after it was stored.

        Examples
        --------
        >>> registry.attach("kepler_rf:1", "notes", "Reviewed.")
        >>> registry.attachment_bytes("kepler_rf:1", "notes")
        b'Reviewed.'
        """
        found = self._found(ref, name)
        return read_part(self._store, found.model, found.artifact, name, format)

    def _found(self, ref: str, name: str) -> FoundAttachment:
        reference, snapshot = self._work.snapshot_of(ref)
        number = snapshot.resolve(reference)
        if snapshot.state.of(number).status == PURGED:
            snapshot.require_active(number)
        metadata = snapshot.metadata(number)
        if name not in metadata.attachments:
            raise NotFoundError(
                f"{metadata.model_id} has no attachment {name!r}.",
                name=str(name),
                known=metadata.attachments,
            )
        return find_attachment(snapshot, number, metadata, name)

    def _info(self, name: str, found: FoundAttachment) -> AttachmentInfo:
        kind, format = kind_and_format(found.artifact)
        signed = self._work.keyring.signer_status(found.record.check, found.record.signature)
        by = found.later.actor if found.later else found.metadata.provenance.user
        return AttachmentInfo(
            name=name,
            kind=kind,
            format=format,
            size_bytes=found.artifact.size_bytes,
            file_name=found.artifact.file_name,
            attached_at=found.later.at if found.later else found.metadata.created_at,
            attached_by=by or "unknown",
            signer=found.record.signer,
            trusted=signed.trusted,
        )

    def _place(self, model: str, packed: Attachment) -> None:
        with placed(self._store, model, packed) as waits:
            together(*waits)


def _packages(artifact: Artifact) -> dict[str, Any]:
    """Return the packages that an attached model requires, as a field of its event."""
    if kind_of(artifact) != MODEL:
        return {}
    return {"packages": read_environment(artifact.globals)["packages"]}


def _is_attached(snapshot: Snapshot, number: int, name: str, artifact: Artifact) -> bool:
    """Return whether the version has the same attachment; raise ConflictError for another one."""
    metadata = snapshot.metadata(number)
    taken = next((known for known in metadata.attachments if known.lower() == name.lower()), None)
    if taken is None:
        return False
    known = metadata.attachments[taken]
    if taken == name and _content(known) == _content(artifact):
        return True
    later = snapshot.state.of(number).attachments.get(taken)
    when = later.at if later else metadata.created_at
    raise ConflictError(
        f"{metadata.model_id} has had another attachment {taken!r} since {format_minute(when)}; "
        f"choose another name, such as '{name} 2'.",
        expected=artifact.sha256,
        actual=known.sha256,
    )


def _content(artifact: Artifact) -> tuple[str | None, ...]:
    return kind_of(artifact), artifact.content_sha256 or artifact.sha256, artifact.file_name
