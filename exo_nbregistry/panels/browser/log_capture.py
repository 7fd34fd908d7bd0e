"""Capture log messages of registry calls for display in a panel."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def capture_logs() -> Iterator[list[str]]:
    """Collect the warnings of this thread instead of logging them.

    Yields
    ------
    list of str
        Messages of the warnings so far.

    Examples
    --------
    >>> with capture_logs() as warnings:
    ...     logging.getLogger("exo_nbregistry").warning("No version has %s.", "metrics.f2")
    >>> warnings
    ['No version has metrics.f2.']
    """
    log = logging.getLogger("exo_nbregistry")
    thread = threading.get_ident()
    texts: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        mine = record.thread == thread and record.levelno >= logging.WARNING
        if mine:
            texts.append(record.getMessage())
        return not mine

    log.addFilter(keep)
    try:
        yield texts
    finally:
        log.removeFilter(keep)
