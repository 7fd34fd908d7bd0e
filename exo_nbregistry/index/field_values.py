"""Names and values of fields, for completions of filters and for comparisons."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

MAX_VALUES = 50
_COLUMNS = {"model_name": "model", "algorithm": "algorithm", "status": "status"}
_COLLECTIONS = ("aliases", "tags")
_NAMES = """
    SELECT substr(name, ?) FROM fields
    WHERE substr(name, 1, ?) = ? AND EXISTS (SELECT 1 FROM facts WHERE field = fields.id)
    ORDER BY name
"""
_DIGESTS = """
    SELECT number, facts_sha256 FROM versions WHERE model = ? AND facts_sha256 IS NOT NULL
"""


def field_names(index: sqlite3.Connection, groups: Sequence[str]) -> dict[str, list[str]]:
    """Return the sorted names in each group, such as ``metrics``, of all versions.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    groups : sequence of str
        Names of the groups.
    """
    params = {group: (len(group) + 2, len(group) + 1, f"{group}.") for group in groups}
    return {
        group: [row[0] for row in index.execute(_NAMES, values)] for group, values in params.items()
    }


def facts_digests(index: sqlite3.Connection, model: str) -> dict[int, str]:
    """Return the digests of the facts of a model's indexed versions, by number.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    model : str
        Key of the model.
    """
    return {number: bytes(digest).hex() for number, digest in index.execute(_DIGESTS, (model,))}


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
