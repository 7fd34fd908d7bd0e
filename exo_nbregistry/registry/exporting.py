"""Export of versions to folders."""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import (
    RecordError,
    UntrustedModelError,
)
from exo_nbregistry.inference.platt_scaling import ATTACHMENT as OUT_OF_FOLD
from exo_nbregistry.payloads.artifact import copy_out, read_model
from exo_nbregistry.payloads.attachment import read_arrays, read_json
from exo_nbregistry.persistence.deployment import export_folder
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.unknown_signer import signature_text
from exo_nbregistry.records.imported import needs_trust, record_status
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.calibration import version_calibration
from exo_nbregistry.registry.exported_attachments import (
    attachments_to_export,
    write_attachments,
)
from exo_nbregistry.registry.exported_files import RECORD_FILE, copy_model, file_name
from exo_nbregistry.registry.outside import require_local, require_outside
from exo_nbregistry.registry.workspace import Workspace


class Exporting:
    """Registry method that exports versions.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store

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
            ``README.md``, the signed ``record.json``, and ``predict.py`` with its folder
            ``predict_rows``. A model without ``predict`` has no ``predict.py``; its folder can
            still be imported. ``sources.py`` has the code that the model carries. Attachments are
            readable files in the folder ``attachments``, and those of earlier releases beside the
            model.

        Raises
        ------
        StoreError
            If the folder is inside the registry or a URL, or cannot be written.
        UntrustedModelError, IntegrityError
            If the signer is not trusted or the model was changed.
        VersionMismatchError
            If the model carries code of another minor version of Python.
        SerializationError
            If the model requires code that cannot be exported; the error names it.

        Examples
        --------
        >>> from sklearn.linear_model import Ridge
        >>> model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
        >>> folder = registry.export_model(registry.register_model(model, "line"), "line")
        >>> (folder / "predict.py").is_file(), (folder / "attachments").exists()
        (True, False)
        """
        require_local(directory, "export_model")
        require_outside(self._store, directory)
        reference, snapshot = self._work.snapshot_of(ref)
        number = snapshot.resolve_active(reference)
        record, metadata = snapshot.version(number), snapshot.metadata(number)
        if metadata.artifact is None:
            raise RecordError(f"{metadata.model_id} has no stored model.", key=record.key)
        verdict = record_status(self._work.keyring, record)
        if verdict.status in ("unknown", "unsigned", "imported"):
            raise UntrustedModelError(
                f"{metadata.model_id} {signature_text(verdict)}. It was not exported, because the "
                f"predict.py of an export runs code of its author. {_how_to_export(metadata)}",
                signer=verdict.signer,
                types=metadata.artifact.globals,
            )
        model = read_model(
            self._store,
            reference.key,
            metadata.artifact,
            verdict,
            name=metadata.model_id,
            packages=metadata.environment.packages,
            code=metadata.code,
            has_sources="sources" in metadata.attachments,
        )
        attachments = attachments_to_export(snapshot, number, metadata)
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
            write_more=partial(write_attachments, self._store, snapshot, number, attachments),
            calibration=version_calibration(
                metadata, model, partial(self._out_of_fold, record.model, metadata)
            ),
        )

    def _example(self, key: str, metadata: ModelMetadata) -> dict[str, Any] | None:
        """Return the stored input example, or None."""
        artifact = metadata.attachments.get("input_example")
        return read_json(self._store, key, artifact) if artifact else None

    def _out_of_fold(self, key: str, metadata: ModelMetadata) -> dict[str, Any]:
        """Return the stored out-of-fold predictions."""
        return read_arrays(self._store, key, metadata.attachments[OUT_OF_FOLD])

    def _other_format(self, key: str, metadata: ModelMetadata) -> dict[str, bytes]:
        """Return the model in its registered format if that is not joblib, for the import."""
        artifact = metadata.artifact
        if artifact is None or artifact.format == JOBLIB.name:
            return {}
        data = io.BytesIO()
        copy_out(self._store, key, artifact, data, name=metadata.model_id)
        return {file_name("model", artifact): data.getvalue()}


def _how_to_export(metadata: ModelMetadata) -> str:
    if metadata.signer is not None and not needs_trust(metadata.imported):
        known = f"registry.trust_signer({metadata.signer!r})"
        return f"If you know the signer: {known}, then export it again."
    return (
        "If you know its origin, sign it yourself: load it with "
        f"registry.load_model({metadata.model_id!r}, unsafe=True), register it and export it."
    )
