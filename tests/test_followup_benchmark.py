"""The benchmark of the quick start's list: its arithmetic, and its targets on real verdicts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import followup
from benchmarks.followup import Listed, Truth, list_candidates
from benchmarks.row import Row, Settings
from benchmarks.shared import VARIABLE, shared_file
from exo_nbregistry.evaluation.threshold import wilson_interval
from exo_nbregistry.exoplanet import load_koi

TABLE = shared_file(followup.TABLE)


def truth(n: int = 40) -> Truth:
    """Return candidates of which the first half was confirmed, and the last tenth has none."""
    place = np.arange(n)
    return Truth(place < n // 2, place < n - n // 10, place // 2)


def test_a_missing_table_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the table of 2026 does not exist, a row has its path and the variable."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (row,) = followup.measure(Settings(tmp_path, True, [].append))
    assert row.failed
    assert str(tmp_path / "koi_cumulative.csv.gz") in row.reason
    assert VARIABLE in row.reason


def test_a_data_set_is_beside_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, or with an empty one, the folder is beside the repository."""
    monkeypatch.delenv(VARIABLE, raising=False)
    beside = shared_file("a.csv")
    assert beside == Path(__file__).parents[2] / "shared" / "data" / "a.csv"
    monkeypatch.setenv(VARIABLE, "")
    assert shared_file("a.csv") == beside


def test_tied_candidates_share_a_place() -> None:
    """The number of confirmed among the first does not depend on the order of ties."""
    known = truth()
    ranked = np.arange(40.0)[::-1]
    assert known.count_confirmed(ranked, 10) == 10
    assert known.count_confirmed(-ranked, 10) == 0
    assert known.count_confirmed(np.zeros(40), 10) == 5
    tied = np.r_[np.ones(5), np.zeros(35)]
    assert known.count_confirmed(tied, 12) == pytest.approx(5 + 7 * 15 / 35)
    assert known.count_confirmed(tied[::-1], 5) == 0


def test_the_lift_has_the_interval_of_one_list() -> None:
    """The lift is the mean over the lists; the interval is binomial for the length of a list."""
    known = truth()
    scores = [np.arange(40.0)[::-1], np.zeros(40)]
    row = followup._lift("a list", known, scores, 10, least=1.6)
    assert row.what == "a list: lift of the first 10"
    assert row.ours == pytest.approx((2 + 1) / 2)
    low, high = wilson_interval(8, 10)
    assert row.interval == pytest.approx((2 * low, 2 * high))
    assert row.spread == pytest.approx(np.std([2, 1], ddof=1))
    assert row.good is False


def test_the_area_is_that_of_candidates_with_a_verdict() -> None:
    """A candidate without a verdict does not count."""
    known = truth()
    score = np.arange(40.0)[::-1]
    score[-4:] = 99
    area, (low, high) = known.roc_auc([score], 50)
    assert (area, low, high) == (1, 1, 1)
    mixed, (low, high) = known.roc_auc([np.where(np.arange(40) % 3, score, 0.0)], 200)
    assert low < mixed < high < 1
    assert known.roc_auc([score, -score], 50)[0] == pytest.approx(0.5)


def test_flagged_candidates_without_a_verdict_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The share of planets is taken over the flagged candidates with a verdict."""
    score = np.arange(40.0)[::-1]
    flagged = np.isin(np.arange(40), [0, 1, 2, 25, 39])
    monkeypatch.setattr(followup, "FIRST", (5, 10))
    rows = list(followup._judged("a list", truth(), [Listed("A", {"A": score}, flagged)], 20))
    assert rows[0].what == "a list (A 1 of 1): lift of the first 5"
    share = rows[-1]
    assert share.what == "a list: planets among 5 flagged, 4 of them with a verdict"
    assert share.ours == pytest.approx(3 / 4)
    assert share.interval == wilson_interval(3, 4)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Measure the list of one seed."""
    if not TABLE.is_file():
        pytest.skip("the archive's table of 2026 is not here")
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("followup")
        patch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(home / "config"))
        patch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))
        found = followup.measure(Settings(home, True, [].append))
        return {row.what: row for row in found}


@pytest.mark.slow
def test_the_default_list_meets_its_targets(rows: dict[str, Row]) -> None:
    """The list that a user gets reaches lift, ROC AUC and share of planets."""
    promised = [row for row in rows.values() if row.least is not None]
    assert [row.least for row in promised] == [2.9, 0.92, 0.97]
    assert all(row.good for row in promised), [row.cells() for row in promised]
    assert all("the quick start's list" in row.what for row in promised)


@pytest.mark.slow
def test_the_default_list_is_better_than_simple_ones(rows: dict[str, Row]) -> None:
    """At each length, the list beats those sorted by koi_score and by signal to noise."""
    for first in followup.FIRST:
        (own,) = [
            row for what, row in rows.items() if what.endswith(f"): lift of the first {first}")
        ]
        for words in followup.BASELINES.values():
            other = rows[f"sorted by {words}: lift of the first {first}"]
            assert own.interval is not None
            assert other.interval is not None
            assert own.interval[0] > other.interval[1]


@pytest.mark.slow
def test_the_base_is_the_share_of_all_candidates(rows: dict[str, Row]) -> None:
    """Of 1797 candidates of 2017, 438 were confirmed by 2026."""
    base = next(iter(rows.values()))
    assert base.what == "1797 candidates of 2017: share confirmed by 2026"
    assert base.ours == pytest.approx(438 / 1797)


@pytest.mark.slow
def test_the_verdicts_reach_only_the_judgment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lists are the same if the table of 2026 does not exist."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "empty"))
    listed = list_candidates(load_koi("five"), 0, Settings(tmp_path, True, [].append))
    assert set(listed.scores) >= {listed.best, "HistGradientBoosting", "Ensemble"}
    assert all(len(score) == 1797 for score in listed.scores.values())
    assert np.isfinite(listed.scores[listed.best]).all()
    assert (listed.flagged == (listed.scores[listed.best] >= 0.9)).all()
