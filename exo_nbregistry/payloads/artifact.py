"""Storing and loading of models as verified payloads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import IntegrityError, MissingKeyError, StoreError
from exo_nbregistry.fs.parallel import Wait
from exo_nbregistry.fs.regular_file import open_regular
from exo_nbregistry.payloads.stored import changed_payload, open_mapped, open_payload
from exo_nbregistry.persistence.base import Written
from exo_nbregistry.persistence.content_digest import content_digest
from exo_nbregistry.persistence.formats import get_format, recorded_format
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.loading import load_verified
from exo_nbregistry.persistence.unknown_signer import Alternatives
from exo_nbregistry.records.fields import decode_part
from exo_nbregistry.records.metadata import Artifact, Code
from exo_nbregistry.records.record import Record
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.store.base import Staged, Store
from exo_nbregistry.values.digest import HashingWriter, Writable, stream_digest
from exo_nbregistry.values.keys import attachment_key, blob_key, tmp_folder

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class StagedArtifact:
    """A payload that is written but not yet published.

    Attributes
    ----------
    artifact : Artifact
        Format, digest, size and globals.
    key : str
        Store key under which `publish` stores it.
    written : Written
        The code that the model carries with it, its imports and warnings.
    """

    artifact: Artifact
    key: str
    _staged: Staged
    written: Written

    def publish(self) -> None:
        """Store the payload durably under its digest."""
        self._staged.publish(self.key)

    def place(self) -> list[Wait]:
        """Store the payload under its digest; it is durable after the returned functions ran."""
        return self._staged.place(self.key)


@contextmanager
def stage_model(
    store: Store, model_key: str, model: Any, format: str, *, by_value: bool = True
) -> Iterator[StagedArtifact]:
    """Write a model to a staged file and compute its digest while writing.

    Parameters
    ----------
    store : Store
        The store.
    model_key : str
        Key of the registered model.
    model : object
        The model.
    format : str
        Name of the format.
    by_value : bool, default=True
        Whether a joblib file contains the classes and functions that no package has.

    Yields
    ------
    StagedArtifact
        The staged model; removed at the end unless it was published.

    Raises
    ------
    SerializationError
        If the model cannot be serialized.
    """
    how = get_format(format)
    with store.stage(tmp_folder(model_key)) as staged:
        writer = HashingWriter(staged)
        if how is JOBLIB:
            written = JOBLIB.write(model, writer, by_value=by_value)
        else:
            written = Written(how.dump(model, writer))
        content = content_digest(model, by_value=written.code is not None)
        artifact = Artifact(how.name, writer.sha256, writer.size_bytes, written.globals, content)
        yield StagedArtifact(artifact, payload_key(model_key, artifact), staged, written)


def payload_key(model_key: str, artifact: Artifact) -> str:
    """Return the store key of a payload; attachments that have a kind are in their own folder."""
    key = blob_key if artifact.kind is None else attachment_key
    return key(model_key, artifact.sha256, artifact.format)


def recorded_keys(record: Record) -> list[str]:
    """Return the store keys of the payloads that a version's record names.

    Raises
    ------
    InvalidReferenceError
        If a digest or a format is invalid.
    """
    content = record.content
    named = [content.get("artifact"), *(content.get("attachments") or {}).values()]
    artifacts = (decode_part(Artifact, item) for item in named if item)
    return [payload_key(record.model, artifact) for artifact in artifacts]


def read_model(
    store: Store,
    model_key: str,
    artifact: Artifact,
    verdict: SignerStatus,
    *,
    name: str = "",
    packages: Mapping[str, str] | None = None,
    code: Code | None = None,
    has_sources: bool = False,
    trust: Sequence[str] = (),
    unsafe: bool = False,
    mmap: bool = False,
    alternatives: Alternatives | None = None,
) -> Any:
    """Read a model after its signer and its checksum were verified.

    Parameters
    ----------
    store, model_key, artifact
        The payload to read.
    verdict : SignerStatus
        Status of the signer of the artifact's record.
    name : str
        Name of the model in errors. The default is its store key.
    packages : mapping of str to str or None
        Recorded version of each package, by name, for errors; None if they are unknown.
    code : Code or None
        The code that the model carries with it, from the record.
    has_sources : bool
        Whether the version has the attachment with the sources of this code.
    trust : sequence of str
        Packages and classes whose own code may run when the signer is unknown.
    unsafe : bool
        Whether to load the model regardless of its signer.
    mmap : bool
        Whether to memory-map large arrays instead of copying them.
    alternatives : Alternatives or None
        The calls that would allow a rejected model, for the error.

    Raises
    ------
    UntrustedModelError
        If the signer is not trusted and the model holds types that are not allowed.
    IntegrityError
        If the payload is missing or has changed.
    VersionMismatchError
        If the model carries code of another minor version of Python.
    SerializationError
        If the model cannot be deserialized.
    """
    recorded_format(artifact.format, name or model_key)
    key = payload_key(model_key, artifact)
    sources = f"registry.load_attachment({name!r}, 'sources')" if code and has_sources else ""
    if code is None and artifact.python:
        code = Code(python=artifact.python)
    path = None
    if mmap:
        stream, path = open_mapped(store, key, name)
    else:
        stream = open_payload(store, key, name)
    with stream:
        return load_verified(
            stream,
            key=key,
            name=name,
            sha256=artifact.sha256,
            size_bytes=artifact.size_bytes,
            format=artifact.format,
            verdict=verdict,
            globals=artifact.globals,
            packages=packages,
            code=code,
            sources=sources,
            trust=trust,
            unsafe=unsafe,
            mmap_path=path,
            alternatives=alternatives,
        )


def copy_in(store: Store, model_key: str, artifact: Artifact, path: Path) -> None:
    """Copy a payload into the store after its checksum was verified.

    Raises
    ------
    IntegrityError
        If the checksum does not match the record. The payload is not stored.
    StoreError
        If the file cannot be read.
    """
    key = payload_key(model_key, artifact)
    try:
        source = open_regular(path)
    except OSError as error:
        raise StoreError(
            f"Cannot read {path.name} ({error.strerror}); export the model again.", key=key
        ) from None
    with source, store.stage(tmp_folder(model_key)) as staged:
        writer = HashingWriter(staged)
        # The file may be larger than its record states, or still grow.
        while writer.size_bytes <= artifact.size_bytes and (chunk := source.read(_CHUNK_BYTES)):
            writer.write(chunk)
        if writer.sha256 != artifact.sha256:
            raise IntegrityError(
                f"{path.name} does not match the checksum in its record; export the model again.",
                key=key,
                expected=artifact.sha256,
                actual=writer.sha256,
            )
        staged.publish(key)


def copy_out(
    store: Store, model_key: str, artifact: Artifact, target: Writable, *, name: str = ""
) -> tuple[str, ...]:
    """Copy a payload out of the store and return the globals that it imports.

    Errors begin with `name`, the name of the model.

    Raises
    ------
    IntegrityError
        If the payload is missing or has changed.
    """
    key = payload_key(model_key, artifact)
    writer = HashingWriter(target)
    with open_payload(store, key, name) as stream:
        # The file may be larger than its record states.
        while writer.size_bytes <= artifact.size_bytes and (chunk := stream.read(_CHUNK_BYTES)):
            writer.write(chunk)
    if writer.sha256 != artifact.sha256:
        raise changed_payload(key, artifact, writer.sha256, name)
    return artifact.globals


def payload_digest(store: Store, key: str, size_bytes: int | None = None) -> str:
    """Return the SHA-256 of the stored bytes; empty if they have another size than the given."""
    with store.open(key) as stream:
        if size_bytes not in (None, stream.seek(0, os.SEEK_END)):
            return ""
        stream.seek(0)
        return stream_digest(stream)


def is_intact(store: Store, key: str, sha256: str, size_bytes: int) -> bool:
    """Return whether a payload is stored with the bytes of its record.

    In a store whose files are durable as soon as they can be read, the size is compared.
    """
    if store.durable_reads:
        found = store.info(key)
        return found is not None and found.size_bytes == size_bytes
    try:
        return payload_digest(store, key, size_bytes) == sha256
    except MissingKeyError:
        return False
