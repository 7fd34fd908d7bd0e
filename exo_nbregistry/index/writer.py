"""Adding versions to the index, and removing them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from exo_nbregistry.index.database import transaction
from exo_nbregistry.index.schema import (
    Fact,
    Row,
    changing_facts,
    dump,
    named_versions,
)
from exo_nbregistry.records.describe import journal_fields
from exo_nbregistry.records.model_state import ACTIVE, ModelState

_BATCH = 50_000
_INSERT = f"""
    INSERT INTO versions(model, number, created_at, status, algorithm, description, parent,
        training_dataset, training_samples, test_samples, hyperparameters, feature_columns,
        digest, tags, journal, display_name, facts_sha256)
    VALUES ({", ".join("?" * 17)}) ON CONFLICT DO NOTHING
"""
_NONE_FOUND = "UPDATE marks SET found = 0, found_digest = '' WHERE model = ?"
# Facts without a version. They are harmless until removed, because numbers are not reused.
_ORPHANS = """
    DELETE FROM facts WHERE owner NOT IN (
        SELECT id FROM versions UNION ALL SELECT hyperparameters FROM versions
        UNION ALL SELECT feature_columns FROM versions)
"""


class Writer:
    """Writes to the index inside the open transaction.

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
        """Add a version, unless another kernel has added it."""
        cursor = self._index.execute(_INSERT, (model, *row.columns))
        if not cursor.rowcount:
            return
        version = int(cursor.lastrowid or 0)
        self._add_facts(version, row.facts)
        for number in row.shared.keys() - self._sets:
            self._add_facts(number, row.shared[number])
            self._sets.add(number)
        self._added += 1
        if self._added % _BATCH == 0:
            # Limits the memory, and gives other kernels a chance to write.
            self.flush()
            self._index.execute("COMMIT")
            self._index.execute("BEGIN IMMEDIATE")

    def flush(self) -> None:
        """Write the buffered facts."""
        self._index.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?, ?)", self._facts)
        self._facts.clear()

    def finish(self) -> None:
        """Write the buffered facts, and remove facts without a version."""
        self.flush()
        if self._removed:
            self._index.execute(_ORPHANS)
            self._sets.clear()
            self._removed = False

    def known(self, model: str) -> dict[int, int]:
        """Return the row of each indexed version of a model, by number."""
        rows = self._index.execute("SELECT number, id FROM versions WHERE model = ?", (model,))
        return dict(rows.fetchall())

    def remove(self, versions: Iterable[int]) -> None:
        """Remove versions."""
        for version in versions:
            self._index.execute("DELETE FROM versions WHERE id = ?", (version,))
            self._removed = True

    def remove_model(self, model: str) -> None:
        """Remove the versions of a model that the registry no longer has; its marks stay."""
        self.remove(self.known(model).values())
        self._index.execute(_NONE_FOUND, (model,))
        self._index.execute("DELETE FROM folders WHERE model = ?", (model,))

    def update_journal_fields(self, model: str, state: ModelState) -> None:
        """Update the journal fields of a model's indexed versions."""
        self.flush()
        named = named_versions(state)
        query = "SELECT id, number, tags, journal, digest FROM versions WHERE model = ?"
        rows = self._index.execute(query, (model,))
        for version, number, tags, before, digest in rows.fetchall():
            if before or number in named:
                content = {"tags": json.loads(tags)} if tags else {}
                check = digest.hex()
                after = journal_fields(content, state, number, check) if number in named else None
                self._update_version(
                    version, content, json.loads(before) if before else None, after
                )

    def _update_version(
        self,
        version: int,
        content: dict[str, Any],
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
    ) -> None:
        if after == before:
            return
        old, new = changing_facts(content, before), changing_facts(content, after)
        self._remove_facts(version, old - new)
        self._add_facts(version, new - old)
        status = after["status"] if after else ACTIVE
        query = "UPDATE versions SET status = ?, journal = ? WHERE id = ?"
        self._index.execute(query, (status, dump(after) if after else None, version))

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


def remove_version(index: sqlite3.Connection, model: str, number: int) -> None:
    """Remove a version whose record has changed; the next call indexes its model again."""
    with transaction(index, "BEGIN IMMEDIATE"):
        index.execute("DELETE FROM versions WHERE model = ? AND number = ?", (model, number))
        index.execute("DELETE FROM folders WHERE model = ?", (model,))
