"""A pause of a statement of SQLite during a fork."""

from __future__ import annotations

import sqlite3
import threading

# Instructions of SQLite's virtual machine between two looks for a fork, about 50 ms.
_STEPS = 1_000_000
_MAX_S = 2.0


class StatementPause:
    """Stops a statement between two instructions while its process forks.

    SQLite has locks of its own around its memory. A process that is forked while another thread
    holds one of them could never use SQLite: no thread would release it there. Between two
    instructions, no statement holds one.

    Source: ``sqlite3_progress_handler`` in the documentation of SQLite.
    """

    def __init__(self) -> None:
        self._is_paused, self._may_run = threading.Event(), threading.Event()
        self._may_run.set()

    def watch(self, connection: sqlite3.Connection) -> None:
        """Make the statements of a connection pausable."""
        connection.set_progress_handler(self._wait, _STEPS)

    def pause(self) -> None:
        """Wait until the running statement is paused, for at most two seconds."""
        self._may_run.clear()
        self._is_paused.wait(_MAX_S)

    def resume(self) -> None:
        """Continue the statement."""
        self._may_run.set()

    def _wait(self) -> int:
        if not self._may_run.is_set():
            self._is_paused.set()
            self._may_run.wait(_MAX_S)
            self._is_paused.clear()
        return 0
