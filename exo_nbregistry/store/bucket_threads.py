"""Requests at the same time, and the rule that a forked process makes none."""

from __future__ import annotations

import errno
import functools
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future
from itertools import islice
from typing import TypeVar

from exo_nbregistry.errors import StoreError

# Requests that are made at the same time.
MAX_REQUESTS = 32
_AHEAD = 2 * MAX_REQUESTS
_used_in: list[int] = []
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def require_own_process(location: str) -> None:
    """Raise a StoreError in a process that was forked after the first request to a bucket.

    The threads that make the requests do not exist there, so a request would never return.
    """
    if not _used_in:
        _used_in.append(os.getpid())
    elif _used_in[0] != os.getpid():
        failure = StoreError(
            f"{location} cannot be used in a process that was forked after its parent had used a "
            "bucket. Start processes with 'spawn' or loky, or open the registry only in the "
            "processes themselves."
        )
        failure.errno = errno.ENOTSUP
        raise failure


def in_order(
    work: Callable[[_Item], _Result], items: Iterable[_Item], *, ahead: int = _AHEAD
) -> Generator[_Result, None, None]:
    """Yield the results of a function for several items, called at the same time.

    Only `ahead` items are taken in advance, so that results do not fill the memory.
    """
    waiting = iter(items)
    working: deque[Future[_Result]] = deque()
    try:
        for item in islice(waiting, ahead):
            working.append(pool().submit(work, item))
        while working:
            result = working.popleft().result()
            for item in islice(waiting, 1):
                working.append(pool().submit(work, item))
            yield result
    finally:
        for future in working:
            future.cancel()


@functools.cache
def pool() -> Executor:
    """Return the threads that make requests at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(MAX_REQUESTS, thread_name_prefix="exo-nbregistry-bucket")


# A forked process does not have the threads of its parent.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.cache_clear)
