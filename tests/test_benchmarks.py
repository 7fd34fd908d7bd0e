"""The benchmarks run and print their measurements; their speed is not tested."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import scale
from benchmarks.__main__ import main
from benchmarks.row import Row, Settings, table
from benchmarks.timing import interleaved


@pytest.mark.parametrize(
    ("row", "good"),
    [
        (Row("a", 3.0, 2.0, 1.5), True),
        (Row("a", 3.1, 2.0, 1.5), False),
        (Row("a", 3.0, 2.0), None),
        (Row("a", 3.0, target=1.5), None),
        (Row("a", 3.0, holds=True), True),
        (Row("a", 1.0, 1.0, 2.0, holds=False), False),
    ],
)
def test_a_row_is_good_if_it_is_fast_and_right(row: Row, good: bool | None) -> None:
    """A row meets its target by its ratio or a condition; without both the result is None."""
    assert row.good is good


def test_the_table_has_a_line_for_each_row() -> None:
    """Quantities have three digits and a unit; missing values are empty."""
    rows = [Row("fast", 0.0015, 0.001, 2.0), Row("large", 5.5e8, unit="B"), Row("slow", 9, 3, 2.0)]
    assert table(rows).splitlines() == [
        "what      ours    floor  ratio  target  verdict",
        "-----------------------------------------------",
        "fast   1.50 ms  1.00 ms   1.50    2.00  ok",
        "large   550 MB",
        "slow    9.00 s   3.00 s   3.00    2.00  MISSED",
    ]


def test_two_ways_are_timed_in_turn() -> None:
    """The order alternates, and each run has its setup."""
    order: list[str] = []
    times = interleaved(
        lambda: order.append("ours"),
        lambda: order.append("floor"),
        runs=2,
        setup=lambda: order.append("set up"),
    )
    assert order[::2] == ["set up"] * 6
    assert order[1::2] == ["floor", "ours", "ours", "floor", "floor", "ours"]
    assert min(times) >= 0


def test_the_command_prints_its_table() -> None:
    """A quick run of selected parts prints a line for each of their rows."""
    done = CliRunner().invoke(main, ["register", "load", "--quick"])
    assert done.exit_code == 0, done.output
    whats = [line.split("  ")[0] for line in done.stdout.splitlines()[2:] if line[0] != " "]
    assert whats == [
        "register 500 MB, peak memory",
        "register 1 KB",
        "register RandomForest(100)",
        "register 500 MB",
        "load 1 KB, above joblib.load (at most 5 ms)",
        "load RandomForest(100)",
        "load 500 MB",
        "load 500 MB, mapped again",
    ]


def test_concurrent_writers_lose_no_version() -> None:
    """The part with many processes meets its target."""
    done = CliRunner().invoke(main, ["concurrency", "--quick"])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].endswith("ok")


def test_the_scale_part_measures_each_target(tmp_path: Path) -> None:
    """The part on the size of a registry has a line for each target."""
    rows = list(scale.measure(Settings(tmp_path, quick=True, echo=lambda _: None)))
    assert [row.what for row in rows if row.target in (3.0, 1.1) and "500" in row.what] == [
        "build the index of 500",
        "top 10 of 500, warm",
        "best of 500, warm",
        "page of 50 of 500, warm",
        "top 10 of 500, fresh process",
        "page of 50 of 500, memory against 100",
    ]
    assert "next version, 500 versions, against 100" in [row.what for row in rows]


def test_an_unknown_part_is_named() -> None:
    """An unknown part is an error that names the known ones."""
    done = CliRunner().invoke(main, ["speed"])
    assert done.exit_code == 2
    assert "'register'" in done.output
