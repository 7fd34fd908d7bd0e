"""Write versions into the index, and take them out."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from exo_nbregistry.catalog import journal_says
from exo_nbregistry.index_schema import (
    Fact,
    Row,
    dump_said,
    load_content,
    named_versions,
    own_facts,
)
from exo_nbregistry.state import ACTIVE, ModelState

_BATCH = 2_000
_INSERT = f"""
    INSERT INTO versions(model, number, created_at, status, algorithm, description, parent,
        training_dataset, training_samples, test_samples, hyperparameters, feature_columns)
    VALUES ({", ".join("?" * 12)}) ON CONFLICT DO NOTHING
"""
# Sets of hyperparameters or feature columns that no version has any more.
_ORPHANS = """
    DELETE FROM facts WHERE owner NOT IN (
        SELECT id FROM versions UNION ALL SELECT hyperparameters FROM versions
        UNION ALL SELECT feature_columns FROM versions)
"""


class Writer:
    """Writes inside the transaction that is open.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    """

    def __init__(self, index: sqlite3.Connection) -> None:
        self._index = index
        self._fields: dict[str, int] = {}
        self._sets: set[int] = set()
        self._facts: list[tuple[int, str | float, int]] = []
        self._added = 0
        self._removed = False

    def add(self, model: str, row: Row) -> None:
        """Add a version, unless another kernel has done so."""
        cursor = self._index.execute(_INSERT, (model, row.number, *row.columns))
        if not cursor.rowcount:
            return
        version = int(cursor.lastrowid or 0)
        digest = hashlib.sha256(row.record).digest()
        values = (version, row.said, row.signer, digest, row.record)
        self._index.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?)", values)
        self._add_facts(version, row.facts)
        for number in row.shared.keys() - self._sets:
            self._add_facts(number, row.shared[number])
            self._sets.add(number)
        self._added += 1
        if self._added % _BATCH == 0:
            # Memory stays bounded, and other kernels get their turn.
            self.flush()
            self._index.execute("COMMIT")
            self._index.execute("BEGIN IMMEDIATE")

    def flush(self) -> None:
        """Write what is held back."""
        self._index.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?, ?)", self._facts)
        self._facts.clear()

    def finish(self) -> None:
        """Write what is held back, and drop what no version needs any more."""
        self.flush()
        if self._removed:
            self._index.execute(_ORPHANS)
            self._sets.clear()
            self._removed = False

    def known(self, model: str) -> dict[int, int]:
        """Return the row of each version of a model, by number."""
        rows = self._index.execute("SELECT number, id FROM versions WHERE model = ?", (model,))
        return dict(rows.fetchall())

    def remove(self, versions: Iterable[int]) -> None:
        """Take versions out."""
        self.flush()
        for version in versions:
            content, said = self._record(version)
            self._remove_facts(version, own_facts(content, json.loads(said) if said else None))
            self._index.execute("DELETE FROM records WHERE id = ?", (version,))
            self._index.execute("DELETE FROM versions WHERE id = ?", (version,))
            self._removed = True

    def say(self, model: str, state: ModelState) -> None:
        """Write what the journal says now of the versions that are there."""
        self.flush()
        named = named_versions(state)
        rows = self._index.execute(
            "SELECT v.id, v.number, r.said FROM versions v JOIN records r ON r.id = v.id "
            "WHERE v.model = ?",
            (model,),
        )
        for version, number, before in rows.fetchall():
            if before or number in named:
                self._say(version, number, state if number in named else None)

    def _say(self, version: int, number: int, state: ModelState | None) -> None:
        content, before = self._record(version)
        said = journal_says(content, state, number) if state else None
        after = dump_said(said) if said else None
        if after == before:
            return
        old = own_facts(content, json.loads(before) if before else None)
        new = own_facts(content, said)
        self._remove_facts(version, old - new)
        self._add_facts(version, new - old)
        status = said["status"] if said else ACTIVE
        self._index.execute("UPDATE versions SET status = ? WHERE id = ?", (status, version))
        self._index.execute("UPDATE records SET said = ? WHERE id = ?", (after, version))

    def _record(self, version: int) -> tuple[dict[str, Any], str | None]:
        query = "SELECT record, said FROM records WHERE id = ?"
        row: tuple[bytes, str | None] | None = self._index.execute(query, (version,)).fetchone()
        if row is None:
            raise sqlite3.DatabaseError("a version has no record")
        return load_content(row[0]), row[1]

    def _add_facts(self, owner: int, facts: Iterable[Fact]) -> None:
        self._facts += [(self._field(name), value, owner) for name, value in facts]

    def _remove_facts(self, version: int, facts: Iterable[Fact]) -> None:
        rows = [(self._field(name), value, version) for name, value in facts]
        query = "DELETE FROM facts WHERE field = ? AND value = ? AND owner = ?"
        self._index.executemany(query, rows)

    def _field(self, name: str) -> int:
        if name not in self._fields:
            self._index.execute("INSERT OR IGNORE INTO fields(name) VALUES (?)", (name,))
            row = self._index.execute("SELECT id FROM fields WHERE name = ?", (name,)).fetchone()
            self._fields[name] = row[0]
        return self._fields[name]
