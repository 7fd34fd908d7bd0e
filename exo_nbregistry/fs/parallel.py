"""Concurrent waits for the disk."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor

Wait = Callable[[], object]

# Enough for a registration with three payloads.
MAX_WORKERS = 8


def together(*waits: Wait) -> None:
    """Call functions that wait for the disk at the same time, and return when all are done.

    A journaling file system writes what they wait for in one commit, so that several waits take
    little longer than one. The threads are reused, because starting a thread takes about the time
    of one wait on a fast disk.

    Parameters
    ----------
    *waits : callable
        Functions without arguments. This thread calls the last one, and each one that no other
        thread has started.

    Raises
    ------
    BaseException
        The first error, after all calls have ended.
    """
    calls = [_Call(wait) for wait in waits]
    for call in calls[:-1]:
        # If no thread can be started, as while the interpreter exits, `run` is called below.
        with contextlib.suppress(RuntimeError):
            _workers().submit(call.run)
    for call in reversed(calls):
        call.run()
    for call in calls:
        call.join()
    for call in calls:
        if call.error is not None:
            raise call.error


class _Call:
    """A call that exactly one of several threads makes."""

    def __init__(self, wait: Wait) -> None:
        self._wait = wait
        self._begun = threading.Lock()
        self._ended = threading.Lock()
        self._ended.acquire()
        self.error: BaseException | None = None

    def run(self) -> None:
        """Make the call, unless another thread has started it."""
        if not self._begun.acquire(blocking=False):
            return
        try:
            self._wait()
        except BaseException as error:  # noqa: BLE001 - `together` raises it
            self.error = error
        finally:
            self._ended.release()

    def join(self) -> None:
        """Wait until the call has ended."""
        with self._ended:
            pass


@functools.cache
def _workers() -> Executor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(MAX_WORKERS, thread_name_prefix="exo-nbregistry-fs")


# A forked process does not have the threads of its parent.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_workers.cache_clear)
