"""Models to verified payloads and back."""

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
    payload_digest,
    payload_key,
    read_model,
    stage_model,
)
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.store.memory import MemoryStore
from tests.persistence.bomb import Bomb

OWN = SignerStatus("own")
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
    """Put other bytes where a payload is."""
    with store.stage("models/m/tmp") as staged:
        staged.write(data)
        staged.publish(payload_key("m", artifact))


def content(store: Store, artifact: Artifact) -> bytes:
    """Return a payload's bytes."""
    with store.open(payload_key("m", artifact)) as stream:
        return stream.read()


def test_what_is_read_is_what_was_staged(store: Store) -> None:
    """A published model comes back, and its name, size and digest are those of its bytes."""
    artifact = add(store)
    data = content(store, artifact)
    assert artifact.sha256 == hashlib.sha256(data).hexdigest()
    assert artifact.sha256 == payload_digest(store, payload_key("m", artifact))
    assert artifact.size_bytes == len(data)
    np.testing.assert_array_equal(
        read_model(store, "m", artifact, OWN)["weights"], MODEL["weights"]
    )


def test_what_is_not_published_leaves_nothing(store: Store) -> None:
    """A model that was only staged is in no folder afterwards."""
    with stage_model(store, "m", MODEL, "joblib") as staged:
        pass
    assert store.info(staged.key) is None
    assert store.entries("models/m/tmp") == []


def test_a_model_that_cannot_be_written_leaves_nothing(store: Store) -> None:
    """A model with an open file in it is refused, and its half is thrown away."""
    with (
        pytest.raises(SerializationError),
        open(__file__) as file,
        stage_model(store, "m", {"log": file}, "joblib"),
    ):
        pass
    assert store.entries("models/m/tmp") == []


@pytest.mark.parametrize("status", ["unknown", "unsigned", "invalid"])
def test_nothing_is_unpickled_before_its_signer_is_trusted(
    store: Store, tmp_path: Path, status: Any
) -> None:
    """The marker that the pickle would leave does not appear, and the remedy is in the message."""
    artifact = add(store, Bomb(tmp_path / "marker"))
    with pytest.raises((UntrustedModelError, IntegrityError), match="was not loaded") as refused:
        read_model(store, "m", artifact, SignerStatus(status), hint="Ask first.")
    assert status == "invalid" or "Ask first." in str(refused.value)
    assert not (tmp_path / "marker").exists()


def test_an_invalid_signature_is_refused_whatever_is_asked(store: Store, tmp_path: Path) -> None:
    """Unsafe accepts a stranger, never a record that was changed after it was signed."""
    artifact = add(store, Bomb(tmp_path / "marker"))
    with pytest.raises(IntegrityError):
        read_model(store, "m", artifact, SignerStatus("invalid"), unsafe=True)
    assert not (tmp_path / "marker").exists()
    read_model(store, "m", artifact, SignerStatus("unknown"), unsafe=True)
    assert (tmp_path / "marker").exists(), "the marker works: only the guard kept it away"


@pytest.mark.parametrize("damage", ["cut", "emptied", "flipped", "longer"])
def test_changed_bytes_are_never_unpickled(store: Store, tmp_path: Path, damage: str) -> None:
    """A payload that is not what its record names is refused by its key."""
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
    """The error says that the record is there and the payload is not, and what to do."""
    artifact = Artifact("joblib", "0" * 64, 1)
    with pytest.raises(IntegrityError, match=r"is missing.*Restore it") as refused:
        read_model(store, "m", artifact, OWN)
    assert refused.value.key == payload_key("m", artifact)


@pytest.mark.parametrize("damage", ["missing", "changed", "format"])
def test_errors_begin_with_the_name(store: Store, damage: str) -> None:
    """What the user calls a model comes first, whoever reads its payload."""
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
    """Out of one store and into another, a payload keeps its bytes and its globals."""
    artifact = add(store)
    path = tmp_path / "model.joblib"
    with path.open("wb") as target:
        assert copy_out(store, "m", artifact, target) == artifact.globals
    other = MemoryStore()
    copy_in(other, "n", artifact, path)
    assert other.open(payload_key("n", artifact)).read() == content(store, artifact)


def test_a_copy_is_checked_on_its_way(store: Store, tmp_path: Path) -> None:
    """Bytes that are not those of the record go neither in nor out."""
    artifact = add(store)
    path = tmp_path / "model.joblib"
    path.write_bytes(b"junk")
    other = MemoryStore()
    with pytest.raises(IntegrityError, match="export it again"):
        copy_in(other, "n", artifact, path)
    assert other.entries("models/n/blobs") == other.entries("models/n/tmp") == []
    rewrite(store, artifact, b"junk")
    with path.open("wb") as target, pytest.raises(IntegrityError, match="restore it"):
        copy_out(store, "m", artifact, target)


def test_a_mapped_model_cannot_be_changed(tmp_path: Path) -> None:
    """Large arrays are mapped from the file, read-only."""
    store = LocalStore(tmp_path)
    artifact = add(store, np.arange(100_000.0))
    model = read_model(store, "m", artifact, OWN, mmap=True)
    assert isinstance(model, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        model[0] = 1.0
