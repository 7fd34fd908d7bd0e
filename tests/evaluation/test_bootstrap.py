"""Bootstrap over groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exo_nbregistry.evaluation.bootstrap import bootstrap, percentile_interval


def draw(groups: Any, n_resamples: int = 600, **options: Any) -> Any:
    """Return the weights themselves as the statistic."""
    return bootstrap(
        lambda w: w, np.asarray(groups), n_resamples=n_resamples, progress=False, **options
    )


def test_rows_of_a_group_are_drawn_together() -> None:
    """Every resample counts all rows of a group equally often, and draws as many groups."""
    weights = draw(["a", "a", "b", "c", "a"])
    assert weights.shape == (600, 5)
    assert np.array_equal(weights[:, 0], weights[:, 1])
    assert np.array_equal(weights[:, 0], weights[:, 4])
    assert set((weights[:, 0] + weights[:, 2] + weights[:, 3]).tolist()) == {3.0}
    assert weights.mean(axis=0) == pytest.approx(np.ones(5), abs=0.15)


def test_the_seed_decides() -> None:
    """One seed gives one result, and another seed another."""
    groups = np.arange(20)
    assert np.array_equal(draw(groups, random_state=1), draw(groups, random_state=1))
    assert not np.array_equal(draw(groups, random_state=1), draw(groups, random_state=2))


def test_large_groups_widen_the_interval() -> None:
    """If the rows of a group agree, drawing groups gives a wider interval than drawing rows."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 10)
    values = rng.normal(size=30)[groups]

    def mean(weights: Any) -> Any:
        return (weights @ values / weights.sum(axis=1))[:, None]

    def width(units: Any) -> float:
        low, high = percentile_interval(bootstrap(mean, units, progress=False)[:, 0], 0.95)
        return high - low

    assert width(groups) > 2 * width(np.arange(300))


def test_an_interval_has_its_coverage() -> None:
    """About nine in ten of the 90 % intervals contain the true mean."""
    rng = np.random.default_rng(3)
    inside = 0
    for seed in range(200):
        sample = rng.normal(size=40)
        drawn = bootstrap(
            lambda w, sample=sample: (w @ sample / 40)[:, None],  # type: ignore[misc]
            np.arange(40),
            n_resamples=300,
            random_state=seed,
            progress=False,
        )
        low, high = percentile_interval(drawn[:, 0], 0.9)
        inside += low <= 0 <= high
    assert 0.82 <= inside / 200 <= 0.95


def test_undefined_resamples_are_ignored() -> None:
    """NaN does not affect an interval, and only NaN gives NaN."""
    assert percentile_interval(np.array([np.nan, 1.0, 3.0]), 1.0) == (1.0, 3.0)
    assert np.isnan(percentile_interval(np.array([np.nan]), 0.9)).all()


def test_a_bar_shows_the_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """A bar on stderr counts the resamples, unless progress=False."""
    bootstrap(lambda w: w, np.arange(3), n_resamples=5, unit="visit")
    assert "Bootstrap over visits: 100%" in capsys.readouterr().err
    draw(np.arange(3), 5)
    assert capsys.readouterr().err == ""
