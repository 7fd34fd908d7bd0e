"""Read the records of each model, check them, and fold the journal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from exo_nbregistry.errors import RecordError, StoreError
from exo_nbregistry.journal.read_cache import Look
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import EVENT, VERSION, Record, parse_record, skim_record
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import (
    EVENTS,
    MODELS,
    VERSIONS,
    event_key,
    event_numbers,
    events_folder,
    version_key,
    version_numbers,
    versions_folder,
)
from exo_nbregistry.values.reference import is_model_key

KEYS = {VERSION: version_key, EVENT: event_key}
_FOLDERS = {VERSION: versions_folder, EVENT: events_folder}
_NUMBERS = {VERSION: version_numbers, EVENT: event_numbers}


class Reader:
    """List, read and fold records. It can be shared between threads.

    Parameters
    ----------
    store : Store
        The store of the records.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._states: dict[str, ModelState] = {}
        self._lock = threading.RLock()
        self._look = Look()

    def snapshot(self, model: str) -> Snapshot:
        """Return a snapshot of a model, which is read when it is needed."""
        return self._look.snapshot(model, lambda: Snapshot(self, model))

    def one_look(self) -> AbstractContextManager[None]:
        """Within the block, take one snapshot of each model and read each record once.

        Snapshots and records are kept for the thread that entered the block.
        """
        return self._look.begin()

    def moment(self) -> object | None:
        """Return an object that stays the same while no new look begins.

        Returns
        -------
        object or None
            None outside of `one_look`, where each call is a look of its own.
        """
        return self._look.moment

    def models(self) -> list[str]:
        """Return the keys of all models that have a version, sorted."""
        folders = self._store.entries(MODELS)
        keys = (entry.name for entry in folders if entry.kind == "folder")
        return [key for key in keys if is_model_key(key) and self.numbers(key)]

    def folders(self, model: str | None = None) -> dict[str, tuple[int, ...]]:
        """Return when each model's versions and events last changed, in ns; 0 for none.

        Every folder among the models is included, also if its name is not a model key.
        """
        if model is not None:
            times = tuple(map(self._changed_ns, (versions_folder(model), events_folder(model))))
            return {model: times}
        return self._store.changed_ns(MODELS, (VERSIONS, EVENTS))

    def _changed_ns(self, folder: str) -> int:
        found = self._store.info(folder)
        return found.modified_ns if found else 0

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        return _NUMBERS[kind](self._store.names(_FOLDERS[kind](model)))

    def read(self, model: str, number: int, kind: str = VERSION) -> Record:
        """Read one record and check that it is undamaged.

        Raises
        ------
        MissingKeyError
            If there is no such record.
        RecordError, IntegrityError
            If it is damaged.
        """
        key = KEYS[kind](model, number)
        return self._look.record(key, lambda: self._parsed(parse_record, key, model, number, kind))

    def skim(self, model: str, number: int) -> Record:
        """Read a version's record for a listing: with the same check, in half the time.

        Raises
        ------
        MissingKeyError, RecordError, IntegrityError
            As `read`.
        """
        key = version_key(model, number)
        if self._look.has(key):
            return self.read(model, number)
        return self._parsed(skim_record, key, model, number, VERSION)

    def _parsed(
        self, parse: Callable[..., Record], key: str, model: str, number: int, kind: str
    ) -> Record:
        try:
            data = self._store.read(key, max_bytes=MAX_RECORD_BYTES)
        except StoreError:
            self._require_file(key)
            raise
        return parse(data, key=key, kind=kind, model=model, number=number)

    def _require_file(self, key: str) -> None:
        """Raise RecordError for a link or another non-file; a store that fails can recover."""
        existing = self._store.info(key)
        if existing and (existing.kind != "file" or existing.size_bytes > MAX_RECORD_BYTES):
            raise RecordError(
                f"{key} is not a regular file of at most {MAX_RECORD_BYTES:,} bytes. Restore it "
                "from a copy of the registry; verify() lists all damage.",
                key=key,
            ) from None

    def state(self, model: str) -> ModelState:
        """Return the folded journal of a model."""
        return self.journal(model)[1]

    def journal(self, model: str) -> tuple[list[int], ModelState]:
        """List a model's events and fold them.

        Only events that are new since the last call are read. A returned state never changes:
        new events make a new state.

        Parameters
        ----------
        model : str
            The model key.

        Returns
        -------
        numbers : list of int
            The numbers of the events, ascending.
        state : ModelState
            The state after these events.

        Raises
        ------
        RecordError, IntegrityError
            If an event is damaged.
        """
        with self._lock:
            state = self._states.get(model, ModelState())
            numbers = self.numbers(model, EVENT)
            if _last(state) > (numbers[-1] if numbers else 0):
                state = ModelState()  # an older copy of the registry was put back
            seen = _last(state)
            added = [number for number in numbers if number > seen]
            if added:
                state = state.after(self.read(model, number, EVENT) for number in added)
            self._states[model] = state
            return numbers, state

    def _extend(self, model: str, before: ModelState, after: ModelState) -> None:
        """Keep the state after an event that was just written, so that it need not be read."""
        with self._lock:
            if self._states.get(model) is before:
                self._states[model] = after


def _last(state: ModelState) -> int:
    return state.last.number if state.last else 0
