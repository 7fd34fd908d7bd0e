"""Write versions into the index, and take them out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from exo_nbregistry.index_schema import (
    Fact,
    Row,
    all_facts,
    dump_fields,
    features_id,
    journal_says,
    load_fields,
    named_versions,
)
from exo_nbregistry.state import ACTIVE, ModelState

_BATCH = 2_000
_INSERT = f"""
    INSERT INTO versions(model, number, created_at, status, algorithm, description, parent,
        training_dataset, training_samples, test_samples, features)
    VALUES ({", ".join("?" * 11)}) ON CONFLICT DO NOTHING
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
        self._features: set[int] = set()
        self._facts: list[tuple[int, str | float, int]] = []
        self._added = 0

    def add(self, model: str, row: Row) -> None:
        """Add a version, unless another kernel has done so."""
        cursor = self._index.execute(_INSERT, (model, row.number, *row.columns))
        if not cursor.rowcount:
            return
        version = int(cursor.lastrowid or 0)
        values = (version, row.said, row.record)
        self._index.execute("INSERT INTO records(id, said, record) VALUES (?, ?, ?)", values)
        self._add_facts(version, row.facts)
        self._add_features(row.features)
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

    def known(self, model: str) -> dict[int, int]:
        """Return the row of each version of a model, by number."""
        rows = self._index.execute("SELECT number, id FROM versions WHERE model = ?", (model,))
        return dict(rows.fetchall())

    def remove(self, versions: Iterable[int]) -> None:
        """Take versions out."""
        self.flush()
        for version in versions:
            record, said = self._record(version)
            facts = all_facts(load_fields(record, None), load_fields(said, None) if said else None)
            self._remove_facts(version, facts)
            self._index.execute("DELETE FROM records WHERE id = ?", (version,))
            self._index.execute("DELETE FROM versions WHERE id = ?", (version,))

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
        record, before = self._record(version)
        content = load_fields(record, None)
        said = journal_says(content, state, number) if state else None
        after = dump_fields(said) if said else None
        if after == before:
            return
        old = all_facts(content, load_fields(before, None) if before else None)
        new = all_facts(content, said)
        self._remove_facts(version, old - new)
        self._add_facts(version, new - old)
        status = said["status"] if said else ACTIVE
        self._index.execute("UPDATE versions SET status = ? WHERE id = ?", (status, version))
        self._index.execute("UPDATE records SET said = ? WHERE id = ?", (after, version))

    def _record(self, version: int) -> tuple[str, str | None]:
        query = "SELECT record, said FROM records WHERE id = ?"
        row: tuple[str, str | None] | None = self._index.execute(query, (version,)).fetchone()
        if row is None:
            raise sqlite3.DatabaseError("a version has no record")
        return row

    def _add_facts(self, version: int, facts: Iterable[Fact]) -> None:
        self._facts += [(self._field(name), value, version) for name, value in facts]

    def _remove_facts(self, version: int, facts: Iterable[Fact]) -> None:
        rows = [(self._field(name), value, version) for name, value in facts]
        query = "DELETE FROM facts WHERE field = ? AND value = ? AND version = ?"
        self._index.executemany(query, rows)

    def _field(self, name: str) -> int:
        if name not in self._fields:
            self._index.execute("INSERT OR IGNORE INTO fields(name) VALUES (?)", (name,))
            row = self._index.execute("SELECT id FROM fields WHERE name = ?", (name,)).fetchone()
            self._fields[name] = row[0]
        return self._fields[name]

    def _add_features(self, features: tuple[str, ...]) -> None:
        number = features_id(features)
        if number not in self._features:
            rows = [(name, number) for name in features]
            self._index.executemany("INSERT OR IGNORE INTO feature_sets VALUES (?, ?)", rows)
            self._features.add(number)
