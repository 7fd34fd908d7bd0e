"""The cost of queries of models depends on the page, not on the number of versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from exo_nbregistry.index import model_queries as index_names
from exo_nbregistry.index.index import Index
from exo_nbregistry.index.queries import IS_ACTIVE
from tests.index_source import MemorySource


def database(tmp_path: Path) -> sqlite3.Connection:
    """Return a direct connection to the file of an index over some models."""
    source = MemorySource()
    for number in range(20):
        source.add(f"m{number % 4}", metrics={"f1": number / 20, "loss": number})
    path = tmp_path / "index.sqlite"
    index = Index(source, path, progress=False)
    index.refresh()
    index.close()
    return sqlite3.connect(path)


def test_series_are_one_walk_for_all_models(tmp_path: Path) -> None:
    """One statement reads each requested metric once, and no other fact."""
    connection = database(tmp_path)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    wanted = {"m0": "f1", "m1": "f1", "m2": "loss"}
    found = index_names.series(connection, wanted, False)
    connection.set_trace_callback(None)
    assert found["m0"] == ((1, 0.0), (2, 0.2), (3, 0.4), (4, 0.6), (5, 0.8))
    assert [value for _, value in found["m2"]] == [2.0, 6.0, 10.0, 14.0, 18.0]
    assert len(statements) == 1
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statements[0]}")]
    connection.close()
    assert sum("SEARCH facts USING PRIMARY KEY (field=?" in step for step in plan) == 1
    assert not any("SCAN facts" in step or "SCAN versions" in step for step in plan)


def test_a_page_of_names_scans_no_versions(tmp_path: Path) -> None:
    """Each name on a page is found by an index search, without a scan of versions."""
    connection = database(tmp_path)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    found, unknown = index_names.names(connection, IS_ACTIVE, (), 2, 1, include_deleted=False)
    connection.set_trace_callback(None)
    assert ([model.model_name for model in found], found.total, unknown) == (["m1", "m2"], 4, ())
    plan = [
        row[3] for text in statements for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")
    ]
    connection.close()
    assert not any(step.startswith(("SCAN v ", "SCAN versions")) for step in plan), plan
