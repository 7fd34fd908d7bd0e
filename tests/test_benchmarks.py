"""The benchmarks run and print their measurements; their speed is not tested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import (
    autoregister,
    damaged_models,
    exoplanet,
    load,
    move_in,
    register,
    restricted_loading,
    scale,
)
from benchmarks.__main__ import main
from benchmarks.row import Row, Settings, table
from benchmarks.shared import VARIABLE
from benchmarks.timing import interleaved
from exo_nbregistry.registry.facade import ModelRegistry


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


def test_a_mean_has_its_spread_and_its_interval() -> None:
    """A multiple has two decimals; the interval is in brackets, and `least` is the target."""
    rows = [
        Row("lift", 2.94, unit="x", spread=0.041, interval=(2.66, 3.171), least=2.9),
        Row("area", 0.9, unit="", interval=(0.85, 0.95)),
    ]
    assert [line.split() for line in table(rows).splitlines()[2:]] == [
        ["lift", "2.94", "±", "0.04", "(2.66", "to", "3.17)", "2.90", "ok"],
        ["area", "0.9000", "(0.8500", "to", "0.9500)"],
    ]


def test_a_row_that_is_not_measured_has_the_reason() -> None:
    """It has no value and no verdict, and counts as failed."""
    row = Row.unmeasured("speed", "no disk")
    assert table([row]).splitlines()[-1].startswith("speed  not measured")
    assert table([row]).endswith("no disk")
    assert row.failed
    assert not Row("speed", 1.0).failed
    assert Row("speed", 1.0, least=2.0).failed


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "the part gave no rows"),
        ([Row.unmeasured("load", "no file")], "no file"),
        ([Row("load", 1.0), ModuleNotFoundError("No module named 'chromium'")], "No module named"),
    ],
    ids=["empty", "unmeasured", "failed"],
)
def test_a_part_that_cannot_measure_fails(
    rows: list[Any], reason: str, quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table has the reason, the rows before it and those of other parts; the status is 1."""

    def measure(_settings: Settings) -> Iterator[Row]:
        for row in rows:
            if isinstance(row, Exception):
                raise row
            yield row

    monkeypatch.setattr(load, "measure", measure)
    monkeypatch.setattr(register, "measure", lambda _settings: iter([Row("register", 1.0)]))
    done = CliRunner().invoke(main, ["load", "register", *(["--quick"] if quick else [])])
    assert done.exit_code == 1
    assert "not measured" in done.stdout
    assert reason in done.stdout
    assert done.stdout.splitlines()[-1].startswith("register")


def test_a_missed_target_fails_but_not_in_a_quick_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick run checks that the parts work, not their speed."""
    monkeypatch.setattr(load, "measure", lambda _settings: iter([Row("load", 3.0, 1.0, 2.0)]))
    assert CliRunner().invoke(main, ["load"]).exit_code == 1
    assert CliRunner().invoke(main, ["load", "--quick"]).exit_code == 0


def test_scores_on_the_table_of_2026_need_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the table, the part on scores has a row with the reason."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (row,) = exoplanet._of_2026(Settings(tmp_path, True, [].append))
    assert row.failed
    assert str(tmp_path) in row.reason


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


def test_the_restricted_loader_is_counted_and_timed(tmp_path: Path) -> None:
    """The part on unknown signers has the share of models that load, and a row for each family."""
    rows = list(restricted_loading.measure(Settings(tmp_path, quick=True, echo=lambda _: None)))
    assert [row.good for row in rows if row.least] == [True, True]
    assert [row.what.partition("(")[0] for row in rows if row.target] == [
        "load restricted RandomForest",
        "load restricted 500 MB",
        "load restricted GradientBoosting",
    ]


def test_fits_are_timed_with_automatic_registration(tmp_path: Path) -> None:
    """The part has a row for each kind of fit, and registers each of them once."""
    settings = Settings(tmp_path, quick=True, echo=lambda _: None)
    rows = list(autoregister.measure(settings))
    assert [row.what for row in rows] == list(autoregister.MODELS)
    assert all(row.ours and row.floor for row in rows)
    assert len(ModelRegistry(tmp_path / "registry").list_models()) >= len(rows)


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


def test_damaged_models_that_end_the_process_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows have the number of each outcome, and two killed models miss the target."""
    killed = ["SVC: SVC._n_support long: SIGSEGV", "KMeans: KMeans._n_threads = 1000: SIGABRT"]
    found = {"loaded": 70, "refused": 28, "killed": killed}
    monkeypatch.setattr(damaged_models, "damage_models", lambda _, seed: found)
    lines: list[str] = []
    rows = list(damaged_models.measure(Settings(tmp_path, quick=True, echo=lines.append)))
    assert [row.ours for row in rows] == [70, 28, 2]
    assert rows[-1].failed
    assert len(lines) == 2


def test_a_move_in_is_measured(tmp_path: Path) -> None:
    """The part on moving in compares all versions of a small store with a bare copy."""
    rows = list(move_in.measure(Settings(tmp_path, quick=True, echo=lambda _: None)))
    assert [row.what for row in rows] == [
        "move in 20 versions (at most 5 min)",
        "  again, with nothing to move in",
        "  peak memory, all models against a tenth",
    ]
    assert rows[0].holds
