"""One version out of a registry, and into another."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from exo_nbregistry.artifact import copy_in, read_model
from exo_nbregistry.codec import MAX_RECORD_BYTES, load_json
from exo_nbregistry.description import facts_digest
from exo_nbregistry.errors import RecordError, StoreError, UntrustedModelError
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.persistence.files import ModelPersistence
from exo_nbregistry.record import VERSION, Record, parse_record
from exo_nbregistry.reference import model_id, model_key
from exo_nbregistry.workspace import Workspace

RECORD_FILE = "record.json"


class Exchange(Workspace):
    """The calls that move a version between registries and into deployment."""

    def export_model(self, ref: str, directory: str | os.PathLike[str]) -> Path:
        """Write a version into a folder that can be deployed, or imported elsewhere.

        Parameters
        ----------
        ref : str
            Reference to the version, whose signer must be trusted.
        directory : str or Path
            A new or empty folder.

        Returns
        -------
        Path
            The folder, with ``model.joblib``, ``model_info.json``, ``requirements.txt``,
            ``README.md``, ``predict.py`` and the sealed ``record.json``.

        Raises
        ------
        UntrustedModelError, IntegrityError
            If the version would not be loaded either.
        """
        reference, number = self._locate(ref)
        record = self._journal.version(reference.key, number)
        metadata = self._metadata(reference.key, number)
        if metadata.artifact is None:
            raise RecordError(f"{metadata.model_id} has no stored model.", key=record.key)
        verdict = self._keyring.judge(record.check, record.signature)
        model = read_model(
            self._store, reference.key, metadata.artifact, verdict, remedy=self._remedy(metadata)
        )
        folder = Path(directory)
        ModelPersistence.export_model_for_deployment(model, folder, metadata.to_dict())
        (folder / RECORD_FILE).write_bytes(record.to_bytes())
        return folder

    def import_model(
        self,
        *,
        model_path: str | os.PathLike[str],
        metadata_path: str | os.PathLike[str] | None = None,
        model_name: str | None = None,
        unsafe: bool = False,
    ) -> str:
        """Take in a version that another registry exported; it is not unpickled.

        Parameters
        ----------
        model_path : str or Path
            The exported ``model.joblib``, or its folder.
        metadata_path : str or Path, optional
            The exported ``record.json``; by default the one beside the model.
        model_name : str, optional
            Name to register it under; by default the one that it had.
        unsafe : bool
            Take it in although nobody whom you trust has signed it: you vouch for it, and
            this registry will load it.

        Returns
        -------
        str
            The new model_id.

        Raises
        ------
        UntrustedModelError
            If its signer is not trusted.
        IntegrityError
            If the model is not the one that the record names.
        """
        self._require_writable()
        path = Path(model_path)
        folder = path if path.is_dir() else path.parent
        sealed = _read_record(Path(metadata_path) if metadata_path else folder / RECORD_FILE)
        verdict = self._keyring.judge(sealed.check, sealed.signature)
        name = model_id(sealed.model, sealed.number)
        if not verdict.trusted and not unsafe:
            key = (sealed.signature or {}).get("public_key")
            raise UntrustedModelError(
                f"{name} in {folder.name} was not imported: it is signed by "
                f"{verdict.signer or 'nobody'}, whom you do not trust. If you know who that is: "
                f"registry.trust_signer({key!r}); else import_model(..., unsafe=True) vouches "
                "for it yourself.",
                signer=verdict.signer,
                types=sealed.content["artifact"]["globals"],
            )
        fields = dict(sealed.content)
        fields.pop("facts", None)
        source = ModelMetadata.from_dict(fields)
        target = model_name or source.model_name
        return self._adopt(source, target, path if path.is_file() else folder / "model.joblib")

    def _adopt(self, source: ModelMetadata, target: str, path: Path) -> str:
        key = model_key(target)
        artifact = source.artifact
        if artifact is None:
            raise RecordError(f"{source.model_id} has no stored model.", key=RECORD_FILE)

        def content(number: int) -> dict[str, Any]:
            metadata = dataclasses.replace(
                source,
                model_id=model_id(key, number),
                model_name=target,
                version=number,
                created_at=self._now(),
                attachments={},
                tags=source.tags | {"imported_from": source.model_id},
            )
            fields = metadata.to_record()
            return fields | {"facts": facts_digest(fields)}

        copy_in(self._store, key, artifact, path)
        twin = self._twin(key, content(0)["facts"])
        if twin is not None:
            return twin
        record = self._journal.add_version(key, content)
        self._hold_on(record, lambda: copy_in(self._store, key, artifact, path))
        return model_id(key, record.number)


def _read_record(path: Path) -> Record:
    try:
        data = path.read_bytes()[: MAX_RECORD_BYTES + 1]
    except OSError as error:
        raise StoreError(
            f"{path.name} cannot be read ({error.strerror}): give the {RECORD_FILE} that "
            "export_model wrote beside the model.",
            key=path.name,
        ) from None
    fields = load_json(data, path.name)
    model, number = str(fields.get("model")), fields.get("number")
    if not isinstance(number, int):
        raise RecordError(f"{path.name} is no exported record: it has no number.", key=path.name)
    return parse_record(data, key=path.name, kind=VERSION, model=model_key(model), number=number)
