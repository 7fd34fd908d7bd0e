"""Jobs run under any backend of joblib, and a failure does not stop the others."""

from __future__ import annotations

import ast
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from exo_nbregistry.training.parallel import Job, Outcome, run_jobs, shares_memory
from tests.training.late_backend import LateBackend

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
BACKENDS = ("sequential", "threading", "loky", "multiprocessing", "late")
PROCESSES = ("loky", "multiprocessing")
PACKAGE = Path(__file__).resolve().parents[2] / "exo_nbregistry"


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """Activate each backend with two workers."""
    joblib.register_parallel_backend("late", LateBackend)
    n_jobs = 1 if request.param == "sequential" else 2
    with joblib.parallel_config(backend=request.param, n_jobs=n_jobs):
        yield request.param


def scale(model: Any, factor: float) -> Any:
    """Return a product, or raise an error for a text."""
    if isinstance(model, str):
        raise ValueError(f"{model} is not a number")
    return model * factor


def same(model: Any) -> Any:
    """Return the model."""
    return model


def hold(model: Any, table: Any) -> Any:
    """Return a dict with the table, as a nearest-neighbors model keeps it."""
    return {"table": table, "kind": type(table).__name__, "model": model}


def lock(model: Any) -> Any:
    """Return a lock, which cannot be pickled."""
    return threading.Lock()


def process(model: Any) -> int:
    """Return the process that runs a job."""
    return os.getpid()


def by_key(outcomes: Iterator[Outcome]) -> dict[Any, Outcome]:
    """Return the outcomes by key."""
    return {outcome.key: outcome for outcome in outcomes}


def test_each_job_has_an_outcome(backend: str) -> None:
    """With any backend, each job returns its value and its duration."""
    found = by_key(run_jobs(scale, [Job(n, n, (3,)) for n in range(5)]))
    assert {key: outcome.value for key, outcome in found.items()} == {n: 3 * n for n in range(5)}
    assert all(outcome.error == outcome.reason == "" for outcome in found.values())
    assert min(outcome.time_s for outcome in found.values()) > 0


def test_a_failure_is_an_outcome(backend: str) -> None:
    """A job that fails has its traceback and reason, and the others have their values."""
    found = by_key(run_jobs(scale, [Job("bad", "x", (2,)), Job("good", 4, (2,))]))
    assert found["good"].value == 8
    assert found["bad"].value is None
    assert found["bad"].error.startswith("Traceback")
    assert found["bad"].reason == "ValueError: x is not a number"


def test_each_job_is_counted_once(backend: str) -> None:
    """With any backend, the steps add up to the number of jobs, failures included."""
    steps: list[int] = []
    jobs = [Job(n, "x" if n == 2 else n, (2,)) for n in range(7)]
    assert len(list(run_jobs(scale, jobs, on_step=steps.append))) == 7
    assert sum(steps) == 7
    assert min(steps) > 0


def test_steps_come_before_the_last_result() -> None:
    """A backend that returns all results at the end still reports each completed job."""
    joblib.register_parallel_backend("late", LateBackend)
    seen: list[Any] = []
    jobs = [Job(f"job {n}", n, (2,)) for n in range(4)]
    with joblib.parallel_config(backend="late", n_jobs=2):
        seen.extend(outcome.key for outcome in run_jobs(scale, jobs, on_step=seen.append))
    assert seen[-4:] == [job.key for job in jobs]
    assert sum(seen[:-4]) == 4


def test_an_error_of_the_listener_is_raised(backend: str) -> None:
    """An error in `on_step` reaches the caller, although another thread may have called it."""

    def fail(_steps: int) -> None:
        raise RuntimeError("the bar is broken")

    with pytest.raises(RuntimeError, match="the bar is broken"):
        list(run_jobs(scale, [Job("one", 1, (2,))], on_step=fail))


def test_a_class_of_a_notebook_can_be_sent(backend: str) -> None:
    """A class and a function that no module has are sent by value, and come back unchanged."""

    class Local:
        def __init__(self, change: Any) -> None:
            self.change = change

    (outcome,) = run_jobs(same, [Job("local", Local(lambda value: value + 1), ())])
    assert outcome.error == ""
    assert type(outcome.value) is Local
    assert outcome.value.change(1) == 2


