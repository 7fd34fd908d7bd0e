"""Wait for the disk once for several files."""

from __future__ import annotations

import threading
from collections.abc import Callable


def together(*waits: Callable[[], object]) -> None:
    """Call functions that wait for the disk at the same time, and return when all are done.

    A journaling file system writes what they wait for in one commit, so that several waits take
    little longer than one.

    Parameters
    ----------
    *waits : callable
        The last is called in this thread.

    Raises
    ------
    BaseException
        The first error, after all of the calls have ended.
    """
    errors: list[BaseException] = []

    def run(wait: Callable[[], object]) -> None:
        try:
            wait()
        except BaseException as error:  # noqa: BLE001 - it is raised below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(wait,)) for wait in waits[:-1]]
    started = []
    for thread, wait in zip(threads, waits, strict=False):
        try:
            thread.start()
        except RuntimeError:  # no thread can start, such as while the interpreter shuts down
            run(wait)
        else:
            started.append(thread)
    for wait in waits[-1:]:
        run(wait)
    for thread in started:
        thread.join()
    if errors:
        raise errors[0]
