"""Fits in parallel under any backend of joblib: processes, threads or a cluster."""

from __future__ import annotations

import contextlib
import io
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.text.names import short_error
from exo_nbregistry.training.cluster_errors import cluster_errors


class Job(NamedTuple):
    """A call of a function with a model, possibly in another process or on another machine.

    Attributes
    ----------
    key : object
        Identifies the result.
    model : estimator
        The first argument. It is pickled by value, so a class of a notebook can be sent.
    data : tuple
        The other arguments. Arrays and frames that are the same objects in several jobs are sent
        once, if the backend can do that; inside a list or a dict they are sent with each job.
    """

    key: Any
    model: Any
    data: tuple[Any, ...]


class Outcome(NamedTuple):
    """The result of a job.

    Attributes
    ----------
    key : object
        Key of the job.
    value : object
        What the function returned; None if it failed.
    error : str
        Traceback of the failure; empty if there is none.
    time_s : float
        Duration of the call, in seconds.
    """

    key: Any
    value: Any
    error: str
    time_s: float

    @property
    def reason(self) -> str:
        """Last line of the traceback: the class and the message of the error."""
        return self.error.splitlines()[-1] if self.error else ""


def run_jobs(
    function: Callable[..., Any],
    jobs: Iterable[Job],
    *,
    n_jobs: int | None = None,
    on_step: Callable[[int], None] | None = None,
) -> Iterator[Outcome]:
    """Call a function for each job, with the active backend of joblib.

    Parameters
    ----------
    function : callable
        A function of a module, called with the model and the data of a job.
    jobs : iterable of Job
        The jobs; another thread may iterate over them.
    n_jobs : int or None, default=None
        Number of parallel calls. None means one, unless ``joblib.parallel_config`` sets another.
    on_step : callable, optional
        Called with the number of newly completed jobs, possibly from another thread.

    Yields
    ------
    Outcome
        The result of each job, in any order. Backends that cannot return a result before the last
        job is done, such as multiprocessing, yield all of them at the end.

    Raises
    ------
    BackendError
        If the backend stopped. The outcomes before it are complete.

    Examples
    --------
    >>> from joblib import parallel_config
    >>> with parallel_config(backend="threading", n_jobs=2):
    ...     found = list(run_jobs(round, [Job("pi", 3.14159, (2,)), Job("no", "text", ())]))
    >>> {outcome.key: outcome.value for outcome in found}["pi"]
    3.14
    >>> next(outcome.reason for outcome in found if outcome.key == "no")
    "TypeError: type str doesn't define __round__ method"
    """
    from joblib import Parallel, delayed

    steps, source = _Steps(on_step), _Source(jobs)

    class Counted(Parallel):
        def print_progress(self) -> None:
            # joblib calls this method after each job of any backend. It may be in a thread
            # that must not end by an error, or the results never arrive.
            super().print_progress()
            with contextlib.suppress(Exception):
                steps.reach(self.n_completed_tasks)

    def results() -> Iterator[Any]:
        calls = (
            delayed(_call)(function, key, _Parcel(model), *data) for key, model, data in source
        )
        try:
            with cluster_errors():
                yield from Counted(n_jobs=n_jobs, return_as=_return_as())(calls)
        except Exception as error:
            if source.failed:
                raise
            raise BackendError(explain_stop(error)) from error

    for number, (key, parcel, error, time_s) in enumerate(results(), 1):
        steps.reach(number)
        value = None
        if not error:
            try:
                value = parcel.open()
            except Exception:  # noqa: BLE001 - any error of a model is reported
                error = traceback.format_exc()
        yield Outcome(key, value, error, time_s)


class BackendError(RegistryError):
    """The backend of joblib stopped, for example because a worker process was killed."""


