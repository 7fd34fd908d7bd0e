"""The search for versions in the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple

from exo_nbregistry.index.filter_language import compile_order
from exo_nbregistry.index.folding import IS_UNFOLDED, count_children, count_unfolded
from exo_nbregistry.index.queries import count_versions, has, load, select
from exo_nbregistry.index.sql_condition import Condition, join
from exo_nbregistry.journal.record_files import Place
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.record import Record

Read = Callable[[str, int, str], Record]
ReadAhead = Callable[[Sequence[Place]], object]


class SearchResult(NamedTuple):
    """Result of a search.

    Attributes
    ----------
    items : sequence of ModelMetadata
        The versions; each record is read on first access.
    total : int
        Number of matching versions, without limit and offset.
    unknown : tuple of str
        Sort fields that no version has.
    children : dict of str to int
        Number of children by model ID, if children were folded.
    """

    items: Sequence[ModelMetadata]
    total: int
    unknown: tuple[str, ...]
    children: dict[str, int]


Search = Callable[[sqlite3.Connection, Read, ReadAhead], SearchResult]


def version_search(
    condition: Condition,
    order_by: Sequence[str],
    limit: int | None,
    offset: int,
    *,
    fold_children: bool,
) -> Search:
    """Return a function that runs a search, which takes the index and the readers of records.

    Parameters
    ----------
    condition : Condition
        The filter.
    order_by : sequence of str
        Sort fields.
    limit : int or None
        Maximum number of versions.
    offset : int
        Number of versions to skip.
    fold_children : bool
        Whether to omit the folded versions.

    Raises
    ------
    QueryError
        If a sort field is invalid.
    """
    orders = [compile_order(field) for field in order_by]
    size, skipped = -1 if limit is None else max(0, limit), max(0, offset)
    shown = join("AND", [condition, IS_UNFOLDED]) if fold_children else condition
    count = count_unfolded if fold_children else count_versions

    def search(index: sqlite3.Connection, read: Read, read_ahead: ReadAhead) -> SearchResult:
        found = select(index, shown, orders, size, skipped)
        total = len(found) + skipped
        if len(found) == size or (skipped > 0 and not found):
            total = count(index, condition)
        unknown = (
            text for text, order in zip(order_by, orders, strict=True) if not has(index, order)
        )
        children = count_children(index, found) if fold_children else {}
        return SearchResult(load(index, found, read, read_ahead), total, tuple(unknown), children)

    return search
