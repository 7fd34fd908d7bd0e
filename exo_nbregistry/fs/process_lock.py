"""A lock that is safe to use after a fork."""

from __future__ import annotations

import importlib._bootstrap as _import_system
import os
import threading
import time
import weakref
from collections.abc import Callable

# A fork waits this long for work that a copy of the process could not continue.
_MAX_WAIT_S = 3.0


class ProcessLock:
    """A reentrant lock between threads, which is free in a forked process.

    A thread that holds a lock during a fork does not exist in the new process, so an ordinary lock
    would never be released there. For the same reason, the data that it protects may be in any
    state between two assignments.

    Source: ``logging`` and ``random`` of CPython, which also renew their state after a fork.

    Parameters
    ----------
    awaited : bool
        Whether a fork waits for the lock, for at most three seconds. Required for the state of C
        libraries: a copy of that state cannot be renewed in the new process.
    release : callable, optional
        Called before a fork that waits for the lock, once the lock is taken.
    """

    def __init__(
        self, *, awaited: bool = False, release: Callable[[], object] = lambda: None
    ) -> None:
        self._lock = threading.RLock()
        self._awaited = awaited
        self._release = release
        _locks.add(self)

    def before_fork(self, deadline: float) -> bool:
        """Acquire the lock if forks wait for it; return whether it was acquired."""
        wait_s = max(0.0, deadline - time.monotonic())
        if not self._awaited or not self._lock.acquire(timeout=wait_s):
            return False
        self._release()
        return True

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


class _Held(threading.local):
    """The locks that a thread holds while it forks; several threads may fork at once."""

    def __init__(self) -> None:
        self.locks: list[ProcessLock] = []


_held = _Held()


def _take_all() -> None:
    deadline = time.monotonic() + _MAX_WAIT_S
    while _imported_elsewhere() and time.monotonic() < deadline:
        time.sleep(0.005)
    _held.locks = [lock for lock in list(_locks) if lock.before_fork(deadline)]


def _imported_elsewhere() -> bool:
    """Return whether another thread is importing a module.

    A forked process could never import this module: its lock has an owner that does not exist.
    Source: ``_ModuleLock`` of CPython's ``importlib._bootstrap``.
    """
    known = list(getattr(_import_system, "_module_locks", {}).values())
    owners = {getattr(lock(), "owner", None) for lock in known}
    return bool(owners - {None, threading.get_ident()})


def _release_all() -> None:
    while _held.locks:
        _held.locks.pop().__exit__()


def _renew_all() -> None:
    _held.locks = []
    for lock in list(_locks):
        lock.renew()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(before=_take_all, after_in_parent=_release_all, after_in_child=_renew_all)
