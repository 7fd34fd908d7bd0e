"""The index: list, search and rank all versions of a registry.

The index is derived from the registry, which is a `Source`. Each call first checks which folders
have changed and reads the new records. Deleting the index file does not change any result.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from exo_nbregistry.errors import IntegrityError, QueryError
from exo_nbregistry.index.checkpoint import Checkpoints
from exo_nbregistry.index.database import IndexFile, transaction
from exo_nbregistry.index.field_values import facts_digests, field_names, field_values
from exo_nbregistry.index.filter_language import NAMED_GROUPS
from exo_nbregistry.index.marks import DAMAGED, Mark, confirmed_marks
from exo_nbregistry.index.metric_queries import MetricFacts, best, measured, metric_facts
from exo_nbregistry.index.model_queries import names, series
from exo_nbregistry.index.queries import where_clause
from exo_nbregistry.index.refresh import Freshness
from exo_nbregistry.index.source import Source
from exo_nbregistry.index.sql_condition import Condition
from exo_nbregistry.index.unknown_field import named_error, unknown_field
from exo_nbregistry.index.version_search import SearchResult, version_search
from exo_nbregistry.index.writer import remove_version
from exo_nbregistry.records.metric_series import Measurements
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import Record
from exo_nbregistry.views.model_table import Summaries

_FEW = 100
# Another kernel with other trusted signers may update the rows before each attempt.
_MAX_ATTEMPTS = 20
_Result = TypeVar("_Result")


class Index:
    """Search over all versions of a registry.

    Parameters
    ----------
    source : Source
        The registry.
    path : Path or None
        Path of the index file; None for an index in memory.
    clock_ns : callable
        Returns the current time in nanoseconds since 1970.
    progress : bool
        Whether to show a progress bar if there are many records to read.
    checkpoints : Checkpoints or None
        The checkpoints of the registry; by default, none is read or written.
    """

    def __init__(
        self,
        source: Source,
        path: Path | None = None,
        *,
        clock_ns: Callable[[], int] = time.time_ns,
        progress: bool = True,
        checkpoints: Checkpoints | None = None,
    ) -> None:
        self._file = IndexFile(path)
        self._source = source
        self._freshness = Freshness(source, clock_ns, checkpoints)
        self._progress = progress
        self._lock = self._file.lock()

    @property
    def indexing(self) -> tuple[int, int] | None:
        """Number of records that another thread has read and reads now; None if it reads none."""
        return self._freshness.indexing

    def refresh(self, model: str | None = None) -> None:
        """Read the new records of the registry.

        Parameters
        ----------
        model : str or None
            Key of a model; None refreshes all models.
        """
        self._query(model, lambda _index: None)

    def search(
        self,
        where: str | None = None,
        order_by: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        model: str | None = None,
        include_deleted: bool = False,
        fold_children: bool = False,
    ) -> SearchResult:
        """Return the matching versions.

        Parameters
        ----------
        where : str or None
            A filter, see `exo_nbregistry.index.filter_language`.
        order_by : str or sequence of str or None
            Sort fields, preceded by ``-`` to sort descending. Numbers come before text, and
            missing values always come last. Ties are sorted by created_at and version, newest
            first. The default order is by model and version.
        limit : int or None
            Maximum number of versions.
        offset : int
            Number of versions to skip.
        model : str or None
            Key of the only model to search.
        include_deleted : bool
            Whether to include deleted and purged versions.
        fold_children : bool
            Whether to omit the versions that `exo_nbregistry.index.folding` folds.

        Returns
        -------
        SearchResult
            The versions, in order, and their number without the limit.

        Raises
        ------
        QueryError
            If `where` or `order_by` is invalid.
        """
        condition = self._condition(where, model, include_deleted)
        given = [order_by] if isinstance(order_by, str) else list(order_by or ())
        task = version_search(condition, given, limit, offset, fold_children=fold_children)
        return self._query(model, lambda index: task(index, self._read, self._source.read_ahead))

    def names(
        self,
        where: str | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        include_deleted: bool = False,
    ) -> tuple[Summaries, tuple[str, ...]]:
        """Return the models with a matching version, without metrics, and unknown sort fields."""
        condition = self._condition(where, None, include_deleted)
        args = (condition, order_by, -1 if limit is None else limit, offset)
        return self._query(None, lambda index: names(index, *args, include_deleted=include_deleted))

    def series(
        self, metrics: Mapping[str, str], include_deleted: bool = False
    ) -> dict[str, tuple[tuple[int, float], ...]]:
        """Return a metric of the last versions of each model, as (version, value) pairs."""
        return self._query(list(metrics), lambda index: series(index, metrics, include_deleted))

    def measured(
        self, metric: str | None, where: str | None = None, model: str | None = None
    ) -> Measurements:
        """Return a metric of the matching versions; by default their usual metric."""
        condition = self._condition(where, model)
        return self._query(model, lambda index: measured(index, condition, metric))

    def best(
        self,
        metric: str,
        *,
        higher_is_better: bool,
        where: str | None = None,
        model: str | None = None,
    ) -> tuple[str, int] | None:
        """Return model key and version with the best value, or None; the newest one of a tie.

        Parameters
        ----------
        metric : str
            Name of the metric, such as ``f1_score``.
        higher_is_better : bool
            Whether a higher value is better.
        where : str or None
            A filter.
        model : str or None
            Key of the only model to search.
        """
        condition = self._condition(where, model)
        return self._query(
            model,
            lambda index: best(index, condition, metric, higher_is_better=higher_is_better),
        )

    def metric_facts(
        self, metric: str | None, where: str | None = None, model: str | None = None
    ) -> MetricFacts:
        """Return which metrics the matching versions have, or how a metric was measured."""
        condition = self._condition(where, model)
        return self._query(model, lambda index: metric_facts(index, condition, metric))

    def known_fields(self, group: str) -> list[str]:
        """Return the sorted names in a group, such as ``metrics``, of all versions."""
        return self.fields((group,))[group]

    def fields(self, groups: Sequence[str]) -> dict[str, list[str]]:
        """Return the sorted names in each group of all versions."""
        return self._query(None, lambda index: field_names(index, groups))

    def known_facts(self, model: str) -> dict[int, str]:
        """Return the digests of the facts of the versions that are indexed so far, by number."""

        def task(index: sqlite3.Connection, is_new: bool) -> dict[int, str]:
            if is_new:
                self._freshness.reset()
            return facts_digests(index, model)

        with self._lock:
            return self._file.run(task)

    def field_values(self) -> dict[str, tuple[str, ...]]:
        """Return at most 50 values of each field with few values."""
        return self._query(None, field_values)

    def references(self) -> list[str]:
        """Return the sorted names of models with an active version, and every ``name@alias``."""
        query = """
            SELECT model FROM versions WHERE status = ? UNION
            SELECT model || '@' || value FROM versions JOIN facts ON owner = versions.id
            WHERE field = (SELECT id FROM fields WHERE name = 'aliases') ORDER BY 1
        """
        return self._query(None, lambda index: [row[0] for row in index.execute(query, (ACTIVE,))])

    def went_backwards(self) -> list[Mark]:
        """Return the models whose known versions or events are missing or replaced.

        Each mark is checked again, and removed if its record is intact.
        """
        return self._query(None, lambda index: confirmed_marks(index, self._source), write=True)

    def close(self) -> None:
        """Close the file; the next call reopens it."""
        with self._lock:
            self._file.close()

    def _read(self, model: str, number: int, check: str) -> Record:
        """Read an indexed record; a changed one is indexed again at the next call."""
        try:
            record = self._source.skim(model, number)
            if record.check != check:
                raise IntegrityError(
                    f"{record.key} was replaced after it was listed. List again and run verify().",
                    key=record.key,
                    expected=check,
                    actual=record.check,
                )
        except DAMAGED:
            with self._lock:
                self._file.run(lambda index, _is_new: remove_version(index, model, number))
                self._freshness.reset()
            raise
        return record

    def _condition(
        self, where: str | None, model: str | None, include_deleted: bool = False
    ) -> Condition:
        try:
            return where_clause(where, model, include_deleted)
        except QueryError as error:
            known = self.fields((*NAMED_GROUPS, "tags")) if unknown_field(error) else {}
            raise named_error(error, known) from None

    def _query(
        self,
        models: str | Sequence[str] | None,
        task: Callable[[sqlite3.Connection], _Result],
        *,
        write: bool = False,
    ) -> _Result:
        """Update the index and run a task on one state of it."""

        def fresh(index: sqlite3.Connection, is_new: bool) -> _Result:
            if is_new:
                self._freshness.reset()
            is_fresh = self._freshness.start(index, progress=self._progress)
            # Checking a few models is faster than checking all of them; in a bucket, only one is.
            few = 1 if self._source.reads_ahead else _FEW
            named = [models] if isinstance(models, str) else models
            stale = [None] if named is None or len(named) > few else named
            for attempt in range(_MAX_ATTEMPTS):
                for model in stale if attempt or not is_fresh else ():
                    self._freshness.refresh(index, model, progress=self._progress)
                self._freshness.save(index)
                with transaction(index, "BEGIN IMMEDIATE" if write else "BEGIN"):
                    # Another kernel may have updated the rows with other trusted signers.
                    if self._freshness.has_own_trust(index):
                        return task(index)
            # The query is answered by an index in memory.
            raise sqlite3.OperationalError("it is in use with other trusted signers")

        with self._lock:
            return self._file.run(fresh)
