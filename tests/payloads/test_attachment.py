"""Attachments: arrays and plain values, without pickle."""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.fs.parallel import together
from exo_nbregistry.payloads.artifact import payload_key
from exo_nbregistry.payloads.attachment import (
    Attachment,
    pack_arrays,
    pack_json,
    placed,
    read_arrays,
    read_json,
)
from exo_nbregistry.payloads.packing import pack_named
from exo_nbregistry.payloads.unpacking import read_attachment
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, to_plain
from exo_nbregistry.views.facts import same
from tests.persistence.bomb import Bomb
from tests.sample_values import FIELDS

ARRAYS = {
    "y_true": np.array(["FALSE POSITIVE", "größe"]),
    "scores": np.array([[0.5, np.nan], [-np.inf, 1.0]]),
    "kept": np.array([True, False]),
    "none": np.empty((0, 3), dtype=np.int8),
}


@pytest.fixture
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore()


def write(store: MemoryStore, model: str, attachment: Attachment) -> None:
    """Store an attachment and wait for it."""
    with placed(store, model, attachment) as waits:
        together(*waits)


def forged(store: MemoryStore, data: bytes, format: str) -> Artifact:
    """Store bytes under their own digest, as an attacker could."""
    artifact = Artifact(format, hashlib.sha256(data).hexdigest(), len(data))
    write(store, "m", Attachment(artifact, data))
    return artifact


def test_arrays_are_read_unchanged(store: MemoryStore) -> None:
    """Values, shapes and dtypes equal the stored ones."""
    packed = pack_arrays(ARRAYS)
    write(store, "m", packed)
    again = read_arrays(store, "m", packed.artifact)
    assert again.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert again[name].dtype == array.dtype
        np.testing.assert_array_equal(again[name], array)


@given(FIELDS)
def test_plain_values_are_read_unchanged(fields: dict[str, Any]) -> None:
    """Values of a JSON attachment keep their types."""
    store, packed = MemoryStore(), pack_json(fields, "example")
    write(store, "m", packed)
    assert same(read_json(store, "m", packed.artifact), to_plain(fields, "example"))


def test_the_same_content_is_one_payload(store: MemoryStore) -> None:
    """Equal arrays have equal bytes, so that a repeated cell adds no payload."""
    assert pack_arrays(ARRAYS).artifact == pack_arrays(dict(ARRAYS)).artifact
    for _ in range(2):
        write(store, "m", pack_arrays(ARRAYS))
    assert len(store.entries("models/m/blobs")) == 1


def test_arrays_are_written_as_numpy_does() -> None:
    """A payload has the bytes of numpy's own archive, so that its digest stays the same."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **ARRAYS)
    assert pack_arrays(ARRAYS).data == buffer.getvalue()


def test_arrays_of_objects_are_rejected() -> None:
    """Arrays of Python objects are not stored."""
    with pytest.raises(ValueError, match="allow_pickle"):
        pack_arrays({"y": np.array([object()], dtype=object)})


def test_an_unsupported_value_is_rejected_with_its_key() -> None:
    """The error names the unsupported or too large value."""
    with pytest.raises(RecordError, match=r"example\.rows\[0\]"):
        pack_json({"rows": [object()]}, "example")
    with pytest.raises(RecordError, match="rows"):
        pack_json({"rows": "x" * MAX_RECORD_BYTES}, "example")


@pytest.mark.parametrize("read", [read_arrays, read_json])
def test_a_missing_or_changed_attachment_is_named(store: MemoryStore, read: Any) -> None:
    """The error has the key of the payload."""
    packed = pack_arrays(ARRAYS) if read is read_arrays else pack_json({"a": 1}, "it")
    key = payload_key("m", packed.artifact)
    with pytest.raises(IntegrityError, match="is missing") as refused:
        read(store, "m", packed.artifact)
    assert refused.value.key == key
    write(store, "m", Attachment(packed.artifact, packed.data[:-1]))
    with pytest.raises(IntegrityError, match="was changed") as refused:
        read(store, "m", packed.artifact)
    assert refused.value.key == key


@pytest.mark.parametrize("form", ["npz", "npy", "pickle"])
def test_an_attachment_is_never_unpickled(store: MemoryStore, tmp_path: Path, form: str) -> None:
    """A pickle that is stored as arrays is not executed."""
    bomb = np.array([Bomb(tmp_path / "marker")], dtype=object)
    buffer = io.BytesIO()
    if form == "npz":
        np.savez(buffer, allow_pickle=True, y_true=bomb)
    elif form == "npy":
        np.save(buffer, bomb, allow_pickle=True)
    else:
        pickle.dump(bomb, buffer)
    artifact = forged(store, buffer.getvalue(), "npz")
    with pytest.raises(RecordError, match="is not an archive of arrays") as refused:
        read_arrays(store, "m", artifact)
    assert refused.value.key == payload_key("m", artifact)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"junk"])
def test_an_attachment_that_is_not_an_archive_is_named(store: MemoryStore, data: bytes) -> None:
    """A payload that is not an archive of arrays is an error with its key."""
    with pytest.raises(RecordError, match=r"blobs/.*\.npz"):
        read_arrays(store, "m", forged(store, data, "npz"))


def test_attachments_are_read_back(store: MemoryStore) -> None:
    """Arrays are stored as arrays, other values as plain values."""
    given_values = {"arrays": ARRAYS, "plain": {"scores": [0.5, None], "why": "größe"}, "no": {}}
    packed = pack_named(given_values)
    assert {name: item.artifact.format for name, item in packed.items()} == {
        "arrays": "npz",
        "plain": "json",
        "no": "json",
    }
    for name, item in packed.items():
        write(store, "m", item)
        again = read_attachment(store, "m", item.artifact)
        np.testing.assert_equal(again, given_values[name])


@pytest.mark.parametrize(
    "name",
    [
        "evaluation",
        "input_example",
        "model",
        "sources",
        "",
        "../x",
        "a/b",
        "a..b",
        ".a",
        "a ",
        "con",
        "größe",
        "a" * 65,
        7,
    ],
)
def test_a_reserved_or_invalid_name_is_rejected(name: Any) -> None:
    """A name that an export or the registry uses itself is rejected."""
    with pytest.raises(RecordError, match="Invalid attachment name"):
        pack_named({name: {"a": 1}})


@pytest.mark.parametrize(
    "values", [object(), {"a": object()}, {"a": np.array([{}, None], dtype=object)}]
)
def test_an_unsupported_attachment_is_rejected_by_name(values: Any) -> None:
    """An object, a dict with one and an array of objects are rejected."""
    with pytest.raises(RecordError, match=r"attachments\.trials"):
        pack_named({"trials": values})
