"""Several waits end together, and no error is lost."""

from __future__ import annotations

import threading

import pytest

from exo_nbregistry.fs.parallel import together


def test_all_wait_at_the_same_time() -> None:
    """None could go on if they were called one after the other."""
    barrier = threading.Barrier(3, timeout=30)
    done: list[int] = []
    together(*(lambda i=i: done.append(i + 0 * barrier.wait()) for i in range(3)))
    assert sorted(done) == [0, 1, 2]


@pytest.mark.parametrize("count", [0, 1])
def test_one_needs_no_thread(count: int) -> None:
    """A single call is made in the thread of the caller."""
    threads: list[threading.Thread] = []
    together(*[lambda: threads.append(threading.current_thread())] * count)
    assert threads == [threading.current_thread()] * count


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_an_error_is_raised_when_all_have_ended(failing: int) -> None:
    """The other calls are completed first."""
    done: list[int] = []

    def call(number: int) -> None:
        if number == failing:
            raise KeyboardInterrupt(str(number))
        done.append(number)

    with pytest.raises(KeyboardInterrupt, match=str(failing)):
        together(*(lambda i=i: call(i) for i in range(3)))
    assert sorted(done) == sorted({0, 1, 2} - {failing})


def test_without_threads_calls_are_made_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no thread can start, nothing is left out."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    done: list[int] = []
    together(*(lambda i=i: done.append(i) for i in range(3)))
    assert done == [0, 1, 2]
