"""Concurrent waits for the disk: results, errors and a fallback without threads."""

from __future__ import annotations

import threading

import pytest

from exo_nbregistry.fs.parallel import together


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
    done: list[int] = []
    together(*(lambda i=i: done.append(i) for i in range(3)))
    assert done == [0, 1, 2]
