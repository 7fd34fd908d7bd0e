"""Models and arrays to verified payloads and back: where persistence and the store meet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from exo_nbregistry.errors import IntegrityError, MissingKeyError, StoreError
from exo_nbregistry.persistence.formats import get_format, recorded_format
from exo_nbregistry.persistence.loading import load_verified
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.store.base import Staged, Store
from exo_nbregistry.values.digest import HashingWriter, Writable
from exo_nbregistry.values.keys import blob_key, tmp_folder

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class StagedArtifact:
    """A payload in flight, with its digest known.

    Attributes
    ----------
    artifact : Artifact
        Format, digest, size and globals.
    key : str
        Where `publish` puts it.
    """

    artifact: Artifact
    key: str
    _staged: Staged

    def publish(self) -> None:
        """Make the payload durable under its digest."""
        self._staged.publish(self.key)


@contextmanager
def stage_model(store: Store, model_key: str, model: Any, format: str) -> Iterator[StagedArtifact]:
    """Write a model beside the store and take its digest on the way.

    Parameters
    ----------
    store : Store
        Where to.
    model_key : str
        The registered model.
    model : object
        What to write.
    format : str
        Name of the format.

    Yields
    ------
    StagedArtifact
        Discarded at the end unless it was published.

    Raises
    ------
    SerializationError
        If the model cannot be written.
    """
    how = get_format(format)
    with store.stage(tmp_folder(model_key)) as staged:
        writer = HashingWriter(staged)
        globals_ = how.dump(model, writer)
        artifact = Artifact(how.name, writer.sha256, writer.size_bytes, globals_)
        yield StagedArtifact(artifact, payload_key(model_key, artifact), staged)


def payload_key(model_key: str, artifact: Artifact) -> str:
    """Return where a payload is: its format is its extension."""
    return blob_key(model_key, artifact.sha256, artifact.format)


def read_model(
    store: Store,
    model_key: str,
    artifact: Artifact,
    verdict: SignerStatus,
    *,
    name: str = "",
    unsafe: bool = False,
    mmap: bool = False,
    hint: str = "",
) -> Any:
    """Read a model whose signer is trusted and whose bytes are those that were registered.

    Parameters
    ----------
    store, model_key, artifact
        What to read.
    verdict : SignerStatus
        Who signed the record that names the artifact.
    name : str
        What the user calls the model: errors begin with it. By default where it is stored.
    unsafe : bool
        Load whoever signed.
    mmap : bool
        Map large arrays from the file instead of copying them.
    hint : str
        What a refusal tells the user to do.

    Raises
    ------
    UntrustedModelError, IntegrityError, SerializationError
        If it is not loaded, and why.
    """
    recorded_format(artifact.format, name or model_key)
    key = payload_key(model_key, artifact)
    with open_payload(store, key, name) as stream:
        return load_verified(
            stream,
            key=key,
            name=name,
            sha256=artifact.sha256,
            size_bytes=artifact.size_bytes,
            format=artifact.format,
            verdict=verdict,
            globals=artifact.globals,
            unsafe=unsafe,
            mmap_path=store.local_path(key) if mmap else None,
            hint=hint,
        )


def copy_in(store: Store, model_key: str, artifact: Artifact, path: Path) -> None:
    """Copy a payload into the store if its bytes are those that its record names.

    Raises
    ------
    IntegrityError
        If they are not; nothing is stored.
    StoreError
        If the file cannot be read.
    """
    key = payload_key(model_key, artifact)
    try:
        source = path.open("rb")
    except OSError as error:
        raise StoreError(
            f"{path.name} cannot be read ({error.strerror}): export it again, whole.", key=key
        ) from None
    with source, store.stage(tmp_folder(model_key)) as staged:
        writer = HashingWriter(staged)
        while chunk := source.read(_CHUNK_BYTES):
            writer.write(chunk)
        if writer.sha256 != artifact.sha256:
            raise IntegrityError(
                f"{path.name} is not the file that its record names; export it again.",
                key=key,
                expected=artifact.sha256,
                actual=writer.sha256,
            )
        staged.publish(key)


def copy_out(
    store: Store, model_key: str, artifact: Artifact, target: Writable, *, name: str = ""
) -> tuple[str, ...]:
    """Copy a payload out of the store, byte for byte, and return the globals that it names.

    Errors begin with `name`, which is what the user calls the model.

    Raises
    ------
    IntegrityError
        If its bytes are not those that its record names.
    """
    key = payload_key(model_key, artifact)
    digest = hashlib.sha256()
    with open_payload(store, key, name) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != artifact.sha256:
        raise IntegrityError(
            f"{_of(name)}{key} was changed after it was written; restore it from a copy of "
            "the registry.",
            key=key,
            expected=artifact.sha256,
            actual=digest.hexdigest(),
        )
    return artifact.globals


def payload_digest(store: Store, key: str) -> str:
    """Return the sha256 of the bytes that are there: a payload's name is a claim."""
    digest = hashlib.sha256()
    with store.open(key) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def open_payload(store: Store, key: str, name: str = "") -> BinaryIO:
    """Open a payload that a record names; a missing one is an IntegrityError about `name`."""
    try:
        return store.open(key)
    except MissingKeyError:
        raise IntegrityError(
            f"{_of(name)}{key} is missing: the record that names it is there, its payload is not. "
            "Restore it from a copy of the registry; verify() lists everything that is damaged.",
            key=key,
        ) from None


def _of(name: str) -> str:
    return f"{name} cannot be read: " if name else ""
