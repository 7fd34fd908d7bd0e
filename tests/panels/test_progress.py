"""What is known of work that goes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from exo_nbregistry.panels.progress import Item, Progress


class Clock:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_it_keeps_what_it_is_told() -> None:
    """Items change their state in their place, and what was told before stays."""
    work = Progress(3, ["a", "b"])
    work.begin("b")
    work.result("a", time_s=1.5)
    work.result("a", score=0.5)
    work.fail("b", "no data")
    work.begin("c")
    assert work.snapshot().items == (
        Item("a", "done", 1.5, 0.5),
        Item("b", "failed", error="no data"),
        Item("c", "at work"),
    )
    assert [item.name for item in work.snapshot().of_state("failed")] == ["b"]


def test_only_numbers_are_scores() -> None:
    """A score that is NaN, or was not measured, is none."""
    work = Progress(3)
    for name, score in {"a": 0.5, "b": float("nan"), "c": None}.items():
        work.result(name, score=score)
    assert [item.name for item in work.snapshot().scored] == ["a"]


def test_time_left_is_told_when_it_is_no_guess() -> None:
    """After two steps the rest is expected to take as long each; never without a total."""
    clock = Clock()
    work = Progress(10, now=clock)
    clock.now = 4.0
    work.step()
    assert work.snapshot().left_s is None
    work.step()
    assert work.snapshot().elapsed_s == 4.0
    assert work.snapshot().left_s == 16.0
    work.step(8)
    assert work.snapshot().left_s is None
    endless = Progress(None, now=clock)
    endless.step(5)
    assert endless.snapshot().left_s is None


def test_threads_lose_nothing() -> None:
    """Steps and results from many threads are all there."""
    work = Progress(None)

    def run(number: int) -> None:
        for i in range(200):
            work.step()
            work.result(f"{number}.{i}", score=1.0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert work.snapshot().done == len(work.snapshot().scored) == 1600
