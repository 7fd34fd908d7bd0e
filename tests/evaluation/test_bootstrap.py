"""The bootstrap draws stars, not rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exo_nbregistry.evaluation.bootstrap import bootstrap, interval


def draws(stars: Any, n_resamples: int = 600, **more: Any) -> Any:
    """Return the weights themselves as the statistic."""
    return bootstrap(
        lambda w: w, np.asarray(stars), n_resamples=n_resamples, progress=False, **more
    )


def test_rows_of_a_star_come_and_go_together() -> None:
    """Every resample counts all rows of a star equally often, and as many stars as there are."""
    weights = draws(["a", "a", "b", "c", "a"])
    assert weights.shape == (600, 5)
    assert np.array_equal(weights[:, 0], weights[:, 1])
    assert np.array_equal(weights[:, 0], weights[:, 4])
    assert set((weights[:, 0] + weights[:, 2] + weights[:, 3]).tolist()) == {3.0}
    assert weights.mean(axis=0) == pytest.approx(np.ones(5), abs=0.15)


def test_the_seed_decides() -> None:
    """The same seed draws the same, another one draws otherwise."""
    stars = np.arange(20)
    assert np.array_equal(draws(stars, random_state=1), draws(stars, random_state=1))
    assert not np.array_equal(draws(stars, random_state=1), draws(stars, random_state=2))


def test_stars_of_many_rows_widen_the_interval() -> None:
    """Where the rows of a star agree, drawing stars gives a wider interval than drawing rows."""
    rng = np.random.default_rng(0)
    stars = np.repeat(np.arange(30), 10)
    values = rng.normal(size=30)[stars]

    def mean(weights: Any) -> Any:
        return (weights @ values / weights.sum(axis=1))[:, None]

    def width(units: Any) -> float:
        low, high = interval(bootstrap(mean, units, progress=False)[:, 0], 0.95)
        return high - low

    assert width(stars) > 2 * width(np.arange(300))


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Of the means of many samples, about nine in ten lie inside their 90 % interval."""
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
        low, high = interval(drawn[:, 0], 0.9)
        inside += low <= 0 <= high
    assert 0.82 <= inside / 200 <= 0.95


def test_resamples_without_meaning_are_left_out() -> None:
    """NaN takes no part in an interval, and nothing but NaN gives NaN."""
    assert interval(np.array([np.nan, 1.0, 3.0]), 1.0) == (1.0, 3.0)
    assert np.isnan(interval(np.array([np.nan]), 0.9)).all()


def test_progress_is_shown_where_it_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    """A bar on stderr counts the resamples, and there is none without it."""
    bootstrap(lambda w: w, np.arange(3), n_resamples=5)
    assert "Bootstrap over stars: 100%" in capsys.readouterr().err
    draws(np.arange(3), 5)
    assert capsys.readouterr().err == ""
