"""The index's questions, as SQL: which versions, in which order."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator

from exo_nbregistry.condition import Condition, join
from exo_nbregistry.errors import RecordError
from exo_nbregistry.index_schema import load_fields
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.query import Order

log = logging.getLogger("exo_nbregistry")
_PAGE = 500
_FIELD = "(SELECT id FROM fields WHERE name = ?)"
_HAS = f"v.id IN (SELECT version FROM facts WHERE field = {_FIELD})"
_BY_NAME = "v.model, v.number"
_NEWER_FIRST = "v.created_at DESC, v.number DESC, v.model"
# Without a limit of its own the inner query would be merged, and the join become quadratic.
# Source: sqlite.org/optoverview.html#flattening
_LOOKUP = f"""
    LEFT JOIN (SELECT version, value FROM facts WHERE field = {_FIELD} LIMIT -1) {{name}}
    ON {{name}}.version = v.id
"""


def select(
    index: sqlite3.Connection, where: Condition, orders: list[Order], limit: int, offset: int
) -> list[int]:
    """Return the rows that fit, in order.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    where : Condition
        The filter.
    orders : list of Order
        What to sort by; nothing means model and version.
    limit, offset : int
        How many, after how many; a limit of -1 is none.
    """
    if not orders or orders[0].column is not None:
        return _sort(index, where, orders, limit, offset)
    found = rank(index, where, orders, limit, offset)
    if len(found) == limit:
        return found
    first, rest = orders[0], orders[1:]
    if offset and not found:
        present = join("AND", [where, Condition(_HAS, (first.field,))])
        query = f"SELECT count(*) FROM versions v WHERE {present.sql}"
        offset -= index.execute(query, present.params).fetchone()[0]
    else:
        offset = 0
    missing = join("AND", [where, ~Condition(_HAS, (first.field,))])
    newest = Order("created_at", descending=True, column="v.created_at")
    left = -1 if limit < 0 else limit - len(found)
    return found + _sort(index, missing, rest or [newest], left, offset)


def rank(
    index: sqlite3.Connection, where: Condition, orders: list[Order], limit: int, offset: int
) -> list[int]:
    """Return the rows that have the first field, in order: a walk that stops at the limit."""
    direction = "DESC" if orders[0].descending else "ASC"
    joins, terms, names = _terms(orders[1:])
    query = f"""
        SELECT v.id FROM facts k0 CROSS JOIN versions v ON v.id = k0.version {joins}
        WHERE k0.field = {_FIELD} AND {where.sql}
        ORDER BY {", ".join([f"k0.value {direction}", *terms, _NEWER_FIRST])} LIMIT ? OFFSET ?
    """
    params = (*names, orders[0].field, *where.params, limit, offset)
    return [row[0] for row in index.execute(query, params)]


def _sort(
    index: sqlite3.Connection, where: Condition, orders: list[Order], limit: int, offset: int
) -> list[int]:
    joins, terms, names = _terms(orders)
    by = ", ".join([*terms, _NEWER_FIRST]) if orders else _BY_NAME
    query = f"""
        SELECT v.id FROM versions v {joins} WHERE {where.sql} ORDER BY {by} LIMIT ? OFFSET ?
    """
    return [row[0] for row in index.execute(query, (*names, *where.params, limit, offset))]


def _terms(orders: list[Order]) -> tuple[str, list[str], list[str]]:
    """Return the joins, the ORDER BY terms and the parameters of the joins."""
    joins, terms, names = "", [], []
    for number, order in enumerate(orders, 1):
        value = order.column or f"k{number}.value"
        if order.column is None:
            joins += _LOOKUP.format(name=f"k{number}")
            names.append(order.field)
        if value not in ("v.model", "v.number", "v.created_at", "v.status"):
            terms.append(f"{value} IS NULL")
        terms.append(f"{value} {'DESC' if order.descending else 'ASC'}")
    return joins, terms, names


def load(index: sqlite3.Connection, versions: list[int]) -> Iterator[ModelMetadata]:
    """Yield the metadata of rows, in their order."""
    for start in range(0, len(versions), _PAGE):
        page = versions[start : start + _PAGE]
        query = f"SELECT id, record, said FROM records WHERE id IN ({','.join('?' * len(page))})"
        rows = {row[0]: row[1:] for row in index.execute(query, page)}
        for version in page:
            try:
                fields = load_fields(*rows[version])
            except (KeyError, ValueError) as error:
                raise sqlite3.DatabaseError("a record in it cannot be read") from error
            try:
                yield ModelMetadata.from_dict(fields)
            except (RecordError, KeyError, TypeError, AttributeError) as error:
                log.warning("%s is left out: %s", fields.get("model_id"), error)
