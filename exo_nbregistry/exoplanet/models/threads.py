"""One thread for numerical libraries, which is the fastest for tables of a few thousand rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables by which a user sets the number of threads; one that is set takes precedence."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Run the block with one thread of OpenMP and of BLAS, unless the user has set a number.

    On small matrices, several threads mostly wait for each other. On a machine with other work, a
    fit then takes ten times as long. Blocks may be nested.

    Examples
    --------
    >>> with one_thread():
    ...     pass
    """
    if any(os.environ.get(name) for name in VARIABLES):
        yield
        return
    with _libraries().limit(limits=1):
        yield


@cache
def _libraries() -> Any:
    # Finding the loaded libraries takes milliseconds, longer than to predict one row.
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
