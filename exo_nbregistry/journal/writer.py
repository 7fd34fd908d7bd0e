"""Add versions and events: numbered, sealed, chained, created once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import ConflictError, IntegrityError, KeyExistsError, RecordError
from exo_nbregistry.journal.reader import KEYS, Reader
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.record import EVENT, VERSION, Record, seal, skim_record
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.keys import tmp_folder
from exo_nbregistry.values.reference import MAX_VERSION, model_id


class Journal(Reader):
    """Read and add records. It can be shared between threads.

    Parameters
    ----------
    store : Store
        The store of the records.
    keyring : Keyring
        Signs the records.
    now : callable
        Returns the time, an aware datetime.
    new_id : callable
        Returns a new random id.
    require_writable : callable
        Raises an error if this release must not write to the registry.
    """

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        require_writable: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(store)
        self._keyring = keyring
        self._now = now
        self._new_id = new_id
        self._require_writable = require_writable
        # Records never change, so the newest one is read once.
        self._newest: dict[tuple[str, str], Record] = {}
        self._confirmed: set[str] = set()

    def add_version(
        self,
        model: str,
        content: Callable[[int], dict[str, Any]],
        number: int | None = None,
        *,
        first: Callable[[], object] | None = None,
    ) -> Record:
        """Add a version. It exists as soon as its record is created.

        Parameters
        ----------
        model : str
            The model key.
        content : callable
            Takes the number, returns the encoded content of the record.
        number : int or None
            The version number; by default the next free one. If another writer takes the next
            number first, the one after it is used.
        first : callable, optional
            Publishes the payloads of the record. It is called before the record is created, and
            called again after a lost race.

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
        while True:
            self._require_writable()
            # One listing for number and chain: the chain must not miss a record added between.
            numbers = self.numbers(model)
            prev = self._nearest(model, numbers, VERSION)
            last = numbers[-1] if numbers else 0
            chosen = number or last + 1
            if chosen <= last:
                raise ConflictError(
                    f"{model_id(model, chosen)} cannot be registered: numbers are never used "
                    f"again, and the next is {last + 1}. Omit version to use it.",
                    expected=chosen,
                    actual=last + 1,
                )
            if chosen >= MAX_VERSION:
                raise ConflictError(
                    f"{model} has no number left after {last}; register under another name.",
                    expected=chosen,
                    actual=last,
                )
            record = self._create(model, VERSION, chosen, content(chosen), prev, txn, first)
            if record:
                self._look.written(record, None)
                return record

    def append(
        self, model: str, decide: Callable[[Snapshot], dict[str, Any] | None], actor: str
    ) -> Snapshot:
        """Append an event that follows from a snapshot, or none.

        Parameters
        ----------
        model : str
            The model key.
        decide : callable
            Takes a snapshot. Returns the event's own fields, or None for no event, or raises an
            error. If another writer adds an event first, it is called again with a new snapshot.
        actor : str
            The author of the event.

        Returns
        -------
        Snapshot
            The snapshot that `decide` took, followed by the event.
        """
        txn = self._new_id()
        while True:
            self._require_writable()
            snapshot = Snapshot(self, model)
            last = snapshot.state.last
            event = decide(snapshot)
            if event is None:
                self._look.replace(snapshot)
                if last:
                    self.confirm(last)
                return snapshot
            if "version" in event:
                self.confirm(snapshot.version(event["version"]))
            content = {**event, "at": encode(self._now()), "actor": actor}
            number = last.number + 1 if last else 1
            record = self._create(model, EVENT, number, content, last, txn)
            if record:
                result = snapshot.after(record)
                self._extend(model, snapshot.state, result.state)
                if last:
                    self._look.keep(last)
                self._look.written(record, result)
                return result

    def confirm(self, record: Record) -> None:
        """Make a record durable before anything relies on it.

        Its writer may have been killed before the name of the file was flushed to the disk.
        """
        if record.key not in self._confirmed:
            with contextlib.suppress(KeyExistsError):
                self._store.create(record.key, record.to_bytes(), staging=tmp_folder(record.model))
            self._confirmed.add(record.key)

    def _nearest(self, model: str, numbers: list[int], kind: str) -> Record | None:
        """Return the newest readable record of these; verify() reports the damaged ones."""
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
        first: Callable[[], object] | None = None,
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
        )
        data = record.to_bytes()
        if kind == EVENT:
            # As it will be read: with its keys in the order of the file.
            record = skim_record(data, key=key, kind=kind, model=model, number=number)
        try:
            self._store.create(key, data, staging=tmp_folder(model), first=first)
        except KeyExistsError:
            existing = self.read(model, number, kind)
            # It is our own record if only the reply was lost, and the same version if another
            # kernel, or this one before it was killed, has just registered it.
            if existing.txn != txn and not _is_duplicate(existing.content, content):
                return None
            record = existing
        self._newest[model, kind] = record
        self._confirmed.add(key)
        return record


def _is_duplicate(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return "facts_sha256" in one and one["facts_sha256"] == other.get("facts_sha256")
