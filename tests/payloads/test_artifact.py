"""Storing and loading of models as verified payloads."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import (
    IntegrityError,
    RegistryError,
    SerializationError,
    UntrustedModelError,
)
from exo_nbregistry.payloads.artifact import (
    copy_in,
    copy_out,
    is_intact,
    payload_digest,
    payload_key,
    read_model,
    stage_model,
)
from exo_nbregistry.persistence.unknown_signer import Alternatives
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from tests.flat_store import FlatStore
from tests.persistence.bomb import Bomb
from tests.store.bucket_stores import bucket

OWN = SignerStatus("own")
KEY = f"models/toy/blobs/{'ab' * 32}.joblib"
OTHER_KEY = KEY.replace("ab", "cd")
MODEL = {"weights": np.arange(4.0)}


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Return an empty store of each kind."""
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "store")


def add(store: Store, model: Any = MODEL, format: str = "joblib") -> Artifact:
    """Store a model."""
    with stage_model(store, "m", model, format) as staged:
        staged.publish()
    return staged.artifact


def rewrite(store: Store, artifact: Artifact, data: bytes) -> None:
    """Replace the bytes of a payload."""
    with store.stage("models/m/tmp") as staged:
        staged.write(data)
        staged.publish(payload_key("m", artifact))


def content(store: Store, artifact: Artifact) -> bytes:
    """Return a payload's bytes."""
    with store.open(payload_key("m", artifact)) as stream:
        return stream.read()


def test_a_model_is_read_as_it_was_staged(store: Store) -> None:
    """A published model is loaded, and its name, size and digest match its bytes."""
    artifact = add(store)
    data = content(store, artifact)
    assert artifact.sha256 == hashlib.sha256(data).hexdigest()
    assert artifact.sha256 == payload_digest(store, payload_key("m", artifact))
    assert artifact.size_bytes == len(data)
    np.testing.assert_array_equal(
        read_model(store, "m", artifact, OWN)["weights"], MODEL["weights"]
    )


def test_an_unpublished_model_is_removed(store: Store) -> None:
    """The file of a model that was only staged is removed."""
    with stage_model(store, "m", MODEL, "joblib") as staged:
        pass
    assert store.info(staged.key) is None
    assert store.entries("models/m/tmp") == []


def test_a_model_that_cannot_be_serialized_is_removed(store: Store) -> None:
    """A model with an open file is rejected, and its staged file is removed."""
    with (
        pytest.raises(SerializationError),
        open(__file__) as file,
        stage_model(store, "m", {"log": file}, "joblib"),
    ):
        pass
    assert store.entries("models/m/tmp") == []


@pytest.mark.parametrize("status", ["unknown", "unsigned", "invalid"])
def test_a_model_is_not_unpickled_before_its_signer_is_trusted(
    store: Store, tmp_path: Path, status: Any
) -> None:
    """The pickle is not executed, and the message has the advice."""
    artifact = add(store, Bomb(tmp_path / "marker"))
    with pytest.raises((UntrustedModelError, IntegrityError), match="was not loaded") as refused:
        read_model(
            store,
            "m",
            artifact,
            SignerStatus(status),
            alternatives=Alternatives(others="Ask first."),
        )
    assert status == "invalid" or "Ask first." in str(refused.value)
    assert not (tmp_path / "marker").exists()


def test_an_invalid_signature_is_always_rejected(store: Store, tmp_path: Path) -> None:
    """unsafe=True accepts an unknown signer, but not an invalid signature."""
    artifact = add(store, Bomb(tmp_path / "marker"))
    with pytest.raises(IntegrityError):
        read_model(store, "m", artifact, SignerStatus("invalid"), unsafe=True)
    assert not (tmp_path / "marker").exists()
    read_model(store, "m", artifact, SignerStatus("unknown"), unsafe=True)
    assert (tmp_path / "marker").exists(), "the marker works: only the guard kept it away"


@pytest.mark.parametrize("damage", ["cut", "emptied", "flipped", "longer"])
def test_changed_bytes_are_never_unpickled(store: Store, tmp_path: Path, damage: str) -> None:
    """A payload that does not match its record is rejected, with its key."""
    artifact = add(store, Bomb(tmp_path / "marker"))
    data = content(store, artifact)
    flipped = bytes([data[0] ^ 1]) + data[1:]
    changed = {"cut": data[:-1], "emptied": b"", "flipped": flipped, "longer": data + b"\0"}
    rewrite(store, artifact, changed[damage])
    with pytest.raises(IntegrityError) as refused:
        read_model(store, "m", artifact, OWN)
    assert refused.value.key == payload_key("m", artifact)
    assert not (tmp_path / "marker").exists()


