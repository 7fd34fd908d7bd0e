"""Read and check the records of each model, and compute its current state."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice

from exo_nbregistry.errors import IntegrityError, RecordError, StoreError
from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.journal.event_warnings import warn_of_problems
from exo_nbregistry.journal.read_cache import ReadCache, Reads, Stamps
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.event_rules import UnreadableEvent, state_after
from exo_nbregistry.records.event_signer import EventProblem
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import EVENT, VERSION, Record, parse_record, skim_record
from exo_nbregistry.signing.keyring import Keyring, KnownSigners
from exo_nbregistry.store.base import Store
from exo_nbregistry.text.names import MAX_NAMES
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
# Problems that a restored file solves; one that was missing changes the numbers.
_REPAIRABLE = ("damaged", "chain", "signature")
_NUMBERS = {VERSION: version_numbers, EVENT: event_numbers}


class Reader:
    """Reader of versions and events. Threads can share it.

    Parameters
    ----------
    store : Store
        The store of the records.
    keyring : Keyring
        The trusted signers and the policy of aliases, by which events are followed.
    registry_id : callable
        Returns the ID of the registry, or None if it is not known. A record of another registry
        is not read.
    validate : callable
        Takes each record that was read, and returns it or raises RecordError.
    """

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        *,
        registry_id: Callable[[], str | None] = lambda: None,
        validate: Callable[[Record], Record] = lambda record: record,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._registry_id = registry_id
        self._validate = validate
        self._states: dict[str, _KnownState] = {}
        self._lock = ProcessLock()
        self._cache = ReadCache()

    def snapshot(self, model: str) -> Snapshot:
        """Return a snapshot of a model; its records are read on demand."""
        return self._cache.snapshot(model, lambda: Snapshot(self, model))

    def consistent_reads(self, reads: Reads | None = None) -> AbstractContextManager[Reads]:
        """Read each model from one snapshot, and each record once, within a ``with`` block.

        The block applies to the thread that enters it.

        Parameters
        ----------
        reads : Reads, optional
            The reads of an earlier block to continue with.
        """
        return self._cache.activate(reads)

    def generation(self) -> object | None:
        """Return an object that is the same while reads are served from the same snapshots.

        It is None outside of a `consistent_reads` block, where each call takes a new snapshot.
        """
        return self._cache.reads and self._cache.reads.generation

    def models(self) -> list[str]:
        """Return the keys of all models that have a version, sorted."""
        folders = self._store.entries(MODELS)
        keys = (entry.name for entry in folders if entry.kind == "folder")
        return [key for key in keys if is_model_key(key) and self.numbers(key)]

    def stamps(self, model: str | None = None) -> Stamps:
        """Return a number for each model's versions and events, which differs after a change.

        0 means that there are none. Every folder among the models is included, even if its name
        is not a model key. A block reads all of them once.
        """
        reads = self._cache.reads
        if model is None:
            return reads.read_stamps(self._all_stamps) if reads else self._all_stamps()
        if reads and reads.stamps is not None:
            return {model: reads.stamps.get(model, (0, 0))}
        return self._store.stamps(MODELS, (VERSIONS, EVENTS), model)

    @property
    def settles(self) -> bool:
        """Whether a stamp that is younger than two seconds may hide a later change."""
        return self._store.settles

    def age_ns(self) -> int:
        """Return how many nanoseconds ago the block has read `stamps`."""
        return self._cache.reads.age_ns if self._cache.reads else 0

    def _all_stamps(self) -> Stamps:
        return self._store.stamps(MODELS, (VERSIONS, EVENTS))

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        numbers = _NUMBERS[kind](self._store.names(_FOLDERS[kind](model)))
        self._cache.add_listing(model, kind, numbers)
        return numbers

    def listed_numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers as a block has listed them after `stamps`, or list them."""
        numbers = self._cache.listing(model, kind)
        return self.numbers(model, kind) if numbers is None else numbers

    def read(self, model: str, number: int, kind: str = VERSION) -> Record:
        """Read a record and check its integrity.

        Raises
        ------
        MissingKeyError
            If the record does not exist.
        RecordError, IntegrityError
            If the record is damaged.
        """
        key = KEYS[kind](model, number)
        return self._cache.record(
            key, lambda: self._read_record(parse_record, key, model, number, kind)
        )

    def skim(self, model: str, number: int) -> Record:
        """Read a version's record for a listing, with the same checks in half the time.

        Raises
        ------
        MissingKeyError, RecordError, IntegrityError
            As `read`.
        """
        key = version_key(model, number)
        if self._cache.has_record(key):
            return self.read(model, number)
        return self._read_record(skim_record, key, model, number, VERSION)

    def _read_record(
        self, parse: Callable[..., Record], key: str, model: str, number: int, kind: str
    ) -> Record:
        try:
            data = self._store.read(key, max_bytes=MAX_RECORD_BYTES)
        except StoreError:
            self._check_regular_file(key)
            raise
        place = {"kind": kind, "model": model, "number": number}
        return self._validate(parse(data, key=key, registry_id=self._registry_id(), **place))

    def _check_regular_file(self, key: str) -> None:
        """Raise RecordError if the record is damaged: not a regular file, or too large."""
        existing = self._store.info(key)
        if existing and (existing.kind != "file" or existing.size_bytes > MAX_RECORD_BYTES):
            raise RecordError(
                f"{key} is not a regular file of at most {MAX_RECORD_BYTES:,} bytes. Restore it "
                "from a copy of the registry; verify() lists all damage.",
                key=key,
            ) from None

    def state(self, model: str) -> ModelState:
        """Return the current state of a model, computed from its events."""
        return self.events_and_state(model)[1]

    def listed_state(self, model: str) -> ModelState:
        """Return the state after the events that `listed_numbers` returns."""
        return self.events_and_state(model, self._cache.listing(model, EVENT))[1]

    def events_and_state(
        self, model: str, listed: list[int] | None = None
    ) -> tuple[list[int], ModelState]:
        """List a model's events and compute the state after them.

        Only new events since the last call are read. A returned state is immutable.

        Parameters
        ----------
        model : str
            The model key.
        listed : list of int, optional
            The numbers of its events, if they are listed already.

        Returns
        -------
        numbers : list of int
            The numbers of the events, ascending.
        state : ModelState
            The state after these events.

        Notes
        -----
        An event that is damaged, or that its signer may not cause, is not followed: the state has
        it in ``problems``, and a message is logged once.
        """
        with self._lock:
            numbers = self.numbers(model, EVENT) if listed is None else listed
            if not numbers:
                self._states.pop(model, None)
                return numbers, ModelState()
            trust = self.trust_stamp()
            known = self._states.get(model)
            if known is None or not self._is_current(model, known, numbers, trust):
                known = _KnownState(ModelState(), trust)
            state = known.state
            added = numbers[bisect_right(numbers, state.highest) :]
            if added and added[-1] - state.highest != len(added):
                # A large folder is not listed in one step: an event that is written meanwhile
                # may be listed without the one before it.
                numbers = self.numbers(model, EVENT)
                added = numbers[bisect_right(numbers, state.highest) :]
            if added:
                events = (self._event(model, number) for number in added)
                state = state_after(state, events, KnownSigners(self._keyring))
                self._know(model, state, trust)
            return numbers, state

    def state_after(self, state: ModelState, event: Record) -> ModelState:
        """Return the state after a new event; the given state stays unchanged."""
        return state_after(state, [event], self._keyring)

    def trust_stamp(self) -> str:
        """Return a text that changes with the trusted signers and with the policy of aliases."""
        return self._keyring.trust_stamp()

    def _event(self, model: str, number: int) -> Record | UnreadableEvent:
        try:
            return self.read(model, number, EVENT)
        except (RecordError, IntegrityError) as error:
            key = event_key(model, number)
            reason = str(error).removeprefix(f"{key} ").split(". ")[0].rstrip(".")
            return UnreadableEvent(number, key, reason)

    def _is_current(self, model: str, known: _KnownState, numbers: list[int], trust: str) -> bool:
        """Return whether a state can be extended: no earlier event or signer has changed."""
        state = known.state
        suspects = ((n, p) for n, p in state.problems.items() if p.kind in _REPAIRABLE)
        return (
            bisect_right(numbers, state.highest) == state.count
            and known.trust == trust
            and all(
                self._is_unchanged(model, number, problem)
                for number, problem in islice(suspects, MAX_NAMES)
            )
        )

    def _is_unchanged(self, model: str, number: int, problem: EventProblem) -> bool:
        """Return whether an event still has the problem."""
        event = self._event(model, number)
        return (None if isinstance(event, UnreadableEvent) else event) == problem.record

    def _know(self, model: str, state: ModelState, trust: str) -> None:
        self._states[model] = _KnownState(state, trust)
        warn_of_problems(self._store.location, model, state.problems.values())

    def _remember_state(self, model: str, before: ModelState, after: ModelState) -> None:
        """Cache the state after an event that was just written, to avoid reading it."""
        with self._lock:
            known = self._states.get(model)
            if known is None and not before.count:
                self._know(model, after, self.trust_stamp())
            elif known is not None and known.state is before:
                self._know(model, after, known.trust)


@dataclass(frozen=True, slots=True)
class _KnownState:
    """A state, and the trust stamp that it was computed with."""

    state: ModelState
    trust: str
