"""A cache of snapshots and records for consistent reads within a ``with`` block."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.record import Record


class ReadCache(threading.local):
    """Cache of snapshots and records for each thread, used within an `activate` block only.

    Attributes
    ----------
    generation : object or None
        An object that is replaced when a block begins and when this thread writes a record. None
        outside of a block.
    """

    generation: object | None = None

    def __init__(self) -> None:
        self._snapshots: dict[str, Snapshot] = {}
        self._records: dict[str, Record] = {}

    @contextmanager
    def activate(self) -> Iterator[None]:
        """Use the cache until the end of the block.

        An inner block starts with new snapshots; they are kept until the outer block ends.
        """
        outer = self.generation
        self._snapshots, self.generation = {}, object()
        try:
            yield
        finally:
            if outer is None:
                self._snapshots, self._records, self.generation = {}, {}, None

    def snapshot(self, model: str, take: Callable[[], Snapshot]) -> Snapshot:
        """Return the cached snapshot of a model, or take a new one."""
        if self.generation is None:
            return take()
        return self._snapshots.setdefault(model, take())

    def record(self, key: str, read: Callable[[], Record]) -> Record:
        """Return the cached record, or read it. Records never change."""
        if self.generation is None:
            return read()
        if key not in self._records:
            self._records[key] = read()
        return self._records[key]

    def add_record(self, record: Record) -> None:
        """Cache a record."""
        if self.generation is not None:
            self._records[record.key] = record

    def has_record(self, key: str) -> bool:
        """Return whether a record is cached."""
        return key in self._records

    def replace_snapshot(self, snapshot: Snapshot) -> None:
        """Replace the cached snapshot of a model with a newer one."""
        if self.generation is not None:
            self._snapshots[snapshot.model] = snapshot

    def add_written(self, record: Record, snapshot: Snapshot | None) -> None:
        """Cache a record that this thread has written, and the snapshot after it."""
        if self.generation is not None:
            self.generation = object()
            self.add_record(record)
            self._snapshots.pop(record.model, None)
            if snapshot is not None:
                self._snapshots[record.model] = snapshot
