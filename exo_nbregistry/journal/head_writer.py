"""Move the head of a bucket after each record, in a thread that no call waits for."""

from __future__ import annotations

import logging
import random
import threading
import time

from exo_nbregistry.errors import MissingKeyError, RegistryError
from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.journal.head import (
    MAX_HEAD_BYTES,
    HeadStore,
    Highest,
    head_bytes,
    merged,
    note_commit,
    parse_head,
)
from exo_nbregistry.records.record import VERSION
from exo_nbregistry.values.keys import HEAD

HEAD_THREAD = "exo-nbregistry-head"
ATTEMPTS = 4
_PAUSE_S = 0.05
log = logging.getLogger("exo_nbregistry")


class HeadWriter:
    """Writer of the head of a bucket. Threads can share it.

    Records that are created while a request runs share the next one. A process waits at its end for
    the running thread. No failure reaches the user, because the head is a hint.

    Parameters
    ----------
    store : HeadStore
        The bucket.
    """

    def __init__(self, store: HeadStore) -> None:
        self._store = store
        self._lock = ProcessLock()
        self._added: Highest = {}
        self._thread: threading.Thread | None = None
        # The head as this writer has last read or written it.
        self._numbers: Highest = {}
        self._tag: str | None = None

    def add(self, model: str, kind: str, number: int) -> None:
        """Raise the number of a model after a new record; it returns immediately."""
        note_commit(self._store.location)
        pair = (number, 0) if kind == VERSION else (0, number)
        with self._lock:
            known = self._added.get(model, (0, 0))
            self._added[model] = max(known[0], pair[0]), max(known[1], pair[1])
            # After a fork, the thread does not exist.
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(target=self._run, name=HEAD_THREAD, daemon=False)
            try:
                self._thread.start()
            except RuntimeError:  # the interpreter is ending
                self._thread = None

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the numbers that were added before are written, or are given up."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._lock:
                added, self._added = self._added, {}
                if not added:
                    self._thread = None
                    return
            try:
                self._move(added)
            except (RegistryError, OSError) as error:
                self._tag = None
                log.debug("The head of %s was not moved: %s", self._store.location, error)

    def _move(self, added: Highest) -> None:
        for attempt in range(ATTEMPTS):
            if self._tag is None:
                self._read()
            numbers = merged(self._numbers, added)
            if self._tag is not None and numbers == self._numbers:
                return  # another writer has seen these records
            data, numbers = head_bytes(numbers, added)
            tag = self._store.swap(HEAD, data, self._tag)
            self._numbers, self._tag = numbers, tag
            if tag is not None:
                return
            time.sleep(random.uniform(0, _PAUSE_S * 2**attempt))

    def _read(self) -> None:
        self._numbers = {}
        try:
            found = self._store.read_if_changed(HEAD, None, max_bytes=MAX_HEAD_BYTES)
        except MissingKeyError:
            return
        if found is not None:
            self._numbers, self._tag = parse_head(found.data) or {}, found.tag
