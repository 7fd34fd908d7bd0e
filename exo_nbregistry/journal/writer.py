"""Write versions and events as numbered, signed and chained records."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import ConflictError, IntegrityError, KeyExistsError, RecordError
from exo_nbregistry.fs.file import First
from exo_nbregistry.journal.head import HeadStore
from exo_nbregistry.journal.head_writer import HeadWriter
from exo_nbregistry.journal.reader import Reader
from exo_nbregistry.journal.record_files import KEYS
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.record import EVENT, VERSION, Record, seal, skim_record
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.keys import tmp_folder
from exo_nbregistry.values.reference import MAX_VERSION, model_id


class Journal(Reader):
    """Reader and writer of versions and events. Threads can share it.

    Parameters
    ----------
    store : Store
        The store of the records.
    keyring : Keyring
        Signs the records.
    now : callable
        Returns the current time as an aware datetime.
    new_id : callable
        Returns a new random id.
    require_writable : callable
        Raises an error if this release cannot write to the registry.
    registry_id : callable
        Returns the ID of the registry, which each new record has.
    validate : callable
        Takes each record that was read, and returns it or raises RecordError.

    Attributes
    ----------
    head : HeadWriter or None
        Writer of the head of a bucket; None in a folder.
    """

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        require_writable: Callable[[], None] = lambda: None,
        registry_id: Callable[[], str | None] = lambda: None,
        validate: Callable[[Record], Record] = lambda record: record,
    ) -> None:
        super().__init__(store, keyring, registry_id=registry_id, validate=validate)
        self._now = now
        self._new_id = new_id
        self._require_writable = require_writable
        # Newest record of each model and kind.
        self._newest: dict[tuple[str, str], Record] = {}
        self._flushed: set[str] = set()
        self._checkpoints.allow_writing(new_id, require_writable)
        self.head = HeadWriter(store) if isinstance(store, HeadStore) else None

    def add_version(
        self,
        model: str,
        content: Callable[[int], dict[str, Any]],
        number: int | None = None,
        *,
        first: First | None = None,
        listed: list[int] | None = None,
    ) -> Record:
        """Add a version; it exists when its record is created.

        Parameters
        ----------
        model : str
            The model key.
        content : callable
            Takes the version number and returns the encoded content of the record.
        number : int or None
            Version number. The default is the next free number, also if another writer takes a
            number first.
        first : callable, optional
            Places the payloads of the record and returns what must be waited for. It is called
            before each attempt to create the record.
        listed : list of int, optional
            The numbers of the versions, if the caller has just listed them.

        Returns
        -------
        Record
            The new record.

        Raises
        ------
        ConflictError
            If `number` is not above every number used so far.
        """
        txn = self._new_id()
        self._require_writable()
        # The number and the chain use the same listing, so that no record is missed in between.
        numbers = self.numbers(model) if listed is None else listed
        while True:
            prev = self._newest_readable(model, numbers, VERSION)
            last = numbers[-1] if numbers else 0
            chosen = number or last + 1
            if chosen <= last:
                raise ConflictError(
                    f"{model_id(model, chosen)} cannot be registered, because numbers "
                    f"are not reused. Omit version= to use the next number, {last + 1}.",
                    expected=chosen,
                    actual=last + 1,
                )
            if chosen >= MAX_VERSION:
                raise ConflictError(
                    f"{model} has no version number after {last}; register under another name.",
                    expected=chosen,
                    actual=last,
                )
            record = self._create(model, VERSION, chosen, content(chosen), prev, txn, first)
            if record:
                self._cache.add_written(record, None)
                return record
            numbers = self.numbers_after(model, numbers)

    def append(
        self, model: str, decide: Callable[[Snapshot], dict[str, Any] | None], actor: str
    ) -> Snapshot:
        """Append an event that is decided on a snapshot.

        Parameters
        ----------
        model : str
            The model key.
        decide : callable
            Takes a snapshot and returns the fields of the event, or None for no event; it can
            raise an error. If another writer adds an event first, it is called again with a new
            snapshot.
        actor : str
            The author of the event.

        Returns
        -------
        Snapshot
            The snapshot after the event, or the unchanged snapshot if there is no event.
        """
        txn = self._new_id()
        while True:
            self._require_writable()
            snapshot = Snapshot(self, model)
            last = snapshot.state.last
            event = decide(snapshot)
            if event is None:
                self._cache.replace_snapshot(snapshot)
                if last:
                    self.flush_record(last)
                return snapshot
            if "version" in event:
                self.flush_record(snapshot.version(event["version"]))
            content = {**event, "at": encode(self._now()), "actor": actor}
            number = snapshot.events[-1] + 1 if snapshot.events else 1
            if number >= MAX_VERSION:
                raise ConflictError(
                    f"{model} has no event number after {number - 1}; verify() shows whether the "
                    "event with this number is damaged.",
                    expected=number,
                    actual=number - 1,
                )
            record = self._create(model, EVENT, number, content, last, txn)
            if record:
                result = snapshot.after(record)
                self._remember_state(model, snapshot.state, result.state)
                if last:
                    self._cache.add_record(last)
                self._cache.add_written(record, result)
                return result

    def flush_record(self, record: Record) -> None:
        """Flush a record to disk before it is used.

        Its writer may have been killed before the file name was flushed to disk. In a bucket, a
        record that can be read is durable.
        """
        if record.key not in self._flushed and not self._store.durable_reads:
            with contextlib.suppress(KeyExistsError):
                self._store.create(record.key, record.to_bytes(), staging=tmp_folder(record.model))
            self._flushed.add(record.key)

    def _newest_readable(self, model: str, numbers: list[int], kind: str) -> Record | None:
        """Return the newest readable record, or None; damaged records are skipped."""
        for number in reversed(numbers):
            known = self._newest.get((model, kind))
            if known and known.number == number:
                return known
            try:
                record = self.read(model, number, kind)
            except (RecordError, IntegrityError):
                continue
            self._newest[model, kind] = record
            return record
        return None

    def _create(
        self,
        model: str,
        kind: str,
        number: int,
        content: dict[str, Any],
        prev: Record | None,
        txn: str,
        first: First | None = None,
    ) -> Record | None:
        key = KEYS[kind](model, number)
        record = seal(
            key=key,
            kind=kind,
            model=model,
            number=number,
            content=content,
            prev=prev,
            txn=txn,
            sign=self._keyring.sign,
            registry_id=self._registry_id(),
        )
        data = record.to_bytes()
        if kind == EVENT:
            # Parse it again, because readers have the keys in the order of the file.
            record = skim_record(data, key=key, kind=kind, model=model, number=number)
        try:
            self._store.create(key, data, staging=tmp_folder(model), first=first)
        except KeyExistsError:
            try:
                existing = self.read(model, number, kind)
            except (RecordError, IntegrityError):
                return None
            # The same transaction means that the store wrote this record but its reply was lost.
            # The same facts mean that another kernel has registered the same version.
            self._newest[model, kind] = existing
            if existing.txn != txn and not _is_duplicate(existing.content, content):
                return None
            record = existing
        else:
            self._files.add(key, data)
        self._newest[model, kind] = record
        self._flushed.add(key)
        if self.head is not None:
            self.head.add(model, kind, number)
        return record


def _is_duplicate(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return "facts_sha256" in one and one["facts_sha256"] == other.get("facts_sha256")
