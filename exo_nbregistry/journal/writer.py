"""How versions and events are added: numbered, sealed, chained, created once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import ConflictError, IntegrityError, KeyExistsError, RecordError
from exo_nbregistry.journal.reader import KEYS, Reader
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import EVENT, VERSION, Record, seal
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.keys import tmp_folder
from exo_nbregistry.values.reference import MAX_VERSION, model_id


class Journal(Reader):
    """Read and publish.

    Parameters
    ----------
    store : Store
        Where the records are.
    keyring : Keyring
        Signs what is written.
    now : callable
        Returns the time, an aware datetime.
    new_id : callable
        Returns a new random id.
    require_writable : callable
        Raises if this release must not write here.
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
        # Records never change, so the newest one that was seen need not be read again.
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
        """Publish a version: its record's creation is the commit.

        Parameters
        ----------
        model : str
            The model key.
        content : callable
            Takes the number, returns the encoded content.
        number : int or None
            The number to take; by default the next one. Losing a race for the next one takes
            the one after it.
        first : callable, optional
            Publishes what the record names, done before the record is there. It is called
            again if a race was lost.

        Raises
        ------
        ConflictError
            If `number` is not above every number that was ever used.
        """
        txn = self._new_id()
        while True:
            self._require_writable()
            # One listing for both: a record that comes between two would be missed by the chain.
            numbers = self.numbers(model)
            prev = self._nearest(model, numbers, VERSION)
            last = numbers[-1] if numbers else 0
            chosen = number or last + 1
            if chosen <= last:
                raise ConflictError(
                    f"{model_id(model, chosen)} cannot be registered: numbers are never used "
                    f"again, and the next is {last + 1}. Leave version out to take it.",
                    expected=chosen,
                    actual=last + 1,
                )
            if chosen >= MAX_VERSION:
                raise ConflictError(
                    f"{model} has no number left after {last}: register under another name.",
                    expected=chosen,
                    actual=last,
                )
            record = self._create(model, VERSION, chosen, content(chosen), prev, txn, first)
            if record:
                return record

    def append(
        self, model: str, decide: Callable[[ModelState], dict[str, Any] | None], actor: str
    ) -> ModelState:
        """Append an event that follows from the state before it, or none.

        Parameters
        ----------
        model : str
            The model key.
        decide : callable
            Takes the folded journal, returns the event's own fields, or None for no event, or
            raises. Called again when another writer was faster: what it saw then is what the
            event follows.
        actor : str
            Who.

        Returns
        -------
        ModelState
            The state after the event.
        """
        txn = self._new_id()
        while True:
            self._require_writable()
            state = self.state(model)
            # Another thread may fold on while this one decides: only what came before is seen.
            last = state.last
            event = decide(state)
            if event is None:
                if last:
                    self.confirm(model, last.number, EVENT)
                return state
            if "version" in event:
                self.confirm(model, event["version"])
            content = {**event, "at": encode(self._now()), "actor": actor}
            number = last.number + 1 if last else 1
            if self._create(model, EVENT, number, content, last, txn):
                return self.state(model)

    def confirm(self, model: str, number: int, kind: str = VERSION) -> None:
        """See that a record lasts before anything relies on it.

        Whoever wrote it may have been killed before its name survived power loss.
        """
        key = KEYS[kind](model, number)
        if key not in self._confirmed:
            data = self.read(model, number, kind).to_bytes()
            with contextlib.suppress(KeyExistsError):
                self._store.create(key, data, staging=tmp_folder(model))
            self._confirmed.add(key)

    def _nearest(self, model: str, numbers: list[int], kind: str) -> Record | None:
        """Return the newest of these records that can be read; verify() reports the others."""
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
        try:
            self._store.create(key, record.to_bytes(), staging=tmp_folder(model), first=first)
        except KeyExistsError:
            there = self.read(model, number, kind)
            # Our own record has come if its acknowledgement was lost on the way; the same version
            # if another kernel, or this one before it was killed, has just registered it.
            if there.txn != txn and not _is_duplicate(there.content, content):
                return None
            record = there
        self._newest[model, kind] = record
        self._confirmed.add(key)
        return record


def _is_duplicate(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return "facts_sha256" in one and one["facts_sha256"] == other.get("facts_sha256")
