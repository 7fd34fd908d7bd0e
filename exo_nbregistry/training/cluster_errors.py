"""Errors of a Dask cluster, which joblib does not report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any


@contextmanager
def cluster_errors() -> Iterator[None]:
    """End a parallel call of joblib with the error of the cluster, while the block runs.

    If a task of a Dask cluster has no result, because its worker was killed or lacks a module,
    joblib's backend stores the error in a future and does not call back. The call waits forever.

    Examples
    --------
    >>> with cluster_errors():
    ...     pass
    """
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    if type(backend).__module__ != "joblib._dask" or "submit" in vars(backend):
        yield
        return
    backend.submit = _reporting(backend.submit)
    try:
        yield
    finally:
        del backend.submit


def _reporting(submit: Callable[..., Future[Any]]) -> Callable[..., Future[Any]]:
    """Return a function that submits a task, and passes its error to the callback."""

    def submit_and_report(func: Any, callback: Callable[[Any], Any]) -> Future[Any]:
        def report(done: Future[Any]) -> None:
            error = done.exception()
            if error is not None:
                # joblib raises an exception that is returned as a result.
                callback(error)

        future = submit(func, callback)
        future.add_done_callback(report)
        return future

    return submit_and_report
