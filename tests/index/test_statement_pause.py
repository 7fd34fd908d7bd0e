"""A pause of a statement of SQLite during a fork."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest

from exo_nbregistry.index.statement_pause import StatementPause

_COUNT = """
    WITH RECURSIVE number(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM number WHERE x < 2000000)
    SELECT count(*) FROM number
"""


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Return a connection that another thread may use."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    yield connection
    connection.close()


def test_a_statement_of_another_thread_waits(connection: sqlite3.Connection) -> None:
    """It is stopped until the end of the pause, and then ends as usual."""
    pause, results = StatementPause(), []
    pause.watch(connection)
    work = threading.Thread(target=lambda: results.append(connection.execute(_COUNT).fetchone()))
    work.start()
    pause.pause()
    assert pause._is_paused.is_set()
    assert (results, work.is_alive()) == ([], True)
    pause.resume()
    work.join()
    assert results == [(2_000_000,)]


def test_without_a_statement_the_pause_ends(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork does not wait for ever if the other thread does not run a statement."""
    monkeypatch.setattr("exo_nbregistry.index.statement_pause._MAX_S", 0.1)
    pause = StatementPause()
    pause.watch(connection)
    started = time.monotonic()
    pause.pause()
    assert time.monotonic() - started >= 0.1
    pause.resume()
    assert connection.execute(_COUNT).fetchone() == (2_000_000,)
