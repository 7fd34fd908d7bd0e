"""Copy the versions of a store into the registry: files several at a time, records in order."""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from exo_nbregistry.config import get_provenance
from exo_nbregistry.errors import RecordError, StoreError
from exo_nbregistry.introspection.provenance import current_user
from exo_nbregistry.migration.alias_changes import alias_changes
from exo_nbregistry.migration.description import (
    describe_artifact,
    describe_code,
    describe_version,
)
from exo_nbregistry.migration.inspection import Inspections
from exo_nbregistry.migration.names import key_of, tool_name
from exo_nbregistry.migration.numbering import keeps_number
from exo_nbregistry.migration.packing import pack_files, pack_history
from exo_nbregistry.migration.planning import known_number, unreadable
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.moved_aliases import move_aliases
from exo_nbregistry.registry.moved_deletions import move_deletions
from exo_nbregistry.registry.moving_in import FILES, IncomingPayloads, ModelMoveIn
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.sources.found import FoundModel, FoundVersion, Source

_WORKERS = 8


@dataclass(frozen=True, slots=True)
class _Placed:
    """A version whose files are in the registry, and which has no record yet."""

    found: FoundVersion
    metadata: ModelMetadata
    payloads: IncomingPayloads


class Execution:
    """Moves models into a registry.

    Parameters
    ----------
    source : Source
        The store.
    workspace : Workspace
        The open registry.
    files : Inspections
        The inspected files.
    trusted : bool
        Whether the user trusts the files.
    report : callable
        Takes the number of bytes of each step; it is called by one thread at a time.

    Attributes
    ----------
    versions, present, aliases, deleted, size_bytes : int
        As in `MoveInResult`.
    problems : list of str
        Sentences about versions and aliases that were not moved in.
    """

    def __init__(
        self,
        source: Source,
        workspace: Workspace,
        files: Inspections,
        *,
        trusted: bool,
        report: Callable[[int], object],
    ) -> None:
        self._source = source
        self._work = workspace
        self._files = files
        self._trusted = trusted
        self._report = report
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._user = None if get_provenance() == "none" else current_user()
        self.versions = self.present = self.aliases = self.deleted = self.size_bytes = 0
        self.problems: list[str] = []

    def run(self, models: Iterable[FoundModel]) -> None:
        """Move the models in, one after the other.

        Parameters
        ----------
        models : iterable of FoundModel
            Models whose names have a key here.

        Raises
        ------
        StoreError
            If the registry cannot be written. A later call continues.
        """
        pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="exo-nbregistry-move-in")
        try:
            for model in models:
                self._move(model, pool)
        except BaseException:
            self._stopped.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _move(self, model: FoundModel, pool: ThreadPoolExecutor) -> None:
        key = key_of(model.name)
        assert key is not None
        move = ModelMoveIn(self._work, key)
        place = partial(self._place, model, move)
        current: list[tuple[str, str]] = []
        deleted: list[str] = []
        later: set[str] = set()
        for placed in _ahead(pool, place, self._kept(model, move, current, deleted, later)):
            if placed is not None and not self._add(move, placed, placed.found.number):
                later.add(placed.found.source_id)
        if later:
            others = (v for v in self._source.versions(model.name) if v.source_id in later)
            for placed in _ahead(pool, place, others):
                if placed is not None:
                    self._add(move, placed, None)
        # Last, so that an alias never points to a version that does not exist.
        changes, _ = alias_changes(model, current, self._source.kind, move.number_of)
        moved = move_aliases(self._work, key, changes)
        self.aliases += moved.written
        self.problems += moved.problems
        # After the aliases, whose history can name a version that was deleted later.
        numbers = [number for number in map(move.number_of, deleted) if number]
        tool = tool_name(self._source.kind)
        count, problems = move_deletions(self._work, key, numbers, tool)
        self.deleted += count
        self.problems += problems

    def _kept(
        self,
        model: FoundModel,
        move: ModelMoveIn,
        current: list[tuple[str, str]],
        deleted: list[str],
        later: set[str],
    ) -> Iterator[FoundVersion]:
        """Yield the new versions that keep their numbers; collect the rest by id."""
        last = move.last
        for found in self._source.versions(model.name):
            current += [(alias, found.source_id) for alias in found.aliases]
            if found.deleted:
                deleted.append(found.source_id)
            try:
                if known_number(found, move, self._files) is not None:
                    self.present += 1
                    continue
            except OSError as error:
                self.problems.append(unreadable(found, error))
                continue
            if found.number is not None and keeps_number(found.number, last):
                last = found.number
                yield found
            else:
                later.add(found.source_id)

    def _place(self, model: FoundModel, move: ModelMoveIn, found: FoundVersion) -> _Placed | None:
        """Copy the files of a version; several threads do so at the same time."""
        try:
            metadata, payloads = self._describe(model, move, found)
            artifact = payloads.place(self._work.store, move.key, self._advance)
            self._advance(sum(file.size_bytes for file in found.files.values()))
        except StoreError:
            raise
        except OSError as error:
            problem = unreadable(found, error)
        except RecordError as error:
            problem = f"{found.source_id} was not moved in: {error}"
        else:
            return _Placed(found, dataclasses.replace(metadata, artifact=artifact), payloads)
        with self._lock:
            self.problems.append(problem)
        return None

    def _describe(
        self, model: FoundModel, move: ModelMoveIn, found: FoundVersion
    ) -> tuple[ModelMetadata, IncomingPayloads]:
        metadata = describe_version(
            found,
            model,
            key=move.key,
            tool=tool_name(self._source.kind),
            trusted=self._trusted,
            now=self._work.now(),
            user=self._user,
        )
        attachments = pack_history(found)
        if found.files:
            attachments[FILES] = pack_files(found.files, FILES)
        artifact = path = None
        if found.model_file is not None:
            seen = self._files.of(found.source_id, found.model_file)
            artifact, path = describe_artifact(seen), found.model_file.path
            metadata = dataclasses.replace(metadata, code=describe_code(found, seen))
        payloads = IncomingPayloads(model=path, artifact=artifact, attachments=attachments)
        named = {name: item.artifact for name, item in attachments.items()}
        return dataclasses.replace(metadata, attachments=named), payloads

    def _add(self, move: ModelMoveIn, placed: _Placed, wanted: int | None) -> bool:
        """Write the record of a version; return False if its number was taken meanwhile."""

        def place_again() -> None:
            placed.payloads.place(self._work.store, move.key)

        try:
            number, added = move.add(placed.metadata, wanted, place_again)
        except RecordError as error:
            self.problems.append(f"{placed.found.source_id} was not moved in: {error}")
            return True
        if number is None:
            return False
        self.versions += added
        self.present += not added
        if added:
            stored = [placed.metadata.artifact, *placed.metadata.attachments.values()]
            self.size_bytes += sum(item.size_bytes for item in stored if item)
        return True

    def _advance(self, n_bytes: int) -> None:
        if self._stopped.is_set():
            raise InterruptedError("the move-in was stopped")
        with self._lock:
            self._report(n_bytes)


def _ahead(
    pool: ThreadPoolExecutor,
    call: Callable[[FoundVersion], Any],
    items: Iterable[FoundVersion],
) -> Iterator[Any]:
    """Yield the results of a function in order, while threads compute those of the next items."""
    waiting: deque[Future[Any]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(call, item))
            if len(waiting) >= _WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
