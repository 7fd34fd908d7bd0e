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
    pause, resume : callable, optional
        Called before and after a fork that did not get the lock in time.
    """

    def __init__(
        self,
        *,
        awaited: bool = False,
        release: Callable[[], object] = lambda: None,
        pause: Callable[[], object] = lambda: None,
        resume: Callable[[], object] = lambda: None,
    ) -> None:
        self._lock = threading.RLock()
        self._awaited = awaited
        self._release, self._pause, self._resume = release, pause, resume
        _locks.add(self)

    def before_fork(self, deadline: float) -> bool:
        """Acquire the lock if forks wait for it; return whether it was acquired."""
        if not self._awaited:
            return False
        if self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._release()
            return True
        self._pause()
        return False

    def after_fork(self, is_held: bool) -> None:
        """Release the lock in the parent process, or resume what holds it."""
        if is_held:
            self._lock.release()
        elif self._awaited:
            self._resume()

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
    """The locks at a fork, and whether this thread holds them; several threads may fork at once."""

    def __init__(self) -> None:
        self.locks: list[tuple[ProcessLock, bool]] = []


_held = _Held()


def _take_all() -> None:
    deadline = time.monotonic() + _MAX_WAIT_S
    while _imported_elsewhere() and time.monotonic() < deadline:
        time.sleep(0.005)
    _held.locks = [(lock, lock.before_fork(deadline)) for lock in list(_locks)]


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
        lock, is_held = _held.locks.pop()
        lock.after_fork(is_held)


def _renew_all() -> None:
    _held.locks = []
    for lock in list(_locks):
        lock.renew()


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(before=_take_all, after_in_parent=_release_all, after_in_child=_renew_all)