def explain_stop(error: Exception) -> str:
    """Return why the workers of a backend stopped, with the error of the backend.

    Examples
    --------
    >>> explain_stop(MemoryError("no space"))[-36:]
    'lack a module: MemoryError: no space'
    """
    reasons = [error] if error.__cause__ is None else [error, error.__cause__]
    return (
        "The workers stopped; a fit may need more memory, or a worker may lack a module: "
        f"{'; '.join(map(short_error, reasons))}"
    )


class _Source:
    """The jobs, and whether an error came from their iterator."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs, self.failed = jobs, False

    def __iter__(self) -> Iterator[Job]:
        try:
            yield from self._jobs
        except Exception:
            self.failed = True
            raise


class _Steps:
    """Reports each completed job once, although two threads count them."""

    def __init__(self, on_step: Callable[[int], None] | None) -> None:
        self._lock, self._done, self._on_step = threading.Lock(), 0, on_step

    def reach(self, done: int) -> None:
        """Report the jobs up to this number that have not been reported."""
        with self._lock:
            if done > self._done and self._on_step is not None:
                self._on_step(done - self._done)
                self._done = done


def shares_memory(n_jobs: int | None) -> bool:
    """Return whether jobs run in this process, so that they can report their progress.

    Examples
    --------
    >>> shares_memory(1), shares_memory(2)
    (True, False)
    """
    from joblib.parallel import get_active_backend

    backend, configured = get_active_backend()
    if getattr(backend, "supports_sharedmem", False):
        return True
    # If only one job can run at a time, joblib runs it here, even if the backend is a cluster.
    return bool(backend.effective_n_jobs(configured if n_jobs is None else n_jobs) == 1)


def _return_as() -> str:
    """Return how the active backend can return results: as they come, or all at the end."""
    from joblib.parallel import SequentialBackend, get_active_backend

    backend, _ = get_active_backend()
    as_they_come = isinstance(backend, SequentialBackend) or getattr(
        backend, "supports_return_generator", False
    )
    return "generator_unordered" if as_they_come else "list"


def _call(
    function: Callable[..., Any], key: Any, parcel: _Parcel, *data: Any
) -> tuple[Any, _Parcel | None, str, float]:
    """Run a job, possibly in another process, and return a failure as its traceback."""
    started = time.perf_counter()
    try:
        value = function(parcel.open(), *data)
    except Exception:  # noqa: BLE001 - any error of a model is reported
        return key, None, traceback.format_exc(), time.perf_counter() - started
    return key, _Parcel(value), "", time.perf_counter() - started


class _Parcel:
    """An object on its way between processes: pickled only if it leaves the process.

    An object that cannot be pickled, or not read on the other side, is an error of `open`: in the
    thread of joblib that sends and receives, it would stop or block all jobs.
    """

    def __init__(self, content: Any = None, data: bytes = b"", problem: str = "") -> None:
        self._content, self._data, self._problem = content, data, problem

    def open(self) -> Any:
        """Return the object; raise the error that prevented pickling or unpickling it."""
        import cloudpickle

        if self._problem:
            raise TypeError(self._problem)
        return cloudpickle.loads(self._data) if self._data else self._content

    def __reduce__(self) -> tuple[Any, ...]:
        if self._data or self._problem:
            return _Parcel, (None, self._data, self._problem)
        try:
            return _Parcel, (None, _pickled(self._content))
        except Exception as error:  # noqa: BLE001 - any class of a user can raise any error
            what = f"Cannot send {type(self._content).__name__} between processes"
            return _Parcel, (None, b"", f"{what}: {type(error).__name__}: {error}")


def _pickled(content: Any) -> bytes:
    import cloudpickle

    class Pickler(cloudpickle.Pickler):
        def reducer_override(self, obj: Any) -> Any:
            # joblib passes large arrays as memory maps of files that it deletes.
            if isinstance(obj, np.memmap):
                return np.asarray, (np.asarray(obj),)
            return super().reducer_override(obj)

    stream = io.BytesIO()
    Pickler(stream).dump(content)
    return stream.getvalue()
