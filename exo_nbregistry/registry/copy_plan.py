"""The files of a registry that a copy lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exo_nbregistry.errors import ConflictError, IntegrityError, RecordError, StoreError
from exo_nbregistry.payloads.artifact import payload_digest
from exo_nbregistry.records.record import EVENT, VERSION, parse_record
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import (
    ATTACHMENTS,
    BLOBS,
    EVENTS,
    VERSIONS,
    attachment_parts,
    blob_parts,
    event_number,
    model_folder,
    version_number,
)

_NUMBER_IN = {VERSION: version_number, EVENT: event_number}
_FOLDER = {VERSION: VERSIONS, EVENT: EVENTS}
_PARTS_IN = {BLOBS: blob_parts, ATTACHMENTS: attachment_parts}


@dataclass(frozen=True, slots=True)
class Item:
    """A file to copy.

    Attributes
    ----------
    key : str
        Its key in both stores.
    size_bytes : int
        Its size when it was listed.
    kind : str
        ``version``, ``event``, or ``payload``.
    model : str
        The model key.
    number : int
        Number of a version or an event; 0 for a payload.
    sha256 : str
        Digest of a payload; empty for a record.
    """

    key: str
    size_bytes: int
    kind: str
    model: str
    number: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """The files that the copy of one model lacks.

    Attributes
    ----------
    payloads, versions, events : tuple of Item
        The files to copy, records in the order of their numbers.
    present : int
        Number of files that the target already has.
    extra : tuple of str
        Keys of the records that only the target has.
    damaged : tuple of str
        Damaged records of the source, which are not copied, each with its damage.
    """

    payloads: tuple[Item, ...]
    versions: tuple[Item, ...]
    events: tuple[Item, ...]
    present: int
    extra: tuple[str, ...]
    damaged: tuple[str, ...]


class Planner:
    """Compares a registry with its copy.

    Parameters
    ----------
    source, target : Store
        Where the files are, and where they are copied to.
    registry_id : str
        Id of both registries.
    rehash : bool
        Whether the payloads of a target that can lose bytes in a power loss are hashed again.
    """

    def __init__(self, source: Store, target: Store, registry_id: str, *, rehash: bool) -> None:
        self._source = source
        self._target = target
        self._registry_id = registry_id
        self._rehash = rehash and not target.durable_reads

    def plan(self, model: str) -> ModelPlan:
        """Return the files that the copy of a model lacks.

        Parameters
        ----------
        model : str
            The model key.

        Returns
        -------
        ModelPlan
            The files.

        Raises
        ------
        ConflictError
            If both registries have different records of one number.
        """
        # Writers store payloads before the version that names them, and versions before their
        # events. Listed in the reverse order, each listed record has what it needs in the list.
        listed = {kind: self._records(model, kind) for kind in (EVENT, VERSION)}
        payloads = list(self._payloads(model))
        present, extra, damaged = 0, [], []
        missing: dict[str, list[Item]] = {}
        for kind, items in listed.items():
            keys = {f"{_folder(model, kind)}/{name}" for name in self._record_names(model, kind)}
            missing[kind] = [item for item in items if item.key not in keys]
            common = [item for item in items if item.key in keys]
            extra += sorted(keys - {item.key for item in items})
            damaged += self._compare(common)
            present += len(common)
        sizes = self._target_sizes(model)
        lacking = [item for item in payloads if not self._has_payload(item, sizes)]
        return ModelPlan(
            tuple(lacking),
            tuple(missing[VERSION]),
            tuple(missing[EVENT]),
            present + len(payloads) - len(lacking),
            tuple(extra),
            tuple(damaged),
        )

    def _records(self, model: str, kind: str) -> list[Item]:
        """Return the records of the source in the order of their numbers."""
        folder, number_in = _folder(model, kind), _NUMBER_IN[kind]
        found = [
            Item(f"{folder}/{entry.name}", entry.size_bytes, kind, model, number)
            for entry in self._source.entries(folder)
            if (number := number_in(entry.name)) and entry.kind == "file"
        ]
        return sorted(found, key=lambda item: item.number)

    def _record_names(self, model: str, kind: str) -> list[str]:
        names = self._target.names(_folder(model, kind))
        return [name for name in names if _NUMBER_IN[kind](name)]

    def _payloads(self, model: str) -> Iterator[Item]:
        for folder, parts_in in _PARTS_IN.items():
            for entry in self._source.entries(f"{model_folder(model)}/{folder}"):
                parts = parts_in(entry.name)
                if parts and entry.kind == "file":
                    key = f"{model_folder(model)}/{folder}/{entry.name}"
                    yield Item(key, entry.size_bytes, "payload", model, sha256=parts[0])

    def _target_sizes(self, model: str) -> dict[str, int]:
        folders = [f"{model_folder(model)}/{folder}" for folder in _PARTS_IN]
        return {
            f"{folder}/{entry.name}": entry.size_bytes
            for folder in folders
            for entry in self._target.entries(folder)
            if entry.kind == "file"
        }

    def _has_payload(self, item: Item, sizes: Mapping[str, int]) -> bool:
        if sizes.get(item.key) != item.size_bytes:
            return False
        return not self._rehash or payload_digest(self._target, item.key) == item.sha256

    def _compare(self, items: list[Item]) -> list[str]:
        """Compare the records that both have; return those that are damaged in the source."""
        keys = [item.key for item in items]
        damaged = []
        pairs = zip(
            items,
            self._source.read_many(keys, max_bytes=MAX_RECORD_BYTES),
            self._target.read_many(keys, max_bytes=MAX_RECORD_BYTES),
            strict=True,
        )
        for item, data, copy in pairs:
            if isinstance(data, StoreError):
                raise data
            if data == copy:
                continue
            if isinstance(copy, StoreError) and copy.errno is not None:
                raise copy
            damage = damage_of(item, data, self._registry_id)
            if damage:
                damaged.append(damage)
                continue
            raise ConflictError(
                f"{item.key} in {self._target.location} is different from the one in "
                f"{self._source.location}, so nothing was copied: one of them was changed after "
                "an earlier copy. Copy to a new place, or verify() both registries.",
                expected=item.key,
            )
        return damaged


def damage_of(item: Item, data: bytes, registry_id: str) -> str:
    """Return the damage of a record that was read, or an empty text.

    Parameters
    ----------
    item : Item
        The record.
    data : bytes
        Its content.
    registry_id : str
        Id of its registry.

    Returns
    -------
    str
        The damage as part of a sentence that begins with the key; empty if there is none.
    """
    try:
        parse_record(
            data,
            key=item.key,
            kind=item.kind,
            model=item.model,
            number=item.number,
            registry_id=registry_id,
        )
    except (RecordError, IntegrityError) as error:
        return str(error).split(". ")[0].rstrip(".")
    return ""


def _folder(model: str, kind: str) -> str:
    return f"{model_folder(model)}/{_FOLDER[kind]}"
