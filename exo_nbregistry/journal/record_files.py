"""The files of records: read, check and remember them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError, StoreError
from exo_nbregistry.journal.record_memory import RecordMemory
from exo_nbregistry.records.record import EVENT, VERSION, Record, parse_record
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import event_key, version_key

KEYS = {VERSION: version_key, EVENT: event_key}
# Records that are read at once are in memory together.
MAX_AT_ONCE = 256


class Place(NamedTuple):
    """Model, number and kind of a record."""

    model: str
    number: int
    kind: str = VERSION

    @property
    def key(self) -> str:
        """Store key of the record."""
        return KEYS[self.kind](self.model, self.number)


class Content(NamedTuple):
    """A record and the bytes of its file, or the error of a file that cannot be used."""

    data: bytes
    record: Record | None
    error: RecordError | IntegrityError | StoreError | None

    def checked(self) -> Record:
        """Return the record, or raise the error."""
        if self.record is None:
            raise self.error or AssertionError
        return self.record


class RecordFiles:
    """Reader of the files of records. Threads can share it.

    If each read is a request, as in a bucket, the contents of the records that were used last stay
    in memory: a record never changes.

    Parameters
    ----------
    store : Store
        The store of the records.
    registry_id : callable
        Returns the ID of the registry, or None if it is not known.
    validate : callable
        Takes each record that was read, and returns it or raises RecordError.
    """

    def __init__(
        self,
        store: Store,
        registry_id: Callable[[], str | None],
        validate: Callable[[Record], Record],
    ) -> None:
        self._store = store
        self._registry_id = registry_id
        self._validate = validate
        # A file in a folder can be damaged and restored, and reading it again takes little time.
        is_bucket = store.durable_reads and not store.settles
        self._memory = RecordMemory() if is_bucket else None

    @property
    def are_remembered(self) -> bool:
        """Whether records stay in memory, so that reading several of them ahead saves time."""
        return self._memory is not None

    def read(
        self, place: Place, parse: Callable[..., Record] = parse_record, *, again: bool = False
    ) -> Record:
        """Read and check a record.

        Parameters
        ----------
        place : Place
            The record.
        parse : callable
            `parse_record` or `skim_record`.
        again : bool
            If True, read the file although its content is in memory.

        Raises
        ------
        MissingKeyError
            If the record does not exist.
        RecordError, IntegrityError
            If the record is damaged.
        """
        key, memory = place.key, self._memory
        data = None if again or memory is None else memory.get(key)
        if memory is not None and data is not None:
            try:
                return self._parsed(data, place, parse)
            except (RecordError, IntegrityError):
                # The file may have been restored since.
                memory.remove(key)
        try:
            data = self._store.read(key, max_bytes=MAX_RECORD_BYTES)
        except StoreError as error:
            self._check_regular_file(key, error)
            raise
        record = self._parsed(data, place, parse)
        self.add(key, data)
        return record

    def read_many(
        self, places: Sequence[Place], parse: Callable[..., Record] = parse_record
    ) -> Iterator[Content]:
        """Read and check the files of several records, in their order.

        Parameters
        ----------
        places : sequence of Place
            The records.
        parse : callable
            `parse_record` or `skim_record`.

        Yields
        ------
        Content
            For each record, the record and its bytes, or the error that `read` would raise.
        """
        keys = [place.key for place in places]
        found = self._store.read_many(keys, max_bytes=MAX_RECORD_BYTES)
        for place, data in zip(places, found, strict=True):
            try:
                if isinstance(data, StoreError):
                    self._check_regular_file(place.key, data)
                    raise data
                record = self._parsed(data, place, parse)
            except (RecordError, IntegrityError, StoreError) as error:
                yield Content(b"" if isinstance(data, StoreError) else data, None, error)
            else:
                self.add(place.key, data)
                yield Content(data, record, None)

    def read_ahead(self, places: Sequence[Place], *, again: Sequence[Place] = ()) -> None:
        """Read the contents of several records at once, if they stay in memory.

        A content that cannot be read is left to `read`, which raises the error.

        Parameters
        ----------
        places : sequence of Place
            Records that are read if their contents are not in memory.
        again : sequence of Place
            Records that are read although their contents may be in memory.
        """
        memory = self._memory
        if memory is None:
            return
        keys = {place.key: None for place in places if place.key not in memory}
        keys |= dict.fromkeys(place.key for place in again)
        if len(keys) < 2 and not again:
            return
        found = self._store.read_many(keys, max_bytes=MAX_RECORD_BYTES)
        for key, data in zip(keys, found, strict=True):
            if isinstance(data, bytes):
                memory.add(key, data)
            else:
                memory.remove(key)

    def add(self, key: str, data: bytes) -> None:
        """Keep the content of a record that was read or written."""
        if self._memory is not None:
            self._memory.add(key, data)

    def _parsed(self, data: bytes, place: Place, parse: Callable[..., Record]) -> Record:
        return self._validate(
            parse(data, key=place.key, registry_id=self._registry_id(), **place._asdict())
        )

    def _check_regular_file(self, key: str, error: StoreError) -> None:
        """Raise RecordError if the record is damaged: not a regular file, or too large."""
        if isinstance(error, MissingKeyError):
            return
        existing = self._store.info(key)
        if existing and (existing.kind != "file" or existing.size_bytes > MAX_RECORD_BYTES):
            raise RecordError(
                f"{key} is not a regular file of at most {MAX_RECORD_BYTES:,} bytes. Restore it "
                "from a copy of the registry; verify() lists all damage.",
                key=key,
            ) from None