class Unreadable:
    """Can be pickled, and raises an error when it is read."""

    def __reduce__(self) -> Any:
        return int, ("not a number",)


@pytest.mark.parametrize("kind", PROCESSES)
@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (threading.Lock(), r"^TypeError: Cannot send lock between processes: TypeError: .*lock"),
        (Unreadable(), r"^ValueError: invalid literal"),
    ],
    ids=["unpicklable", "unreadable"],
)
def test_a_model_that_cannot_be_sent_is_a_failure(kind: str, model: Any, reason: str) -> None:
    """A model that cannot be pickled, or not read by a worker, does not affect the others."""
    with joblib.parallel_config(backend=kind, n_jobs=2):
        found = by_key(run_jobs(same, [Job("bad", model, ()), Job("good", 4, ())]))
    assert found["good"].value == 4
    assert re.match(reason, found["bad"].reason)


@pytest.mark.parametrize("kind", PROCESSES)
def test_a_result_that_cannot_be_sent_is_a_failure(kind: str) -> None:
    """A value that cannot be pickled by the worker is named with its class."""
    with joblib.parallel_config(backend=kind, n_jobs=2):
        (outcome,) = run_jobs(lock, [Job("one", 1, ())])
    assert outcome.reason.startswith("TypeError: Cannot send lock between processes: ")


def test_one_job_at_a_time_copies_nothing() -> None:
    """Without parallel jobs the value is the object itself, which need not be picklable."""
    made = threading.Lock()
    (outcome,) = run_jobs(same, [Job("one", made, ())], n_jobs=1)
    assert outcome.value is made


@pytest.mark.parametrize("kind", PROCESSES)
def test_large_tables_are_shared_and_come_back_as_arrays(kind: str) -> None:
    """A worker reads a large array from a memory map, but a model never keeps the map."""
    table = np.arange(400_000, dtype=float)
    with joblib.parallel_config(backend=kind, n_jobs=2):
        (outcome,) = run_jobs(hold, [Job("one", 1, (table,))])
    assert outcome.value["kind"] == "memmap"
    assert type(outcome.value["table"]) is np.ndarray
    assert np.array_equal(outcome.value["table"], table)


def test_an_interruption_is_raised() -> None:
    """An interruption is not the failure of a job."""

    def interrupt(_model: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(run_jobs(interrupt, [Job("one", 1, ())]))


def test_processes_share_no_memory() -> None:
    """Jobs of threads, and a single job at a time, run in this process."""
    found = {}
    for name, n_jobs in (("sequential", 1), ("threading", 2), ("loky", 1), ("loky", 2)):
        with joblib.parallel_config(backend=name, n_jobs=n_jobs):
            found[name, n_jobs] = shares_memory(None)
    assert found == {
        ("sequential", 1): True,
        ("threading", 2): True,
        ("loky", 1): True,
        ("loky", 2): False,
    }


def test_a_single_worker_is_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one worker, joblib runs the jobs in this process, even if the backend is a cluster."""
    joblib.register_parallel_backend("late", LateBackend)
    monkeypatch.setattr(LateBackend, "effective_n_jobs", lambda *_given, **_named: 1)
    with joblib.parallel_config(backend="late"):
        assert shares_memory(None)
        (outcome,) = run_jobs(process, [Job("one", 1, ())])
    assert outcome.value == os.getpid()


def follows_active_backend(node: ast.AST) -> bool:
    """Return whether code calls or extends joblib's Parallel, without a backend of its own."""
    if isinstance(node, ast.ClassDef):
        return any(ast.unparse(base).endswith("Parallel") for base in node.bases)
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func).rpartition(".")[2]
    return called == "Parallel" and "backend" not in {word.arg for word in node.keywords}


def test_the_active_backend_is_used_in_one_module() -> None:
    """Other modules name the backend of each Parallel, because the options depend on it."""
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if follows_active_backend(node)
    }
    assert users == {"training/parallel.py"}
