"""Checkpoints of events: many events of a model in one file, for readers that start without them.

A checkpoint is derived from the events and never replaces them. The names of the events come from
their folder, and a checkpoint is used only if a trusted signer has signed it, if its last event
equals the file of that event, and as far as each event names the check of the event before it. The
check of an event does not include its signature, so events without a trusted signature and all
other events are read from their files.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.records.event_rules import UnreadableEvent
from exo_nbregistry.records.record import EVENT, Record, parse_record, seal
from exo_nbregistry.signing.keyring import Keyring, KnownSigners
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, canonical_json
from exo_nbregistry.values.keys import (
    event_key,
    events_checkpoint_key,
    tmp_folder,
)

log = logging.getLogger("exo_nbregistry")
KIND = "events"
# A checkpoint ends at a multiple of this number, or at the last event; then the next replaces it.
BLOCK = 256
# Number of events to read from which a checkpoint saves more than it costs.
_MIN_IN_FOLDER, _MIN_IN_BUCKET = 64, 32
Read = Callable[[str, Sequence[int]], Iterable[Record | UnreadableEvent]]
_MALFORMED = (AttributeError, LookupError, TypeError, ValueError, RecursionError)


class EventsCheckpoints:
    """Reader and writer of the checkpoints of events. Threads can share it.

    Parameters
    ----------
    store : Store
        The store of the events.
    keyring : Keyring
        The trusted signers.
    registry_id : callable
        Returns the ID of the registry, or None if it is not known.
    validate : callable
        Takes each event that was read, and returns it or raises RecordError.
    listed : mapping of str to list of int
        Numbers of the listed checkpoints of each model.
    """

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        registry_id: Callable[[], str | None],
        validate: Callable[[Record], Record],
        listed: Mapping[str, list[int]],
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._registry_id = registry_id
        self._validate = validate
        self._new_id: Callable[[], str] | None = None
        self._require_writable: Callable[[], None] = lambda: None
        self._listed = listed

    def allow_writing(
        self, new_id: Callable[[], str], require_writable: Callable[[], None]
    ) -> None:
        """Write checkpoints that are missing.

        Parameters
        ----------
        new_id : callable
            Returns a new random id.
        require_writable : callable
            Raises an error if this release cannot write to the registry.
        """
        self._new_id, self._require_writable = new_id, require_writable

    @property
    def min_events(self) -> int:
        """Number of events to read from which checkpoints are read and written."""
        return _MIN_IN_FOLDER if self._store.settles else _MIN_IN_BUCKET

    def load(
        self,
        model: str,
        numbers: Sequence[int],
        read: Read,
    ) -> list[Record | UnreadableEvent]:
        """Return events, from checkpoints as far as these are proven to equal their files.

        If many of them had to be read from their files, a checkpoint is written for later readers.

        Parameters
        ----------
        model : str
            The model key.
        numbers : sequence of int
            Numbers of the events, ascending, as they were listed.
        read : callable
            Takes the model and numbers, and returns the event in each file.

        Returns
        -------
        list of Record or UnreadableEvent
            One event for each number.
        """
        if len(numbers) <= self.min_events:
            return list(read(model, numbers))
        proven = self._proven(model, numbers, read)
        signers = KnownSigners(self._keyring)
        known = {
            number: event
            for number, event in proven.items()
            if signers.signer_status(event.check, event.signature).trusted
        }
        others = iter(read(model, [number for number in numbers if number not in known]))
        events = [known[number] if number in known else next(others) for number in numbers]
        self._write(model, events, proven)
        return events

    def _proven(
        self,
        model: str,
        numbers: Sequence[int],
        read: Read,
    ) -> dict[int, Record]:
        """Return the events in checkpoints that equal their files."""
        listed = set(numbers)
        checkpoints = [n for n in self._listed.get(model, ()) if n in listed]
        found: dict[int, Record] = {}
        for number in checkpoints:
            found |= {event.number: event for event in self._read(model, number)}
        proven: dict[int, Record] = {}
        for number in reversed(checkpoints):
            if number in found and number not in proven:
                for last in read(model, [number]):
                    if isinstance(last, Record):
                        proven |= _chain(last, found, listed)
        return proven

    def _read(self, model: str, number: int) -> list[Record]:
        """Return the events of a checkpoint; none if it is damaged or its signer is not trusted."""
        key = events_checkpoint_key(model, number)
        registry_id = self._registry_id()
        try:
            data = self._store.read(key, max_bytes=MAX_RECORD_BYTES)
            record = parse_record(
                data, key=key, kind=KIND, model=model, number=number, registry_id=registry_id
            )
            status = self._keyring.signer_status(record.check, record.signature)
            if registry_id is None or record.registry != registry_id or not status.trusted:
                return []
            return [self._event(model, fields) for fields in record.content["events"]]
        except (RegistryError, *_MALFORMED) as error:
            log.debug("%s is not used: %s", key, error)
            return []

    def _event(self, model: str, fields: dict[str, object]) -> Record:
        """Return an event after the same checks as of its file."""
        number = fields["number"]
        if type(number) is not int:
            raise TypeError("an event has no number")
        event = parse_record(
            canonical_json(fields),
            key=event_key(model, number),
            kind=EVENT,
            model=model,
            number=number,
            registry_id=self._registry_id(),
        )
        return self._validate(event)

    def _write(
        self, model: str, events: Sequence[Record | UnreadableEvent], known: dict[int, Record]
    ) -> None:
        """Write checkpoints if many of the events are in none; never fail."""
        records = _readable_end(events)
        new = [record.number for record in records if record.number not in known]
        can_sign = self._new_id is not None and self._keyring.public_key is not None
        if not can_sign or len(new) <= self.min_events or self._registry_id() is None:
            return
        with contextlib.suppress(RegistryError):
            self._require_writable()
            blocks: dict[int, list[Record]] = {}
            for record in records:
                if record.number > (new[0] - 1) // BLOCK * BLOCK:
                    blocks.setdefault((record.number - 1) // BLOCK, []).append(record)
            for block in blocks.values():
                self._create(model, block)
            self._remove_partial(model, new[0], records[-1].number)

    def _create(self, model: str, records: Sequence[Record]) -> None:
        number = records[-1].number
        key = events_checkpoint_key(model, number)
        try:
            record = seal(
                key=key,
                kind=KIND,
                model=model,
                number=number,
                content={"events": [event.fields for event in records]},
                prev=None,
                txn=self._new_id() if self._new_id else "",
                sign=self._keyring.sign,
                registry_id=self._registry_id(),
            )
            self._store.create(key, record.to_bytes(), staging=tmp_folder(model))
        except RegistryError as error:
            # It may be too large, or another process has written it.
            log.debug("%s is not written: %s", key, error)

    def _remove_partial(self, model: str, first: int, last: int) -> None:
        """Remove the checkpoints that are not full and that a new one replaces."""
        begin = (first - 1) // BLOCK * BLOCK
        for number in self._listed.get(model, ()):
            if begin < number < last and number % BLOCK:
                with contextlib.suppress(RegistryError):
                    self._store.remove(events_checkpoint_key(model, number))


def _chain(last: Record, found: dict[int, Record], listed: set[int]) -> dict[int, Record]:
    """Return the events that follow from one in a file: each names the check of the one before."""
    if found[last.number].check != last.check:
        return {}
    proven = {last.number: last}
    while True:
        before = found.get(last.number - 1)
        if before is None or before.number not in listed or last.prev != before.link():
            return proven
        proven[before.number] = last = before


def _readable_end(events: Sequence[Record | UnreadableEvent]) -> list[Record]:
    """Return the readable events at the end, without a gap between their numbers."""
    readable: list[Record] = []
    for event in reversed(events):
        if isinstance(event, UnreadableEvent):
            break
        if readable and readable[-1].number != event.number + 1:
            break
        readable.append(event)
    return readable[::-1]
