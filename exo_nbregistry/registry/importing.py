"""Import of exported versions and of model files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import (
    IntegrityError,
    MissingKeyError,
    RecordError,
    UntrustedModelError,
)
from exo_nbregistry.payloads.artifact import copy_in, recorded_keys
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.skops_format import SKOPS
from exo_nbregistry.records.identity import facts_digest
from exo_nbregistry.records.imported import record_status
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.bare_file import read_bare_file
from exo_nbregistry.registry.committing import ensure_payloads, find_duplicate
from exo_nbregistry.registry.exported_attachments import (
    exported_stems,
)
from exo_nbregistry.registry.exported_files import RECORD_FILE, file_name, read_record
from exo_nbregistry.registry.imported_attachments import (
    copy_in_attachments,
    existing_attachments,
    read_attached,
    trusted_only,
    with_attached,
)
from exo_nbregistry.registry.outside import require_local
from exo_nbregistry.registry.registration import Registration
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.reference import model_id, model_key


class Importing:
    """Registry method that imports versions.

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

    def import_model(
        self,
        model_path: str | os.PathLike[str],
        *,
        metadata_path: str | os.PathLike[str] | None = None,
        model_name: str | None = None,
        trust: Sequence[str] = (),
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
        trust : sequence of str
            As for `load_model`, for a model file without ``record.json``.
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
            If the version is unsigned or its signer is not trusted, or if a model file has types
            that are not allowed.
        IntegrityError
            If the model or the record was changed after it was signed.

        Examples
        --------
        >>> from exo_nbregistry import ModelPersistence
        >>> path = ModelPersistence.save_model({"weights": [0.5]}, "plain.joblib")
        >>> registry.import_model(path, model_name="line")
        'line:1'
        """
        require_local(model_path, "import_model")
        path = Path(model_path)
        if not path.exists():
            raise MissingKeyError(
                f"{path} does not exist; pass a model file, or the folder that export_model wrote.",
                key=str(path),
            )
        folder = path if path.is_dir() else path.parent
        if not path.is_dir() and metadata_path is None and not (folder / RECORD_FILE).exists():
            model, facts = read_bare_file(
                path, model_name, self._work.keyring, trust=trust, unsafe=unsafe
            )
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
        verdict = record_status(self._work.keyring, sealed)
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
        model_path = folder / file_name("model", artifact) if path.is_dir() else path
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
        journal = self._work.journal
        numbers = journal.numbers(key)
        duplicate = find_duplicate(journal, key, (content(0)["facts_sha256"],), numbers)
        if duplicate is not None:
            return duplicate
        record = journal.add_version(key, content, listed=numbers)
        ensure_payloads(self._store, recorded_keys(record), publish)
        return model_id(key, record.number)
