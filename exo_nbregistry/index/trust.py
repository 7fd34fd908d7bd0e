"""The trusted signers with which the rows of an index were computed."""

from __future__ import annotations

import sqlite3

from exo_nbregistry.index.database import transaction

_FIRST = "INSERT INTO trust SELECT ? WHERE NOT EXISTS (SELECT 1 FROM trust)"


def read_trust(index: sqlite3.Connection) -> str | None:
    """Return the trust stamp of an index, or None if it has none."""
    row = index.execute("SELECT stamp FROM trust").fetchone()
    return str(row[0]) if row else None


def first_trust(index: sqlite3.Connection, trust: str) -> str | None:
    """Write the trust stamp of a new index, unless another kernel has done so, and return it."""
    with transaction(index, "BEGIN IMMEDIATE"):
        index.execute(_FIRST, (trust,))
        return read_trust(index)


def write_trust(index: sqlite3.Connection, trust: str) -> None:
    """Replace the trust stamp, inside the open transaction."""
    index.execute("DELETE FROM trust")
    index.execute("INSERT INTO trust VALUES (?)", (trust,))
