"""Read and check the records of each model, and compute its current state."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.journal.event_warnings import warn_of_problems
from exo_nbregistry.journal.events_checkpoint import EventsCheckpoints
from exo_nbregistry.journal.listings import Listings
from exo_nbregistry.journal.read_cache import FolderStamps, Reads
from exo_nbregistry.journal.record_files import MAX_AT_ONCE, Content, Place, RecordFiles
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.event_rules import UnreadableEvent, state_after, unreadable_event
from exo_nbregistry.records.event_signer import EventProblem
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import EVENT, VERSION, Record, skim_record
from exo_nbregistry.signing.keyring import Keyring, KnownSigners
from exo_nbregistry.store.base import Store
from exo_nbregistry.text.names import MAX_NAMES

# Problems that a restored file solves; one that was missing changes the numbers.
_REPAIRABLE = ("damaged", "chain", "signature")


class Reader(Listings):
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
        super().__init__(store)
        self._keyring = keyring
        self._registry_id = registry_id
        self._files = RecordFiles(store, registry_id, validate)
        self._states: dict[str, _KnownState] = {}
        self._lock = ProcessLock()
        self._checkpoints = EventsCheckpoints(
            store, keyring, registry_id, validate, self.checkpoint_numbers
        )

    def snapshot(self, model: str) -> Snapshot:
        """Return a snapshot of a model; its records are read on demand."""
        return self._cache.snapshot(model, lambda: Snapshot(self, model, self._swept(model)))

    def consistent_reads(self, reads: Reads | None = None) -> AbstractContextManager[Reads]:
        """Read each model from one snapshot, and each record once, within a ``with`` block.

        The block applies to the thread that enters it.

        Parameters
        ----------
        reads : Reads, optional
            The reads of an earlier block to continue with.
        """
        return self._cache.activate(reads)

    def shared_reads(self) -> AbstractContextManager[Reads]:
        """Continue with the reads of the block around it, or begin a `consistent_reads` block."""
        reads = self._cache.reads
        return self._cache.activate() if reads is None else nullcontext(reads)

    def generation(self) -> object | None:
        """Return an object that is the same while reads are served from the same snapshots.

        It is None outside of a `consistent_reads` block, where each call takes a new snapshot.
        """
        return self._cache.reads and self._cache.reads.generation

    def read(self, model: str, number: int, kind: str = VERSION) -> Record:
        """Read a record and check its integrity.

        Raises
        ------
        MissingKeyError
            If the record does not exist.
        RecordError, IntegrityError
            If the record is damaged.
        """
        place = Place(model, number, kind)
        return self._cache.record(place.key, lambda: self._files.read(place))

    def skim(self, model: str, number: int) -> Record:
        """Read a version's record for a listing, with the same checks in half the time.

        Raises
        ------
        MissingKeyError, RecordError, IntegrityError
            As `read`.
        """
        place = Place(model, number)
        if self._cache.has_record(place.key):
            return self.read(model, number)
        return self._files.read(place, skim_record)

    def read_many(
        self, model: str, numbers: Sequence[int], kind: str = VERSION
    ) -> Iterator[Content]:
        """Read the files of several records from the store; yield each record or its error."""
        return self._files.read_many([Place(model, number, kind) for number in numbers])

    @property
    def reads_ahead(self) -> bool:
        """Whether records stay in memory, so that `read_ahead` saves time."""
        return self._files.are_remembered

    def read_ahead(self, places: Sequence[Place], *, again: Sequence[Place] = ()) -> None:
        """Read several records at once, if records stay in memory.

        Parameters
        ----------
        places : sequence of Place
            Records that are read if their contents are not in memory.
        again : sequence of Place
            Records that are read although their contents may be in memory.
        """
        self._files.read_ahead(places, again=again)

    def new_events(self, model: str, stamps: FolderStamps | None = None) -> list[int]:
        """Return the events, as `listed_numbers` does, that `state` has not read yet."""
        known = self._states.get(model)
        numbers = self.listed_numbers(model, EVENT, stamps)
        return numbers[bisect_right(numbers, known.state.highest if known else 0) :]

    def ahead(self, model: str, numbers: Sequence[int], kind: str = VERSION) -> Iterator[int]:
        """Yield the numbers of records to read, of which several are read ahead at once."""
        if not self._files.are_remembered:
            yield from numbers
            return
        for start in range(0, len(numbers), MAX_AT_ONCE):
            part = numbers[start : start + MAX_AT_ONCE]
            self._files.read_ahead([Place(model, number, kind) for number in part])
            yield from part

    def state(self, model: str) -> ModelState:
        """Return the current state of a model, computed from its events."""
        return self.events_and_state(model)[1]

    def listed_state(self, model: str, stamps: FolderStamps | None = None) -> ModelState:
        """Return the state after the events that `listed_numbers` returns."""
        return self.events_and_state(model, self._known_numbers(model, EVENT, stamps))[1]

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
                events = self._checkpoints.load(model, added, self._events)
                state = state_after(state, events, KnownSigners(self._keyring))
                self._know(model, state, trust)
            return numbers, state

    def state_after(self, state: ModelState, event: Record) -> ModelState:
        """Return the state after a new event; the given state stays unchanged."""
        return state_after(state, [event], self._keyring)

    def trust_stamp(self) -> str:
        """Return a text that changes with the trusted signers and with the policy of aliases."""
        return self._keyring.trust_stamp()

    def _events(self, model: str, numbers: Sequence[int]) -> Iterator[Record | UnreadableEvent]:
        return (self._event(model, number) for number in self.ahead(model, numbers, EVENT))

    def _event(self, model: str, number: int) -> Record | UnreadableEvent:
        try:
            return self.read(model, number, EVENT)
        except (RecordError, IntegrityError) as error:
            return unreadable_event(model, number, error)

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
