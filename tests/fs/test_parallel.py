"""Concurrent waits for the disk: results, errors and a fallback without threads."""

from __future__ import annotations

import os
import threading

import pytest

from exo_nbregistry.fs.parallel import MAX_WORKERS, _workers, together


def test_calls_run_at_the_same_time() -> None:
    """Calls that wait for each other complete, because they run at the same time."""
    barrier = threading.Barrier(3, timeout=30)
    done: list[int] = []
    together(*(lambda i=i: done.append(i + 0 * barrier.wait()) for i in range(3)))
    assert sorted(done) == [0, 1, 2]


@pytest.mark.parametrize("count", [0, 1])
def test_a_single_call_runs_in_the_thread_of_the_caller(count: int) -> None:
    """A single call runs in the thread of the caller."""
    threads: list[threading.Thread] = []
    together(*[lambda: threads.append(threading.current_thread())] * count)
    assert threads == [threading.current_thread()] * count


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_an_error_is_raised_after_all_calls(failing: int) -> None:
    """An error is raised after all other calls are completed."""
    done: list[int] = []

    def call(number: int) -> None:
        if number == failing:
            raise KeyboardInterrupt(str(number))
        done.append(number)

    with pytest.raises(KeyboardInterrupt, match=str(failing)):
        together(*(lambda i=i: call(i) for i in range(3)))
    assert sorted(done) == sorted({0, 1, 2} - {failing})


def test_without_threads_calls_run_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """If no thread can be started, the calls run one after the other."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    _workers.cache_clear()
    done: list[int] = []
    together(*(lambda i=i: done.append(i) for i in range(3)))
    assert sorted(done) == [0, 1, 2]
    _workers.cache_clear()


def test_calls_may_wait_for_others() -> None:
    """Nested calls do not block, even if there are more calls than threads."""
    done: list[int] = []
    inner = [lambda i=i: done.append(i) for i in range(3)]
    together(*[lambda: together(*inner)] * (3 * MAX_WORKERS))
    assert sorted(done) == sorted([0, 1, 2] * 3 * MAX_WORKERS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not fork")
def test_a_fork_starts_its_own_threads() -> None:
    """A forked process, which does not have the threads of its parent, starts new threads."""
    test_calls_run_at_the_same_time()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            test_calls_run_at_the_same_time()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
