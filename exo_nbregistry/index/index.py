"""The index: list, search and rank every version of a registry.

It is derived from the registry, which is a `Source`, and disposable: each call first looks at
which folders have changed and reads what is new; deleting its file changes no answer.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from exo_nbregistry.errors import IntegrityError
from exo_nbregistry.index.database import IndexFile, transaction
from exo_nbregistry.index.filter_language import Order, compile_order
from exo_nbregistry.index.metric_queries import measured
from exo_nbregistry.index.model_queries import names, series
from exo_nbregistry.index.queries import count_versions, has, load, rank, select, where_clause
from exo_nbregistry.index.refresh import DAMAGED, Freshness, Mark, remove_version
from exo_nbregistry.index.source import Source
from exo_nbregistry.index.sql_condition import Condition, join
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.metric_series import Measurements
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import Record
from exo_nbregistry.views.model_table import Summaries

_FEW = 100
_Result = TypeVar("_Result")


class SearchResult(NamedTuple):
    """What a search found.

    Attributes
    ----------
    items : sequence of ModelMetadata
        The versions, each read when it is first looked at.
    total : int
        How many fit, without limit and offset.
    unknown : tuple of str
        What was to be sorted by and no version has.
    """

    items: Sequence[ModelMetadata]
    total: int
    unknown: tuple[str, ...]


class Index:
    """Answer questions about many versions at once.

    Parameters
    ----------
    source : Source
        The registry.
    path : Path or None
        Where the index is kept; None keeps it in memory.
    clock_ns : callable
        Returns the time, nanoseconds since 1970.
    progress : bool
        Whether to show a bar where there is much to read.
    """

    def __init__(
        self,
        source: Source,
        path: Path | None = None,
        *,
        clock_ns: Callable[[], int] = time.time_ns,
        progress: bool = True,
    ) -> None:
        self._file = IndexFile(path)
        self._source = source
        self._freshness = Freshness(source, clock_ns)
        self._progress = progress
        self._lock = threading.RLock()

    def refresh(self, model: str | None = None) -> None:
        """Read what is new in the registry.

        Parameters
        ----------
        model : str or None
            Only this model.
        """
        self._ask(model, lambda _index: None)

    def search(
        self,
        where: str | None = None,
        order_by: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        model: str | None = None,
        include_deleted: bool = False,
    ) -> SearchResult:
        """Return the versions that fit.

        Parameters
        ----------
        where : str or None
            A filter, see `exo_nbregistry.index.filter_language`.
        order_by : str or sequence of str or None
            Fields, ``-`` before one for largest first; numbers stand before text, what is
            missing comes last either way. Equal ones are sorted newer first: by created_at,
            then by version. Without it, by model and version.
        limit : int or None
            At most this many.
        offset : int
            How many to skip.
        model : str or None
            Only this model key.
        include_deleted : bool
            Deleted and purged versions too.

        Returns
        -------
        SearchResult
            The versions, in order, and how many fit without the limit.

        Raises
        ------
        QueryError
            If `where` or `order_by` is outside the language.
        """
        condition = where_clause(where, model, include_deleted)
        given = [order_by] if isinstance(order_by, str) else list(order_by or ())
        orders = [compile_order(field) for field in given]
        count = -1 if limit is None else max(0, limit)

        def task(index: sqlite3.Connection) -> SearchResult:
            found = select(index, condition, orders, count, max(0, offset))
            total = len(found) + max(0, offset)
            if len(found) == count or (offset > 0 and not found):
                total = count_versions(index, condition)
            unknown = (
                text for text, order in zip(given, orders, strict=True) if not has(index, order)
            )
            return SearchResult(load(index, found, self._read), total, tuple(unknown))

        return self._ask(model, task)

    def names(
        self,
        where: str | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        include_deleted: bool = False,
    ) -> tuple[Summaries, tuple[str, ...]]:
        """Return the models of which any version fits, without metrics, and unknown orders."""
        condition = where_clause(where, None, include_deleted)
        asked = (condition, order_by, -1 if limit is None else limit, offset)
        return self._ask(None, lambda index: names(index, *asked, include_deleted=include_deleted))

    def series(
        self, metrics: Mapping[str, str], include_deleted: bool = False
    ) -> dict[str, tuple[tuple[int, float], ...]]:
        """Return the metric of each model's last versions, by model, as (version, value)."""
        return self._ask(list(metrics), lambda index: series(index, metrics, include_deleted))

    def measured(
        self, metric: str | None, where: str | None = None, model: str | None = None
    ) -> Measurements:
        """Return a metric of the versions that fit, by default that which most of them have."""
        condition = where_clause(where, model, include_deleted=False)
        return self._ask(model, lambda index: measured(index, condition, metric))

    def best(
        self,
        metric: str,
        *,
        higher_is_better: bool,
        where: str | None = None,
        model: str | None = None,
    ) -> tuple[str, int] | None:
        """Return the version with the best value of a metric.

        Parameters
        ----------
        metric : str
            Such as ``f1_score``.
        higher_is_better : bool
            Which way is better.
        where : str or None
            Only versions that fit.
        model : str or None
            Only this model key.

        Returns
        -------
        (str, int) or None
            Model key and number: of equal ones the newer (by created_at, then by version); None
            if no version that is not deleted has the metric.
        """
        order = Order(f"metrics.{metric}", descending=higher_is_better)
        condition = where_clause(where, model, include_deleted=False)

        def task(index: sqlite3.Connection) -> tuple[str, int] | None:
            number = Condition("k0.value < ''")
            ranked = rank(index, join("AND", [condition, number]), [order], 1, 0)
            query = "SELECT model, number FROM versions WHERE id = ?"
            best: tuple[str, int] | None = (
                index.execute(query, ranked).fetchone() if ranked else None
            )
            return best

        return self._ask(model, task)

    def known_fields(self, group: str) -> list[str]:
        """Return the names that any version has in a group, such as ``metrics``, sorted."""
        return self.fields((group,))[group]

    def fields(self, groups: Sequence[str]) -> dict[str, list[str]]:
        """Return the names that any version has in each group, sorted."""
        query = """
            SELECT substr(name, ?) FROM fields
            WHERE substr(name, 1, ?) = ? AND EXISTS (SELECT 1 FROM facts WHERE field = fields.id)
            ORDER BY name
        """

        def task(index: sqlite3.Connection) -> dict[str, list[str]]:
            asked = {group: (len(group) + 2, len(group) + 1, f"{group}.") for group in groups}
            return {
                group: [row[0] for row in index.execute(query, params)]
                for group, params in asked.items()
            }

        return self._ask(None, task)

    def references(self) -> list[str]:
        """Return the models that have an active version, and every ``name@alias``, sorted."""
        query = """
            SELECT model FROM versions WHERE status = ? UNION
            SELECT model || '@' || value FROM versions JOIN facts ON owner = versions.id
            WHERE field = (SELECT id FROM fields WHERE name = 'aliases') ORDER BY 1
        """
        return self._ask(None, lambda index: [row[0] for row in index.execute(query, (ACTIVE,))])

    def went_backwards(self) -> list[Mark]:
        """Return what was seen in the registry and is not there any more.

        Returns
        -------
        list of Mark
            A model's versions or events, where the highest number is lower than one seen
            before, or another record stood in the place of one seen before.
        """
        query = """
            SELECT * FROM marks WHERE found < number OR replaced ORDER BY model, kind DESC
        """
        return self._ask(None, lambda index: [Mark(*row) for row in index.execute(query)])

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            self._file.close()

    def _read(self, model: str, number: int, check: str) -> Record:
        """Read the record that was indexed; one that has changed is looked at anew next time."""
        try:
            record = self._source.skim(model, number)
            if record.check != check:
                raise IntegrityError(
                    f"{record.key} was replaced after it was listed: list again, and run verify().",
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

    def _ask(
        self, models: str | Sequence[str] | None, task: Callable[[sqlite3.Connection], _Result]
    ) -> _Result:
        """Bring the index up to date and answer from one state of it."""

        def fresh(index: sqlite3.Connection, is_new: bool) -> _Result:
            if is_new:
                self._freshness.reset()
            # To look at a few models is faster than to look at all of them.
            named = [models] if isinstance(models, str) else models
            for model in [None] if named is None or len(named) > _FEW else named:
                self._freshness.refresh(index, model, progress=self._progress)
            with transaction(index):
                return task(index)

        with self._lock:
            return self._file.run(fresh)
