"""SQL queries of the index for matching versions and their order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from exo_nbregistry.index.filter_language import Order, compile_filter
from exo_nbregistry.index.sql_condition import Condition, join, owner
from exo_nbregistry.journal.record_files import Place
from exo_nbregistry.records.describe import metadata_of
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.lazy_sequence import LazySequence

_PAGE = 500
_FIELD = "(SELECT id FROM fields WHERE name = ?)"
_HAS = f"{{owner}} IN (SELECT owner FROM facts WHERE field = {_FIELD})"
_COUNT = "SELECT count(*) FROM versions"
_BY_NAME = "v.model, v.number"
_NEWER_FIRST = {"v.created_at": "DESC", "v.number": "DESC", "v.model": "ASC"}
# Without its own limit the inner query would be flattened, and the join would be quadratic.
# Source: sqlite.org/optoverview.html#flattening
_LOOKUP = f"""
    LEFT JOIN (SELECT owner, value FROM facts WHERE field = {_FIELD} LIMIT -1) {{name}}
    ON {{name}}.owner = {{owner}}
"""
IS_ACTIVE = Condition("v.status = ?", (ACTIVE,))


def where_clause(where: str | None, model: str | None, include_deleted: bool) -> Condition:
    """Return the condition for the versions that match a filter, a model and a status."""
    conditions = [compile_filter(where)] if where and where.strip() else []
    if model is not None:
        conditions.append(Condition("v.model = ?", (model,)))
    if not include_deleted:
        conditions.append(IS_ACTIVE)
    return join("AND", conditions) if conditions else Condition("1")


def select(
    index: sqlite3.Connection, where: Condition, orders: list[Order], limit: int, offset: int
) -> list[int]:
    """Return the matching rows, in order.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    where : Condition
        The filter.
    orders : list of Order
        Sort order; if empty, by model and version.
    limit, offset : int
        Maximum number of rows (-1 for no limit), and number of rows to skip.
    """
    if not orders or orders[0].column is not None:
        return _sort(index, where, orders, limit, offset)
    found = rank(index, where, orders, limit, offset)
    if len(found) == limit:
        return found
    first, rest = orders[0], orders[1:]
    if offset and not found:
        offset -= count_versions(index, join("AND", [where, _has(first)]))
    else:
        offset = 0
    missing = join("AND", [where, ~_has(first)])
    newest = Order("created_at", descending=True, column="v.created_at")
    left = -1 if limit < 0 else limit - len(found)
    return found + _sort(index, missing, rest or [newest], left, offset)


def count_versions(index: sqlite3.Connection, where: Condition) -> int:
    """Return the number of matching versions."""
    if where == IS_ACTIVE:
        # SQLite counts a whole table by page; only the few deleted versions are counted by row.
        query = f"SELECT ({_COUNT}) - ({_COUNT} WHERE status != '{ACTIVE}')"
        return int(index.execute(query).fetchone()[0])
    query = f"{_COUNT} v WHERE {where.sql}"
    return int(index.execute(query, where.params).fetchone()[0])


def has(index: sqlite3.Connection, order: Order) -> bool:
    """Return whether any version has a field."""
    query = f"SELECT 1 FROM facts WHERE field = {_FIELD} LIMIT 1"
    return order.column is not None or bool(index.execute(query, (order.field,)).fetchall())


def _has(order: Order) -> Condition:
    return Condition(_HAS.format(owner=owner(order.field)), (order.field,))


def rank(
    index: sqlite3.Connection, where: Condition, orders: list[Order], limit: int, offset: int
) -> list[int]:
    """Return the rows that have the first field, in order; the scan stops at the limit."""
    direction = "DESC" if orders[0].descending else "ASC"
    joins, terms, names = _terms(orders[1:])
    has = f"{owner(orders[0].field)} = k0.owner"
    query = f"""
        SELECT v.id FROM facts k0 CROSS JOIN versions v ON {has} {joins}
        WHERE k0.field = {_FIELD} AND {where.sql}
        ORDER BY {", ".join([f"k0.value {direction}", *terms])} LIMIT ? OFFSET ?
    """
    params = (*names, orders[0].field, *where.params, limit, offset)
    return [row[0] for row in index.execute(query, params)]


def _sort(
    index: sqlite3.Connection, where: Condition, orders: list[Order], limit: int, offset: int
) -> list[int]:
    joins, terms, names = _terms(orders)
    by = ", ".join(terms) if orders else _BY_NAME
    query = f"""
        SELECT v.id FROM versions v {joins} WHERE {where.sql} ORDER BY {by} LIMIT ? OFFSET ?
    """
    return [row[0] for row in index.execute(query, (*names, *where.params, limit, offset))]


def _terms(orders: list[Order]) -> tuple[str, list[str], list[str]]:
    """Return the joins, the ORDER BY terms (ties: newest first) and the join parameters."""
    joins, terms, names = "", [], []
    for number, order in enumerate(orders, 1):
        value = order.column or f"k{number}.value"
        if order.column is None:
            joins += _LOOKUP.format(name=f"k{number}", owner=owner(order.field))
            names.append(order.field)
        if value not in ("v.model", "v.number", "v.created_at", "v.status"):
            terms.append(f"{value} IS NULL")
        terms.append(f"{value} {'DESC' if order.descending else 'ASC'}")
    given = {order.column for order in orders}
    terms += [f"{column} {way}" for column, way in _NEWER_FIRST.items() if column not in given]
    return joins, terms, names


def load(
    index: sqlite3.Connection,
    versions: list[int],
    read: Callable[[str, int, str], Record],
    read_ahead: Callable[[Sequence[Place]], object],
) -> LazySequence[ModelMetadata]:
    """Return the metadata of rows, in their order.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    versions : list of int
        The rows.
    read : callable
        Reads a record by model, number and check, on first access to its metadata.
    read_ahead : callable
        Called with several records before the first of them is read.
    """

    def describe(row: tuple[str, int, str, dict[str, Any]]) -> ModelMetadata:
        model, number, check, fields = row
        record = read(model, number, check)
        return metadata_of(record.content, fields, record.signer)

    def prepare(rows: Sequence[tuple[str, int, str, dict[str, Any]]]) -> None:
        read_ahead([Place(model, number) for model, number, *_ in rows])

    return LazySequence(describe, _rows(index, versions), prepare)


def _rows(
    index: sqlite3.Connection, versions: list[int]
) -> Iterator[tuple[str, int, str, dict[str, Any]]]:
    for start in range(0, len(versions), _PAGE):
        page = versions[start : start + _PAGE]
        marks = ",".join("?" * len(page))
        query = f"SELECT id, model, number, digest, journal FROM versions WHERE id IN ({marks})"
        rows = {row[0]: row[1:] for row in index.execute(query, page)}
        for version in page:
            try:
                model, number, digest, journal = rows[version]
                yield model, number, digest.hex(), dict(json.loads(journal)) if journal else {}
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                raise sqlite3.DatabaseError("a row in it cannot be read") from error