def test_a_missing_payload_is_named(store: Store) -> None:
    """The error names the missing payload and what to do."""
    artifact = Artifact("joblib", "0" * 64, 1)
    with pytest.raises(IntegrityError, match=r"is missing.*Restore it") as refused:
        read_model(store, "m", artifact, OWN)
    assert refused.value.key == payload_key("m", artifact)


@pytest.mark.parametrize("damage", ["missing", "changed", "format"])
def test_errors_begin_with_the_name(store: Store, damage: str) -> None:
    """The error begins with the name of the model."""
    artifact = add(store)
    if damage == "changed":
        rewrite(store, artifact, b"junk")
    else:
        sha256, format = ("0" * 64, "joblib") if damage == "missing" else (artifact.sha256, "onnx")
        artifact = Artifact(format, sha256, 1)
    with pytest.raises(RegistryError, match=r"^rf:1 "):
        read_model(store, "m", artifact, OWN, name="rf:1")
    if damage != "format":
        with pytest.raises(IntegrityError, match=r"^rf:1 cannot be read: models/m/blobs/"):
            copy_out(store, "m", artifact, io.BytesIO(), name="rf:1")


def test_a_payload_is_copied_byte_for_byte(store: Store, tmp_path: Path) -> None:
    """A payload keeps its bytes and globals when it is copied between stores."""
    artifact = add(store)
    path = tmp_path / "model.joblib"
    with path.open("wb") as target:
        assert copy_out(store, "m", artifact, target) == artifact.globals
    other = MemoryStore()
    copy_in(other, "n", artifact, path)
    assert other.open(payload_key("n", artifact)).read() == content(store, artifact)


def test_a_copy_is_verified(store: Store, tmp_path: Path) -> None:
    """A payload that does not match its record is not copied."""
    artifact = add(store)
    path = tmp_path / "model.joblib"
    path.write_bytes(b"junk")
    other = MemoryStore()
    with pytest.raises(IntegrityError, match="export the model again"):
        copy_in(other, "n", artifact, path)
    assert other.entries("models/n/blobs") == other.entries("models/n/tmp") == []
    rewrite(store, artifact, b"junk")
    with path.open("wb") as target, pytest.raises(IntegrityError, match="Restore it"):
        copy_out(store, "m", artifact, target)


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_a_mapped_model_cannot_be_changed(tmp_path: Path, kind: str) -> None:
    """Large arrays are memory-mapped and read-only; of a bucket, from the copy in the cache."""
    store = LocalStore(tmp_path) if kind == "folder" else bucket()
    artifact = add(store, np.arange(100_000.0))
    model = read_model(store, "m", artifact, OWN, mmap=True)
    assert isinstance(model, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        model[0] = 1.0


@pytest.mark.parametrize("make", [MemoryStore, FlatStore])
def test_stored_bytes_are_compared_by_size_where_none_are_partial(make: Any) -> None:
    """Where a file that can be read is durable, its size shows that it is intact."""
    store = make()
    put(store, KEY, b"model")
    sha256 = hashlib.sha256(b"model").hexdigest()
    assert is_intact(store, KEY, sha256, 5)
    assert not is_intact(store, KEY, sha256, 6)
    assert not is_intact(store, OTHER_KEY, sha256, 5)


def test_stored_bytes_in_a_folder_are_compared_by_digest(tmp_path: Path) -> None:
    """A file in a folder can be partial or damaged, so its bytes are read."""
    store = LocalStore(tmp_path, durable=False)
    put(store, KEY, b"model")
    sha256 = hashlib.sha256(b"model").hexdigest()
    assert is_intact(store, KEY, sha256, 5)
    assert not is_intact(store, KEY, "0" * 64, 5)
    assert not is_intact(store, KEY, sha256, 6)
    assert not is_intact(store, OTHER_KEY, sha256, 5)


def put(store: Any, key: str, data: bytes) -> None:
    """Store a payload."""
    with store.stage("models/toy/tmp") as staged:
        staged.write(data)
        staged.publish(key)
