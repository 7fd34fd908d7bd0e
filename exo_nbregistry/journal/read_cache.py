"""Snapshots and records that one thread keeps for the length of one look."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.record import Record


class Look(threading.local):
    """Snapshots and records, kept until the look ends. Outside of a look none are kept.

    Attributes
    ----------
    moment : object or None
        The same object until the look ends or this thread writes; None outside of a look.
    """

    moment: object | None = None

    def __init__(self) -> None:
        self._snapshots: dict[str, Snapshot] = {}
        self._records: dict[str, Record] = {}

    @contextmanager
    def begin(self) -> Iterator[None]:
        """Begin a look that lasts until the end of the block.

        A block within a block begins with new snapshots, which stay until the outer block ends.
        """
        outer = self.moment
        self._snapshots, self.moment = {}, object()
        try:
            yield
        finally:
            if outer is None:
                self._snapshots, self._records, self.moment = {}, {}, None

    def snapshot(self, model: str, take: Callable[[], Snapshot]) -> Snapshot:
        """Return the snapshot of a model that is kept, or else take it."""
        if self.moment is None:
            return take()
        return self._snapshots.setdefault(model, take())

    def record(self, key: str, read: Callable[[], Record]) -> Record:
        """Return the record that is kept, or else read it: records never change."""
        if self.moment is None:
            return read()
        if key not in self._records:
            self._records[key] = read()
        return self._records[key]

    def keep(self, record: Record) -> None:
        """Keep a record that need not be read again."""
        if self.moment is not None:
            self._records[record.key] = record

    def has(self, key: str) -> bool:
        """Return whether a record is kept."""
        return key in self._records

    def replace(self, snapshot: Snapshot) -> None:
        """Keep a newer snapshot of a model in place of an older one."""
        if self.moment is not None:
            self._snapshots[snapshot.model] = snapshot

    def written(self, record: Record, snapshot: Snapshot | None) -> None:
        """Keep a record that this thread has written, and the snapshot after it."""
        if self.moment is not None:
            self.moment = object()
            self.keep(record)
            self._snapshots.pop(record.model, None)
            if snapshot is not None:
                self._snapshots[record.model] = snapshot
