"""Records of checkpoints: numbered, signed, and read only from trusted signers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError
from exo_nbregistry.journal.checkpoint_record import (
    CheckpointRecords,
    checkpoint_numbers,
    named_index,
)
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.memory import MemoryStore
from exo_nbregistry.values.keys import checkpoint_index_key, checkpoint_key

DIGESTS = [f"{number:064x}" for number in range(5)]


def records_of(store: MemoryStore, keyring: Keyring, registry_id: str = "id") -> CheckpointRecords:
    """Return the checkpoints of a registry."""
    return CheckpointRecords(store, keyring, registry_id, lambda: "t")


@pytest.fixture
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore()


@pytest.fixture
def records(store: MemoryStore) -> CheckpointRecords:
    """Return the checkpoints of an empty registry."""
    return records_of(store, Keyring())


def put_index(store: MemoryStore, digest: str) -> None:
    """Store an index."""
    with store.stage("nbregistry.json.tmp") as staged:
        staged.write(b"x")
        staged.publish(checkpoint_index_key(digest))


def test_records_are_numbered(store: MemoryStore, records: CheckpointRecords) -> None:
    """Each has the number after the highest one."""
    for digest in DIGESTS[:3]:
        records.create({"sha256": digest})
    assert checkpoint_numbers(store) == [1, 2, 3]
    assert records.read(3) == {"sha256": DIGESTS[2]}
    assert named_index(store, 2) == DIGESTS[1]


def test_other_names_are_ignored(store: MemoryStore, records: CheckpointRecords) -> None:
    """Files of other programs are not records."""
    for name in ("notes.txt", "0000001.json", "7.json", f"{DIGESTS[0]}.sqlite.gz"):
        store.create(f"nbregistry.json.checkpoint/{name}", b"{}", staging="nbregistry.json.tmp")
    assert checkpoint_numbers(store) == []


def test_a_missing_record_is_an_error(records: CheckpointRecords) -> None:
    """The number of a record may be removed after it was listed."""
    with pytest.raises(MissingKeyError):
        records.read(1)


def test_an_unknown_signer_is_rejected(store: MemoryStore, tmp_path: Path) -> None:
    """The error names the key."""
    records_of(store, Keyring(tmp_path / "other")).create({"sha256": DIGESTS[0]})
    with pytest.raises(IntegrityError, match=r"000001\.json is not signed by a trusted signer"):
        records_of(store, Keyring()).read(1)


def test_another_registry_is_rejected(store: MemoryStore, records: CheckpointRecords) -> None:
    """A record is valid only in its registry."""
    records.create({"sha256": DIGESTS[0]})
    with pytest.raises(RecordError, match="belongs to another registry"):
        records_of(store, Keyring(), "other").read(1)


def test_a_renamed_record_is_rejected(store: MemoryStore, records: CheckpointRecords) -> None:
    """The number in the record must be that of its name."""
    records.create({"sha256": DIGESTS[0]})
    data = store.read(checkpoint_key(1), max_bytes=9999)
    store.create(checkpoint_key(7), data, staging="nbregistry.json.tmp")
    with pytest.raises(RecordError, match="number is 1, expected 7"):
        records.read(7)


def test_the_newest_two_are_kept(store: MemoryStore, records: CheckpointRecords) -> None:
    """An index that a kept record names is kept with it."""
    for digest in (DIGESTS[0], DIGESTS[1], DIGESTS[0], DIGESTS[2]):
        put_index(store, digest)
        records.create({"sha256": digest})
    records.remove_old()
    assert checkpoint_numbers(store) == [3, 4]
    kept = [name for name in store.names("nbregistry.json.checkpoint") if name.endswith(".gz")]
    assert sorted(kept) == [f"{DIGESTS[0]}.sqlite.gz", f"{DIGESTS[2]}.sqlite.gz"]


def test_records_that_another_machine_removes_are_skipped(
    store: MemoryStore, records: CheckpointRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two machines may remove the old ones at the same time."""
    for digest in DIGESTS:
        put_index(store, digest)
        records.create({"sha256": digest})
    remove = MemoryStore.remove

    def removed_twice(self: MemoryStore, key: str) -> None:
        if key == checkpoint_key(1):
            remove(self, key)
        remove(self, key)

    monkeypatch.setattr(MemoryStore, "remove", removed_twice)
    records.remove_old()
    assert checkpoint_numbers(store) == [4, 5]


@pytest.mark.parametrize("content", [{}, {"sha256": 7}, {"sha256": "../secret"}])
def test_a_record_without_a_digest_names_nothing(
    store: MemoryStore, records: CheckpointRecords, content: dict[str, Any]
) -> None:
    """Only a digest becomes part of a key."""
    records.create(content)
    assert named_index(store, 1) is None
