"""Attachments of a version: list, load and save."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.introspection.example_rows import rebuild
from exo_nbregistry.payloads.saving import file_stems, save_attachment
from exo_nbregistry.payloads.unpacking import read_attachment, read_part
from exo_nbregistry.persistence.export_example import with_container
from exo_nbregistry.records.attachment_kind import FILE, FOLDER, MODEL, kind_of
from exo_nbregistry.records.imported import record_status
from exo_nbregistry.records.model_state import PURGED
from exo_nbregistry.registry.attached import (
    FoundAttachment,
    find_attachment,
    load_attached_model,
    save_found,
)
from exo_nbregistry.registry.outside import require_local
from exo_nbregistry.registry.unknown_signers import untrusted_limit
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.views.attachments import AttachmentInfo, Attachments, kind_and_format

EXAMPLE = "input_example"


class AttachmentReader:
    """Registry methods that list, load and save attachments.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store

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
        >>> item = registry.attachments("kepler_rf")[0]
        >>> item.name, item.kind, item.size_bytes
        ('limits', 'values', 18)
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
        trust: Sequence[str] = (),
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
        trust : sequence of str
            As for `load_model`, for an attached estimator.
        unsafe : bool
            Load any attached estimator, or an object of more than 64 MiB, although its signer is
            not trusted. Unpickling an estimator can run any code.
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
            If the signer is not trusted, and an attached estimator has types that are not
            allowed, or an object is large.
        KeyExistsError
            If `directory` has a different file of the same name.

        Examples
        --------
        >>> registry.attach("kepler_rf:1", "limits", {"depth": 0.5})
        >>> registry.load_attachment("kepler_rf:1", "limits")
        {'depth': 0.5}
        """
        if directory is not None:
            require_local(directory, "load_attachment")
        found = self._found(ref, name)
        kind = kind_of(found.artifact)
        if directory is not None or kind in (FILE, FOLDER):
            return save_found(self._store, found, name, directory)
        if kind == MODEL:
            return load_attached_model(
                self._work,
                found,
                name,
                trust=trust,
                unsafe=unsafe,
                allow_version_mismatch=allow_version_mismatch,
            )
        limit = untrusted_limit(self._work, found.record, unsafe=unsafe)
        return read_attachment(self._store, found.model, found.artifact, name, limit)

    def load_input_example(self, ref: str) -> Any:
        """Return the input example of a version: up to five rows that its model can predict.

        Parameters
        ----------
        ref : str
            Any reference.

        Returns
        -------
        object
            Rows in the container of the training data, such as a DataFrame or an array.

        Raises
        ------
        NotFoundError
            If the version has no input example, because it was registered without ``X``.

        Examples
        --------
        >>> from sklearn.linear_model import Ridge
        >>> X, y = [[0.0], [1.0]], [0.0, 1.0]
        >>> registry.register_model(Ridge().fit(X, y), "spectra", X=X, y=y)
        'spectra:1'
        >>> registry.load_input_example("spectra").shape
        (2, 1)
        """
        metadata = self._work.metadata(ref)
        if EXAMPLE not in metadata.attachments:
            raise NotFoundError(
                f"{metadata.model_id} has no input example; pass X= to register_model.",
                name=str(ref),
            )
        container = metadata.signature.container if metadata.signature else None
        stored = self.load_attachment(metadata.model_id, EXAMPLE)
        return rebuild(dict(with_container(stored, container)))

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
        >>> paths = registry.save_attachments("kepler_rf:1", "out")
        >>> "notes.txt" in [path.name for path in paths]
        True
        """
        require_local(directory, "save_attachments")
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
        UntrustedModelError
            If it has more than 64 MiB and its signer is not trusted; `save_attachments` copies
            it without reading it into memory.

        Examples
        --------
        >>> registry.attach("kepler_rf:1", "notes", "Reviewed.")
        >>> registry.attachment_bytes("kepler_rf:1", "notes")
        b'Reviewed.'
        """
        found = self._found(ref, name)
        limit = untrusted_limit(self._work, found.record)
        return read_part(self._store, found.model, found.artifact, name, format, limit)

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
        signed = record_status(self._work.keyring, found.record)
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
            imported=signed.status == "imported",
        )
