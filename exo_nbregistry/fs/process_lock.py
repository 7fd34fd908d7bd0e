"""A lock that is safe to use after a fork."""

from __future__ import annotations

import os
import threading
import weakref


class ProcessLock:
    """A reentrant lock between threads, which is free in a forked process.

    A thread that holds a lock during a fork does not exist in the new process, so an ordinary lock
    would never be released there. For the same reason, the data that it protects may be in any
    state between two assignments.

    Source: ``logging`` and ``random`` of CPython, which also renew their state after a fork.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _locks.add(self)

    def renew(self) -> None:
        """Replace the lock with a free one."""
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        """Wait for the lock and take it."""
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        """Release the lock."""
        self._lock.release()


_locks: weakref.WeakSet[ProcessLock] = weakref.WeakSet()


def _renew_all() -> None:
    for lock in list(_locks):
        lock.renew()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_renew_all)
