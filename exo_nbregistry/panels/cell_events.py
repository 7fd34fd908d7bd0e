"""Calls after each cell, without a thread or a timer, until their object is closed."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any

_EVENT = "post_run_cell"


def call_after_cells(method: Callable[[], None]) -> Callable[[], None]:
    """Call a bound method after each cell of the notebook while its object is alive.

    Parameters
    ----------
    method : callable
        A bound method. Its object is not kept alive.

    Returns
    -------
    callable
        Ends the calls.

    Examples
    --------
    >>> class Counter:
    ...     def add(self):
    ...         pass
    >>> stop = call_after_cells(Counter().add)
    >>> stop()
    """
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return lambda: None
    reference = weakref.WeakMethod(method)

    def after_cell(_result: Any = None) -> None:
        current = reference()
        if current is None:
            stop()
        else:
            current()

    def stop() -> None:
        if after_cell in shell.events.callbacks[_EVENT]:
            shell.events.unregister(_EVENT, after_cell)

    shell.events.register(_EVENT, after_cell)
    return stop
