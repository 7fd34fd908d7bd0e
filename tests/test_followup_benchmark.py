"""What became of the candidates: the benchmark says what it needs, and keeps its promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import followup
from benchmarks.row import Settings

SHARED = Path("/work/shared/data/koi_cumulative.csv.gz")


def test_without_the_table_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the archive's table of 2026 is not to be found, it is asked for by name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(followup.TABLE, str(tmp_path / "nothing.csv.gz"))
    monkeypatch.setattr(followup, "PLACES", ())
    said: list[str] = []
    assert list(followup.measure(Settings(tmp_path, True, said.append))) == []
    assert "koi_cumulative.csv.gz" in said[0]
    assert followup.TABLE in said[0]


@pytest.mark.skipif(not SHARED.is_file(), reason="the archive's table of 2026 is not here")
def test_the_flagged_are_confirmed_three_times_as_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the candidates that a forest is sure of, three times the base share is confirmed."""
    monkeypatch.setenv(followup.TABLE, str(SHARED))
    monkeypatch.setattr(followup, "_QUICK", {"RandomForest": {"n_estimators": 100}})
    rows = {row.what: row for row in followup.measure(Settings(tmp_path, True, [].append))}
    base, own, calibrated = rows.values()
    assert base.ours == pytest.approx(438 / 1797)
    assert own.good
    assert 2.5 < calibrated.ours < own.ours
    assert calibrated.good is None
