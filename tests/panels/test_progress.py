"""Progress of running work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from exo_nbregistry.panels.progress import Item, Progress


class Clock:
    """A clock with a set time."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_reports_are_kept() -> None:
    """An item keeps its position and its earlier values when its state changes."""
    work = Progress(3, ["a", "b"])
    work.begin("b")
    work.result("a", time_s=1.5)
    work.result("a", score=0.5)
    work.fail("b", "no data")
    work.begin("c")
    assert work.snapshot().items == (
        Item("a", "done", 1.5, 0.5),
        Item("b", "failed", error="no data"),
        Item("c", "running"),
    )
    assert [item.name for item in work.snapshot().of_state("failed")] == ["b"]


def test_only_numbers_are_scores() -> None:
    """A score that is NaN or None is not a score."""
    work = Progress(3)
    for name, score in {"a": 0.5, "b": float("nan"), "c": None}.items():
        work.result(name, score=score)
    assert [item.name for item in work.snapshot().scored] == ["a"]


def test_remaining_time_is_estimated_after_two_steps() -> None:
    """The remaining time is known after two steps, and never without a total."""
    clock = Clock()
    work = Progress(10, now=clock)
    clock.now = 4.0
    work.step()
    assert work.snapshot().remaining_s is None
    work.step()
    assert work.snapshot().elapsed_s == 4.0
    assert work.snapshot().remaining_s == 16.0
    work.step(8)
    assert work.snapshot().remaining_s is None
    endless = Progress(None, now=clock)
    endless.step(5)
    assert endless.snapshot().remaining_s is None


def test_threads_do_not_lose_reports() -> None:
    """All steps and results of many threads are kept."""
    work = Progress(None)

    def run(number: int) -> None:
        for i in range(200):
            work.step()
            work.result(f"{number}.{i}", score=1.0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert work.snapshot().done == len(work.snapshot().scored) == 1600
