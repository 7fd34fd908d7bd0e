"""Updates of the index from the registry, which read only new records.

The stamp of a folder is its modification time. If it was read more than two seconds later, any
further change gives another time, so an equal time means an unchanged folder. Some file systems
have a coarse clock, so a folder with a more recent time is listed at each call.
Source: git's rule for racy files (git/Documentation/technical/racy-git.adoc).
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from functools import partial

from exo_nbregistry.index.checkpoint import Checkpoints
from exo_nbregistry.index.database import transaction
from exo_nbregistry.index.marks import (
    DAMAGED,
    MALFORMED,
    Mark,
    contradicts,
    read_digest,
    read_mark,
    write_mark,
)
from exo_nbregistry.index.omitted import OmittedVersions
from exo_nbregistry.index.progress_bar import progress_bar
from exo_nbregistry.index.read_ahead import models_ahead
from exo_nbregistry.index.restored_index import confirm_stamps, reset_marks
from exo_nbregistry.index.schema import make_row, named_versions
from exo_nbregistry.index.source import Source
from exo_nbregistry.index.trust import first_trust, read_trust, write_trust
from exo_nbregistry.index.writer import Writer
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import EVENT, VERSION
from exo_nbregistry.values.reference import is_model_key

log = logging.getLogger("exo_nbregistry")
_SETTLED_NS = 2 * 10**9
_FAR_FUTURE = 1 << 64
_UNSETTLED = (0, 0)


class Freshness:
    """Tracks which records are indexed, and adds the new ones.

    Parameters
    ----------
    source : Source
        The registry.
    clock_ns : callable
        Returns the current time in nanoseconds since 1970.
    checkpoints : Checkpoints or None
        The checkpoints of the registry, from which an empty index is filled.
    """

    def __init__(
        self, source: Source, clock_ns: Callable[[], int], checkpoints: Checkpoints | None = None
    ) -> None:
        self._source = source
        self._clock_ns = clock_ns
        self._checkpoints = checkpoints
        self._n_unsaved = 0
        # Records that are read and to read; other threads read it without a lock.
        self.indexing: tuple[int, int] | None = None
        self._omitted = OmittedVersions()
        self.reset()

    def reset(self) -> None:
        """Reset the known state of the index after it was replaced or a write was rolled back."""
        self._data_version = -1
        self._folders: dict[str, tuple[int, ...]] = {}
        self._writer: Writer | None = None
        self._generation: object | None = None
        # Models that were refreshed in this generation; None for all models.
        self._refreshed: set[str | None] = set()
        self._trust: str | None = None

    def start(self, index: sqlite3.Connection, *, progress: bool) -> bool:
        """Fill an empty index from a checkpoint; return whether it was filled and refreshed."""
        if not self._checkpoints or not self._checkpoints.restore(index, progress=progress):
            return False
        confirm_stamps(index, self._source)
        self.reset()
        self._recall(index)
        before = self._folders.copy()
        self.refresh(index, None, progress=progress)
        # After a copy to another store, the newest version and event of each model were read.
        self._n_unsaved += 2 * len(before.items() - self._folders.items())
        reset_marks(index)
        return True

    def save(self, index: sqlite3.Connection) -> None:
        """Write a checkpoint if many records were read from their files."""
        if self._checkpoints and self._checkpoints.save(index, self._n_unsaved):
            self._n_unsaved = 0

    def refresh(self, index: sqlite3.Connection, model: str | None, *, progress: bool) -> None:
        """Add the new records to the index.

        Parameters
        ----------
        index : sqlite3.Connection
            The index.
        model : str or None
            Key of a model; None refreshes all models.
        progress : bool
            Whether to show a progress bar if there are many records to read.
        """
        self._recall(index)
        # With other trusted signers, other events are followed.
        trust = self._source.trust_stamp()
        self._trust = self._trust or first_trust(index, trust)
        is_outdated = trust != self._trust
        model = None if is_outdated else model
        generation = self._source.generation()
        if generation is None or generation is not self._generation:
            self._generation, self._refreshed = generation, set()
        elif not is_outdated and not self._refreshed.isdisjoint((model, None)):
            return
        self._refresh(index, model, trust if is_outdated else None, progress=progress)
        self._refreshed.add(model)

    def _refresh(
        self, index: sqlite3.Connection, model: str | None, trust: str | None, *, progress: bool
    ) -> None:
        now = self._clock_ns() if self._source.settles else _FAR_FUTURE
        found = self._source.stamps(model)
        now -= self._source.age_ns()
        if found == self._folders and trust is None:
            return
        # There may be thousands of names; only those with a different time are checked.
        stale = [
            name
            for name, at in found.items()
            if (self._folders.get(name) != at or (trust is not None and at[1]))
            and at[0]
            and is_model_key(name)
        ]
        known = self._folders if model is None else {model} & self._folders.keys()
        removed = [name for name in known if not found.get(name, _UNSETTLED)[0]]
        if not stale and not removed and trust is None:
            return
        try:
            self._update_models(index, stale, found, removed, now, progress, trust)
        except BaseException:
            self.reset()
            raise
        finally:
            self.indexing = None
            self._omitted.warn()

    def _recall(self, index: sqlite3.Connection) -> None:
        """Reload the indexed folders if another kernel has changed the index."""
        version = int(index.execute("PRAGMA data_version").fetchone()[0])
        if version != self._data_version:
            rows = index.execute("SELECT model, versions_ns, events_ns FROM folders")
            self._folders = {model: (versions, events) for model, versions, events in rows}
            self._trust = read_trust(index)
            self._writer = None
            self._data_version = version

    def has_own_trust(self, index: sqlite3.Connection) -> bool:
        """Return whether the rows were computed with the trusted signers of this kernel."""
        return self._trust is not None and read_trust(index) == self._trust

    def _update_models(
        self,
        index: sqlite3.Connection,
        stale: list[str],
        found: dict[str, tuple[int, ...]],
        removed: list[str],
        now: int,
        progress: bool,
        trust: str | None,
    ) -> None:
        self._writer = writer = self._writer or Writer(index)
        with transaction(index, "BEGIN IMMEDIATE"):
            for model in removed:
                writer.remove_model(model)
                self._folders.pop(model)
            listed = {model: self._source.listed_numbers(model, VERSION, found) for model in stale}
            total, done = sum(map(len, listed.values())), 0
            with progress_bar("Indexing", total, "versions", progress=progress) as step:
                for model in models_ahead(index, writer, self._source, listed, found):
                    at = found[model]
                    self.indexing = (done, total)
                    self._read(
                        *(index, writer, model, listed[model]),
                        stamps=found if at[1] else None,
                        is_outdated=trust is not None,
                    )
                    self._settle(index, model, at if now - max(at) > _SETTLED_NS else _UNSETTLED)
                    step(len(listed[model]))
                    done += len(listed[model])
            writer.finish()
            if trust is not None:
                write_trust(index, trust)
                self._trust = trust

    def _settle(self, index: sqlite3.Connection, model: str, at: tuple[int, ...]) -> None:
        if self._folders.get(model) != at:
            # Of a model with an unreadable record, the next kernel reads that record again: it may
            # be restored, and it is named once in each kernel.
            stored = _UNSETTLED if self._omitted.has(model) else at
            index.execute("INSERT OR REPLACE INTO folders VALUES (?, ?, ?)", (model, *stored))
            self._folders[model] = at

    def _read(
        self,
        index: sqlite3.Connection,
        writer: Writer,
        model: str,
        numbers: list[int],
        *,
        stamps: dict[str, tuple[int, ...]] | None,
        is_outdated: bool,
    ) -> None:
        """Read the new records of a model; it has events if `stamps` are given."""
        state: ModelState | None = ModelState()
        if stamps is not None:
            state = self._state(model, partial(self._source.listed_state, stamps=stamps))
        known = writer.known(model)
        mark = read_mark(index, model, VERSION)
        latest = numbers[-1] if numbers else 0
        replaced = contradicts(self._source, mark, latest)
        if replaced or known.keys() - set(numbers):
            # Another kernel may have added versions in the meantime.
            numbers = self._source.numbers(model)
            latest = numbers[-1] if numbers else 0
            replaced = contradicts(self._source, mark, latest)
        valid = set() if replaced else set(numbers)
        writer.remove([known.pop(number) for number in known.keys() - valid])
        if state is not None:
            state = self._update_events(
                *(index, writer, model, state), changes_rows=bool(known), is_outdated=is_outdated
            )
        new = [number for number in numbers if number not in known]
        digest = self._add(writer, model, new, state or ModelState())
        self._n_unsaved += len(new)
        if mark is None or mark.found != latest or replaced:
            if not new or new[-1] != latest or not digest:
                digest = read_digest(self._source, model, VERSION, latest)
            found = Mark(model, VERSION, latest, digest, latest, digest, int(replaced))
            write_mark(index, mark, found)

    def _update_events(
        self,
        index: sqlite3.Connection,
        writer: Writer,
        model: str,
        state: ModelState,
        *,
        changes_rows: bool,
        is_outdated: bool,
    ) -> ModelState:
        """Update the rows and the mark from a state of the journal, and return that state."""
        mark = read_mark(index, model, EVENT)
        # Read once: number and check must be of the same event.
        number = state.highest
        changed = contradicts(self._source, mark, number)
        if changed:
            # The state may be older than the mark, which another kernel has just written.
            state = self._state(model, self._source.state) or state
            number = state.highest
            changed = contradicts(self._source, mark, number)
        check = state.checks.get(number, "")
        self._n_unsaved += max(0, number - (mark.found if mark else 0))
        if is_outdated or changed or number != (mark.found if mark else 0):
            if changes_rows:
                writer.update_journal_fields(model, state)
            found = Mark(model, EVENT, number, check, number, check, int(changed))
            write_mark(index, mark, found)
        return state

    def _add(self, writer: Writer, model: str, numbers: list[int], state: ModelState) -> str:
        """Add versions, and return the check of the last one, or "" if it is unreadable."""
        named = named_versions(state)
        digest = ""
        for number in self._source.ahead(model, numbers):
            digest = ""
            try:
                record = self._source.skim(model, number)
                writer.add(model, make_row(record, state, named))
            except (*DAMAGED, *MALFORMED) as error:
                self._omitted.add(model, number, error)
                continue
            self._omitted.remove(model, number)
            digest = record.check
            if self.indexing is not None:
                self.indexing = (self.indexing[0] + 1, self.indexing[1])
        return digest

    def _state(self, model: str, read: Callable[[str], ModelState]) -> ModelState | None:
        try:
            return read(model)
        except DAMAGED as error:
            log.warning("The journal of %s is omitted from listings: %s", model, error)
            return None
