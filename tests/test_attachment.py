"""What is stored beside a model: arrays and plain values, never a pickle."""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from exo_nbregistry.artifact import payload_key
from exo_nbregistry.attachment import (
    Attachment,
    pack_arrays,
    pack_json,
    pack_named,
    read_arrays,
    read_attachment,
    read_json,
    write,
)
from exo_nbregistry.codec import MAX_RECORD_BYTES, normalise
from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.fact import same
from exo_nbregistry.metadata import Artifact
from exo_nbregistry.store.memory import MemoryStore
from tests.persistence.bomb import Bomb
from tests.values import FIELDS

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


def forged(store: MemoryStore, data: bytes, format: str) -> Artifact:
    """Store bytes under their own digest, as a forger would."""
    artifact = Artifact(format, hashlib.sha256(data).hexdigest(), len(data))
    write(store, "m", Attachment(artifact, data))
    return artifact


def test_arrays_come_back_as_they_were(store: MemoryStore) -> None:
    """Values, shapes and dtypes are those that were stored."""
    packed = pack_arrays(ARRAYS)
    write(store, "m", packed)
    again = read_arrays(store, "m", packed.artifact)
    assert again.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert again[name].dtype == array.dtype
        np.testing.assert_array_equal(again[name], array)


@given(FIELDS)
def test_plain_values_come_back_as_they_were(fields: dict[str, Any]) -> None:
    """Values of a JSON attachment keep their types."""
    store, packed = MemoryStore(), pack_json(fields, "example")
    write(store, "m", packed)
    assert same(read_json(store, "m", packed.artifact), normalise(fields, "example"))


def test_the_same_content_is_one_payload(store: MemoryStore) -> None:
    """Equal arrays have equal bytes, so that a re-run cell adds nothing."""
    assert pack_arrays(ARRAYS).artifact == pack_arrays(dict(ARRAYS)).artifact
    for _ in range(2):
        write(store, "m", pack_arrays(ARRAYS))
    assert len(store.entries("models/m/blobs")) == 1


def test_arrays_are_written_as_numpy_does() -> None:
    """A payload has the bytes of numpy's own archive, so that its digest stays the same."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **ARRAYS)
    assert pack_arrays(ARRAYS).data == buffer.getvalue()


def test_what_would_be_pickled_is_refused() -> None:
    """Arrays of Python objects are not stored."""
    with pytest.raises(ValueError, match="allow_pickle"):
        pack_arrays({"y": np.array([object()], dtype=object)})


def test_what_json_cannot_keep_is_refused_by_its_key() -> None:
    """The error names the value, or what is too large."""
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
    """Whatever is stored as arrays, the marker that its pickle would leave does not appear."""
    bomb = np.array([Bomb(tmp_path / "marker")], dtype=object)
    buffer = io.BytesIO()
    if form == "npz":
        np.savez(buffer, allow_pickle=True, y_true=bomb)
    elif form == "npy":
        np.save(buffer, bomb, allow_pickle=True)
    else:
        pickle.dump(bomb, buffer)
    artifact = forged(store, buffer.getvalue(), "npz")
    with pytest.raises(RecordError, match="holds no arrays") as refused:
        read_arrays(store, "m", artifact)
    assert refused.value.key == payload_key("m", artifact)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"junk"])
def test_an_attachment_that_is_no_archive_is_named(store: MemoryStore, data: bytes) -> None:
    """What was stored as arrays and is something else ends in an error with its key."""
    with pytest.raises(RecordError, match=r"blobs/.*\.npz"):
        read_arrays(store, "m", forged(store, data, "npz"))


def test_what_is_attached_comes_back(store: MemoryStore) -> None:
    """Arrays are kept as arrays, and whatever else there is as plain values."""
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


@pytest.mark.parametrize("name", ["evaluation", "input_example", "model", "", "../x", "A", 7])
def test_a_name_that_is_taken_or_none_is_refused(name: Any) -> None:
    """What an export could not write, or the registry writes itself, is named and refused."""
    with pytest.raises(RecordError, match="no name for an attachment"):
        pack_named({name: {"a": 1}})


@pytest.mark.parametrize(
    "values", [[1, 2], {"a": object()}, {"a": np.array([{}, None], dtype=object)}]
)
def test_what_cannot_be_kept_is_refused_by_name(values: Any) -> None:
    """Neither a list, nor an object, nor an array of objects is attached."""
    with pytest.raises(RecordError, match=r"attachments\.trials"):
        pack_named({"trials": values})
