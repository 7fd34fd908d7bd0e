"""A cache of what a ``with`` block reads, so that its results are consistent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.record import Record

FolderStamps = dict[str, tuple[int, ...]]


class Reads:
    """The reads of a block. A later block can continue with them, in any thread.

    Attributes
    ----------
    generation : object
        An object that is replaced when the block writes a record.
    snapshots : dict of str to Snapshot
        Snapshots by model.
    records : dict of str to Record
        Records by key.
    listings : dict of (str, str) to list of int
        Numbers by model and kind, each listed after the stamps of the folders.
    stamps : dict or None
        Stamps of the folders; None before they are read and after a write.
    """

    def __init__(self, records: dict[str, Record] | None = None) -> None:
        self.records = {} if records is None else records
        self.snapshots: dict[str, Snapshot] = {}
        self.begin()

    def begin(self) -> None:
        """Remove the stamps and the listings, which a write changes."""
        self.generation = object()
        self.listings: dict[tuple[str, str], list[int]] = {}
        self.stamps: FolderStamps | None = None
        self._timed_ns = 0

    def read_stamps(self, read: Callable[[], FolderStamps]) -> FolderStamps:
        """Return the stamps of the folders, read once."""
        if self.stamps is None:
            self._timed_ns = time.monotonic_ns()
            # An earlier listing can miss a record that the stamps include.
            self.listings = {}
            self.stamps = read()
        return self.stamps

    @property
    def age_ns(self) -> int:
        """Nanoseconds since the stamps were read; 0 if they were not."""
        return 0 if self.stamps is None else time.monotonic_ns() - self._timed_ns


class ReadCache(threading.local):
    """The reads of the block of each thread.

    Attributes
    ----------
    reads : Reads or None
        Reads of the block; None outside of a block.
    """

    reads: Reads | None = None

    @contextmanager
    def activate(self, reads: Reads | None = None) -> Iterator[Reads]:
        """Use the cache until the end of the block.

        An inner block starts with new snapshots; they are kept until the outer block ends.

        Parameters
        ----------
        reads : Reads, optional
            The reads of an earlier block to continue with.
        """
        outer = self.reads
        self.reads = inner = reads or Reads(outer.records if outer else None)
        try:
            yield inner
        finally:
            if outer is None:
                self.reads = None

    def snapshot(self, model: str, take: Callable[[], Snapshot]) -> Snapshot:
        """Return the cached snapshot of a model, or take a new one."""
        if self.reads is None:
            return take()
        if model not in self.reads.snapshots:
            self.reads.snapshots[model] = take()
        return self.reads.snapshots[model]

    def record(self, key: str, read: Callable[[], Record]) -> Record:
        """Return the cached record, or read it. Records never change."""
        if self.reads is None:
            return read()
        if key not in self.reads.records:
            self.reads.records[key] = read()
        return self.reads.records[key]

    def add_record(self, record: Record) -> None:
        """Cache a record."""
        if self.reads is not None:
            self.reads.records[record.key] = record

    def has_record(self, key: str) -> bool:
        """Return whether a record is cached."""
        return self.reads is not None and key in self.reads.records

    def add_listing(self, model: str, kind: str, numbers: list[int]) -> None:
        """Cache a listing, if it is younger than the stamps of the block."""
        if self.reads is not None and self.reads.stamps is not None:
            self.reads.listings[model, kind] = numbers

    def listing(self, model: str, kind: str) -> list[int] | None:
        """Return the cached listing, or None."""
        return None if self.reads is None else self.reads.listings.get((model, kind))

    def replace_snapshot(self, snapshot: Snapshot) -> None:
        """Replace the cached snapshot of a model with a newer one."""
        if self.reads is not None:
            self.reads.snapshots[snapshot.model] = snapshot

    def add_written(self, record: Record, snapshot: Snapshot | None) -> None:
        """Cache a record that this thread has written, and the snapshot after it."""
        if self.reads is not None:
            self.reads.begin()
            self.add_record(record)
            self.reads.snapshots.pop(record.model, None)
            if snapshot is not None:
                self.reads.snapshots[record.model] = snapshot
