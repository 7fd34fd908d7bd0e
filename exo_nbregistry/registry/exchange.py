"""Export of versions to folders, and import into another registry."""

from __future__ import annotations

import dataclasses
import io
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import (
    IntegrityError,
    MissingKeyError,
    RecordError,
    StoreError,
    UntrustedModelError,
)
from exo_nbregistry.payloads.artifact import copy_in, copy_out, read_model, recorded_keys
from exo_nbregistry.payloads.attachment import read_json
from exo_nbregistry.persistence.deployment import export_folder
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.skops_format import SKOPS
from exo_nbregistry.records.identity import facts_digest
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.bare_file import read_bare_file
from exo_nbregistry.registry.committing import ensure_payloads, find_duplicate
from exo_nbregistry.registry.exported_attachments import (
    copy_in_attachments,
    existing_attachments,
    exported_stems,
    read_attached,
    trusted_only,
    with_attached,
    write_attachments,
)
from exo_nbregistry.registry.exported_files import RECORD_FILE, copy_model, file_name, read_record
from exo_nbregistry.registry.registration import Registration
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.keys import DESCRIPTOR
from exo_nbregistry.values.reference import model_id, model_key


class Exchange:
    """Registry methods that export and import versions.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    registration : Registration
        Registers the model of a file that no registry exported.
    """

    def __init__(self, workspace: Workspace, registration: Registration) -> None:
        self._work = workspace
        self._store = workspace.store
        self._registration = registration

    def export_model(self, ref: str, directory: str | os.PathLike[str]) -> Path:
        """Export a version to a folder, for deployment or for import into another registry.

        Parameters
        ----------
        ref : str
            Reference to the version. Its signer must be trusted.
        directory : str or Path
            New or empty folder outside of the registry.

        Returns
        -------
        Path
            The folder, with ``model.joblib``, ``model_info.json``, ``requirements.txt``,
            ``README.md``, ``predict.py`` and the signed ``record.json``. A model without
            ``predict`` has no ``predict.py``; its folder can still be imported. Attachments are
            readable files in the folder ``attachments``, and those of earlier releases beside the
            model.

        Raises
        ------
        StoreError
            If the folder is inside the registry, or cannot be written.
        UntrustedModelError, IntegrityError
            If the signer is not trusted or the model was changed.
        VersionMismatchError
            If the model carries code of another minor version of Python.
        SerializationError
            If the model requires code that cannot be exported; the error names it.
        """
        self._require_outside(directory)
        reference, snapshot = self._work.snapshot_of(ref)
        number = snapshot.resolve_active(reference)
        record, metadata = snapshot.version(number), snapshot.metadata(number)
        if metadata.artifact is None:
            raise RecordError(f"{metadata.model_id} has no stored model.", key=record.key)
        verdict = self._work.keyring.signer_status(record.check, record.signature)
        model = read_model(
            self._store,
            reference.key,
            metadata.artifact,
            verdict,
            name=metadata.model_id,
            packages=metadata.environment.packages,
            code=metadata.code,
            hint=_how_to_export(metadata),
        )
        joblib = metadata.artifact.format == JOBLIB.name
        # Deployment needs joblib; import needs the registered format.
        dump = partial(copy_model, self._store, reference.key, metadata) if joblib else None
        return export_folder(
            model,
            Path(directory),
            metadata,
            must_run=False,
            dump=dump,
            extra={RECORD_FILE: record.to_bytes(), **self._other_format(record.model, metadata)},
            example=self._example(record.model, metadata),
            write_more=partial(write_attachments, self._store, snapshot, number, metadata),
        )

    def _require_outside(self, directory: str | os.PathLike[str]) -> None:
        descriptor = self._store.local_path(DESCRIPTOR)
        if descriptor is None:
            return
        own = Path(os.path.realpath(descriptor)).parent
        if Path(os.path.realpath(directory)).is_relative_to(own):
            raise StoreError(
                f"{directory} is inside the registry; export to a folder outside of "
                f"{self._work.location}.",
                key=str(directory),
            )

    def _example(self, key: str, metadata: ModelMetadata) -> dict[str, Any] | None:
        """Return the stored input example, or None."""
        artifact = metadata.attachments.get("input_example")
        return read_json(self._store, key, artifact) if artifact else None

    def _other_format(self, key: str, metadata: ModelMetadata) -> dict[str, bytes]:
        """Return the model in its registered format if that is not joblib, for the import."""
        artifact = metadata.artifact
        if artifact is None or artifact.format == JOBLIB.name:
            return {}
        data = io.BytesIO()
        copy_out(self._store, key, artifact, data, name=metadata.model_id)
        return {file_name("model", artifact): data.getvalue()}

    def import_model(
        self,
        model_path: str | os.PathLike[str],
        *,
        metadata_path: str | os.PathLike[str] | None = None,
        model_name: str | None = None,
        unsafe: bool = False,
    ) -> str:
        """Import a version that another registry exported, or any model file.

        An exported version is copied without unpickling it. A model file without ``record.json``
        beside it is loaded and registered as a new version: algorithm, hyperparameters and
        columns are inferred from the model; metrics, description and columns that
        `ModelPersistence.save_model` stored are kept.

        Parameters
        ----------
        model_path : str or Path
            The folder that `export_model` wrote or the ``model.joblib`` in it, or a file that
            ``joblib.dump``, ``pickle.dump`` or `ModelPersistence.save_model` wrote.
        metadata_path : str or Path, optional
            The exported ``record.json``; by default in the folder of the model.
        model_name : str, optional
            Name of the model in this registry; by default the original name. Required for a
            model file without ``record.json``.
        unsafe : bool
            Import the version although it is unsigned or its signer is not trusted. The version
            is signed with your key, so that this registry loads it. A model file is unpickled,
            which can run any code.

        Returns
        -------
        str
            model_id of the new version.

        Raises
        ------
        MissingKeyError
            If the file or folder does not exist.
        InvalidInputError
            If `model_name` is required and not passed.
        UntrustedModelError
            If the model is unsigned or its signer is not trusted.
        IntegrityError
            If the model or the record was changed after it was signed.

        Examples
        --------
        >>> from exo_nbregistry import ModelPersistence
        >>> path = ModelPersistence.save_model({"weights": [0.5]}, "plain.joblib")
        >>> registry.import_model(path, model_name="line")
        'line:1'
        """
        path = Path(model_path)
        if not path.exists():
            raise MissingKeyError(
                f"{path} does not exist; pass a model file, or the folder that export_model wrote.",
                key=str(path),
            )
        folder = path if path.is_dir() else path.parent
        if path.is_file() and metadata_path is None and not (folder / RECORD_FILE).exists():
            model, facts = read_bare_file(path, model_name, self._work.keyring, unsafe=unsafe)
            skops = path.suffix == f".{SKOPS.extension}"
            return self._registration.register_model(
                model, str(model_name), format=(SKOPS if skops else JOBLIB).name, **facts
            )
        sealed = read_record(Path(metadata_path) if metadata_path else folder / RECORD_FILE)
        fields = dict(sealed.content)
        fields.pop("facts_sha256", None)
        source = ModelMetadata.from_dict(fields)
        self._require_trusted_signer(sealed, source, folder.name, unsafe)
        attached = read_attached(folder, sealed)
        stems = exported_stems(with_attached(source, attached).attachments)
        attached = trusted_only(attached, self._work.keyring, unsafe=unsafe)
        target = model_name or source.model_name
        self._work.prepare_first_write()
        return self._add_imported(with_attached(source, attached), target, path, stems)

    def _require_trusted_signer(
        self, sealed: Record, source: ModelMetadata, folder: str, unsafe: bool
    ) -> None:
        verdict = self._work.keyring.signer_status(sealed.check, sealed.signature)
        name = model_id(sealed.model, sealed.number)
        if verdict.status == "invalid":
            raise IntegrityError(
                f"{name} in {folder} was not imported: its record was changed after it was "
                "signed. Export it again.",
                key=sealed.key,
                expected="a valid signature",
                actual="an invalid one",
            )
        if not verdict.trusted and not unsafe:
            key = (sealed.signature or {}).get("public_key")
            known = (
                f"If you know the signer: registry.trust_signer({key!r}); otherwise " if key else ""
            )
            raise UntrustedModelError(
                f"{name} in {folder} was not imported: its signer "
                f"({verdict.signer or 'none'}) is not trusted. {known}"
                "import_model(..., unsafe=True) signs it with your key.",
                signer=verdict.signer,
                types=source.artifact.globals if source.artifact else (),
            )

    def _add_imported(
        self, source: ModelMetadata, target: str, path: Path, stems: Mapping[str, str]
    ) -> str:
        artifact = source.artifact
        if artifact is None:
            raise RecordError(f"{source.model_id} has no stored model.", key=RECORD_FILE)
        key = model_key(target)
        folder = path if path.is_dir() else path.parent
        model_path = path if path.is_file() else folder / file_name("model", artifact)
        kept = existing_attachments(source.attachments, stems, folder)
        source = dataclasses.replace(source, attachments=kept)

        def content(number: int) -> dict[str, Any]:
            metadata = dataclasses.replace(
                source,
                model_id=model_id(key, number),
                model_name=target,
                version=number,
                created_at=self._work.now(),
                tags=source.tags | {"imported_from": source.model_id},
            )
            fields = metadata.to_record()
            return fields | {"facts_sha256": facts_digest(fields)}

        def publish() -> None:
            copy_in(self._store, key, artifact, model_path)
            copy_in_attachments(self._store, key, kept, stems, folder)

        publish()
        duplicate = find_duplicate(self._work.journal, key, content(0)["facts_sha256"])
        if duplicate is not None:
            return duplicate
        record = self._work.journal.add_version(key, content)
        ensure_payloads(self._store, recorded_keys(record), publish)
        return model_id(key, record.number)


def _how_to_export(metadata: ModelMetadata) -> str:
    if metadata.signer is not None:
        known = f"registry.trust_signer({metadata.signer!r})"
        return f"If you know the signer: {known}, then export it again."
    return (
        "If you know its origin, sign it yourself: load it with "
        f"registry.load_model({metadata.model_id!r}, unsafe=True), register it and export it."
    )
