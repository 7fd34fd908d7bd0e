"""Records of checkpoints: signed and numbered like a version, each names the file of an index."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.errors import IntegrityError, KeyExistsError, MissingKeyError, RegistryError
from exo_nbregistry.records.record import Record, parse_record, seal
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import (
    CHECKPOINTS,
    DESCRIPTOR_TMP,
    checkpoint_digest,
    checkpoint_index_key,
    checkpoint_key,
    checkpoint_number,
)

KIND = "checkpoint"
KEPT = 2
_PLACE: dict[str, Any] = {"kind": KIND, "model": ""}


@dataclass(frozen=True, slots=True)
class CheckpointRecords:
    """The records of the checkpoints of a registry.

    Attributes
    ----------
    store : Store
        The store of the registry.
    keyring : Keyring
        The trusted signers, and the key that signs new records.
    registry_id : str
        The ID of the registry.
    new_id : callable
        Returns a new random id.
    """

    store: Store
    keyring: Keyring
    registry_id: str
    new_id: Callable[[], str]

    def read(self, number: int) -> dict[str, Any]:
        """Return the content of a record of this registry by a trusted signer.

        Raises
        ------
        RecordError, IntegrityError, MissingKeyError
            If the record is missing, damaged, from another registry or from an unknown signer.
        """
        key = checkpoint_key(number)
        data = self.store.read(key, max_bytes=MAX_RECORD_BYTES)
        record = parse_record(data, key=key, number=number, registry_id=self.registry_id, **_PLACE)
        status = self.keyring.signer_status(record.check, record.signature)
        # A record of the first releases has no registry; a checkpoint always has one.
        if record.registry != self.registry_id or not status.trusted:
            raise IntegrityError(
                f"{key} is not signed by a trusted signer for this registry.", key=key
            )
        return record.content

    def create(self, content: dict[str, Any]) -> None:
        """Create the next record, unless another process creates one at the same time."""
        number = max(checkpoint_numbers(self.store), default=0) + 1
        record: Record = seal(
            key=checkpoint_key(number),
            number=number,
            content=content,
            prev=None,
            txn=self.new_id(),
            sign=self.keyring.sign,
            registry_id=self.registry_id,
            **_PLACE,
        )
        with contextlib.suppress(KeyExistsError):
            self.store.create(record.key, record.to_bytes(), staging=DESCRIPTOR_TMP)

    def remove_old(self) -> None:
        """Remove all checkpoints but the newest two, and the indexes that only they name."""
        numbers = checkpoint_numbers(self.store)
        named = {number: named_index(self.store, number) for number in numbers}
        kept = {named[number] for number in numbers[-KEPT:]}
        for number in numbers[:-KEPT]:
            digest = named[number]
            # Another machine may remove the same ones.
            with contextlib.suppress(MissingKeyError):
                self.store.remove(checkpoint_key(number))
                if digest is not None and digest not in kept:
                    self.store.remove(checkpoint_index_key(digest))


def checkpoint_numbers(store: Store) -> list[int]:
    """Return the numbers of all records of checkpoints, ascending."""
    found = map(checkpoint_number, store.names(CHECKPOINTS))
    return sorted(number for number in found if number)


def named_index(store: Store, number: int) -> str | None:
    """Return the digest of the index that a record names, by any signer; None if it is damaged."""
    key = checkpoint_key(number)
    try:
        data = store.read(key, max_bytes=MAX_RECORD_BYTES)
        content = parse_record(data, key=key, number=number, **_PLACE).content
    except RegistryError:
        return None
    return checkpoint_digest(f"{content.get('sha256')}.sqlite.gz")
