"""Export of versions to folders."""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import (
    InvalidInputError,
    RecordError,
    UntrustedModelError,
)
from exo_nbregistry.exports.formats import EXPORTS, FOLDER_FORMAT
from exo_nbregistry.exports.version import ExportedVersion
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
from exo_nbregistry.text.names import name_list


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

    def export_model(
        self, ref: str, directory: str | os.PathLike[str], *, format: str | None = None
    ) -> Path:
        """Export a version to a folder, for deployment, another registry or another tool.

        Parameters
        ----------
        ref : str
            Reference to the version. Its signer must be trusted.
        directory : str or Path
            New or empty folder outside of the registry.
        format : {'folder', 'mlflow', 'huggingface', 'onnx'}, optional
            The default ``folder`` can predict, and can be imported. ``mlflow`` is an MLmodel
            folder, which MLflow loads and serves. ``huggingface`` has a model card with the
            metadata that the Hugging Face Hub reads, and the stored model. ``onnx`` has
            ``model.onnx`` and ``onnx_report.json``, which compares its predictions with those of
            the model; it requires the extra ``onnx``. Exports to other tools contain neither
            notes nor provenance, and two exports are equal.

        Returns
        -------
        Path
            The folder. The format ``folder`` has ``model.joblib``, ``model_info.json``,
            ``requirements.txt``, ``README.md``, the signed ``record.json``, and ``predict.py`` with
            its folder ``predict_rows``. A model without ``predict`` has no ``predict.py``; its
            folder can still be imported. ``sources.py`` has the code that the model carries.
            Attachments are readable files in the folder ``attachments``, and those of earlier
            releases beside the model.

        Raises
        ------
        StoreError
            If the folder is inside the registry or a URL, or cannot be written.
        UntrustedModelError, IntegrityError
            If the signer is not trusted or the model was changed.
        VersionMismatchError
            If the model carries code of another minor version of Python.
        SerializationError
            If the model requires code that cannot be exported, or the format cannot contain the
            model; the error names the reason.
        InvalidInputError
            If the format is unknown.

        Examples
        --------
        >>> from sklearn.linear_model import Ridge
        >>> model = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
        >>> folder = registry.export_model(registry.register_model(model, "line"), "line")
        >>> (folder / "predict.py").is_file(), (folder / "attachments").exists()
        (True, False)
        """
        _require_format(format)
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
        calibration = version_calibration(
            metadata, model, partial(self._out_of_fold, record.model, metadata)
        )
        # Deployment needs joblib; import needs the registered format.
        dump = partial(copy_model, self._store, reference.key, metadata)
        example = self._example(record.model, metadata)
        if format in EXPORTS:
            version = ExportedVersion(model, metadata, dump, example or {}, calibration)
            return EXPORTS[format](version, Path(directory))
        attachments = attachments_to_export(snapshot, number, metadata)
        return export_folder(
            model,
            Path(directory),
            metadata,
            must_run=False,
            dump=dump if metadata.artifact.format == JOBLIB.name else None,
            extra={RECORD_FILE: record.to_bytes(), **self._other_format(record.model, metadata)},
            example=example,
            write_more=partial(write_attachments, self._store, snapshot, number, attachments),
            calibration=calibration,
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


def _require_format(format: str | None) -> None:
    if format not in (None, FOLDER_FORMAT, *EXPORTS):
        known = name_list([FOLDER_FORMAT, *EXPORTS], quoted=True)
        raise InvalidInputError(f"Unknown export format {format!r:.60}; choose one of {known}.")


def _how_to_export(metadata: ModelMetadata) -> str:
    if metadata.signer is not None and not needs_trust(metadata.imported):
        known = f"registry.trust_signer({metadata.signer!r})"
        return f"If you know the signer: {known}, then export it again."
    return (
        "If you know its origin, sign it yourself: load it with "
        f"registry.load_model({metadata.model_id!r}, unsafe=True), register it and export it."
    )
