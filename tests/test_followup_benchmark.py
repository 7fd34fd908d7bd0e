"""The benchmark of flagged candidates names missing data and meets its target."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import followup
from benchmarks.row import Settings
from benchmarks.shared import VARIABLE, shared_file

TABLE = shared_file(followup.TABLE)


def test_a_missing_table_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the table of 2026 does not exist, its path and the variable are reported."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    reported: list[str] = []
    assert list(followup.measure(Settings(tmp_path, True, reported.append))) == []
    assert str(tmp_path / "koi_cumulative.csv.gz") in reported[0]
    assert VARIABLE in reported[0]


def test_a_data_set_is_beside_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, or with an empty one, the folder is beside the repository."""
    monkeypatch.delenv(VARIABLE, raising=False)
    beside = shared_file("a.csv")
    assert beside == Path(__file__).parents[2] / "shared" / "data" / "a.csv"
    monkeypatch.setenv(VARIABLE, "")
    assert shared_file("a.csv") == beside


@pytest.mark.skipif(not TABLE.is_file(), reason="the archive's table of 2026 is not here")
def test_the_flagged_are_confirmed_three_times_as_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The confirmed share of flagged candidates is three times the share of all candidates."""
    monkeypatch.setattr(followup, "_QUICK", {"RandomForest": {"n_estimators": 100}})
    rows = {row.what: row for row in followup.measure(Settings(tmp_path, True, [].append))}
    base, own, calibrated = rows.values()
    assert base.ours == pytest.approx(438 / 1797)
    assert own.good
    assert 2.5 < calibrated.ours < own.ours
    assert calibrated.good is None
