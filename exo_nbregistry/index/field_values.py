"""Values of the fields that have few of them, for completions of filters."""

from __future__ import annotations

import sqlite3

MAX_VALUES = 50
_COLUMNS = {"model_name": "model", "algorithm": "algorithm", "status": "status"}
_COLLECTIONS = ("aliases", "tags")


def field_values(index: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return at most 50 values of each field with few values, in alphabetical order.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    """
    found = {}
    for name, column in _COLUMNS.items():
        query = f"SELECT DISTINCT {column} FROM versions WHERE {column} IS NOT NULL LIMIT ?"
        found[name] = _texts(index, query, (MAX_VALUES,))
    for name in _COLLECTIONS:
        query = """
            SELECT DISTINCT value FROM facts
            WHERE field = (SELECT id FROM fields WHERE name = ?) LIMIT ?
        """
        found[name] = _texts(index, query, (name, MAX_VALUES))
    return found


def _texts(
    index: sqlite3.Connection, query: str, parameters: tuple[str | int, ...]
) -> tuple[str, ...]:
    return tuple(sorted(str(row[0]) for row in index.execute(query, parameters)))
