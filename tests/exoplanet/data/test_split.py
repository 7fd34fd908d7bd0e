"""The split by star and its laws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star


@st.composite
def signals(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw labels and stars: 30 to 120 rows, up to four on a star."""
    rows = draw(st.integers(30, 120))
    seed = draw(st.integers(0, 2**16))
    rng = np.random.default_rng(seed)
    stars = np.sort(rng.integers(0, rows // draw(st.integers(1, 3)), rows))
    return rng.integers(0, draw(st.integers(1, 3)), rows), rng.permutation(stars) * 7 + 1000


def rows_of(split: StarSplit) -> list[np.ndarray]:
    """Return the row numbers of the three parts, which the tests pass as the only feature."""
    return [np.asarray(part).ravel() for part in (split.X_train, split.X_val, split.X_test)]


@given(signals(), st.integers(0, 2**31))
def test_no_star_is_on_two_sides(drawn: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    """The stars of the three parts are disjoint, whatever the labels and the seed."""
    y, stars = drawn
    split = split_by_star(np.arange(len(y))[:, None], y, stars, random_state=seed)
    train, validation, test = (set(stars[rows]) for rows in rows_of(split))
    assert not train & validation
    assert not train & test
    assert not validation & test


@given(signals(), st.integers(0, 2**31))
def test_each_row_is_used_once(drawn: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    """The parts together are the rows, each once, in order, and each with its own label."""
    y, stars = drawn
    split = split_by_star(np.arange(len(y))[:, None], y, stars, random_state=seed)
    parts = rows_of(split)
    assert sorted(np.concatenate(parts)) == list(range(len(y)))
    for rows, labels in zip(parts, (split.y_train, split.y_val, split.y_test), strict=True):
        assert np.all(np.diff(rows) > 0)
        assert np.array_equal(y[rows], labels)


@given(signals(), st.integers(0, 2**31))
def test_the_seed_decides_and_not_the_row_order(
    drawn: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    """The same seed sends the same stars to test, even when the rows come in another order."""
    y, stars = drawn
    rows = np.arange(len(y))
    turned = rows[::-1]
    once = split_by_star(rows[:, None], y, stars, random_state=seed)
    again = split_by_star(turned[:, None], y[turned], stars[turned], random_state=seed)
    for first, second in zip(rows_of(once), rows_of(again), strict=True):
        assert np.array_equal(first, second[::-1])


def test_another_seed_draws_other_stars() -> None:
    """Two seeds give two different test parts."""
    stars = np.arange(200)
    first, second = (
        split_by_star(stars[:, None], stars % 2, stars, random_state=seed).X_test.ravel()
        for seed in (1, 2)
    )
    assert set(first) != set(second)


def test_labels_keep_their_share() -> None:
    """Each part has its share of each label's stars, to within two stars."""
    stars = np.arange(1000)
    labels = np.where(stars < 130, "CONFIRMED", "FALSE POSITIVE")
    split = split_by_star(stars[:, None], labels, stars, fractions=(0.5, 0.3, 0.2))
    for part, fraction in zip(split[1::2], (0.5, 0.3, 0.2), strict=True):
        assert abs(np.sum(part == "CONFIRMED") - 130 * fraction) < 2
        assert abs(np.sum(part == "FALSE POSITIVE") - 870 * fraction) < 2


def test_frames_stay_frames() -> None:
    """Frames and series keep their columns and their index."""
    index = [f"K{number:05d}.01" for number in range(40)]
    X = pd.DataFrame({"koi_period": np.arange(40.0)}, index=index)
    y = pd.Series(np.arange(40) % 2, index=index, name="confirmed")
    split = split_by_star(X, y, np.arange(40))
    assert list(split.X_test.columns) == ["koi_period"]
    assert split.X_test.index.equals(split.y_test.index)
    assert X.loc[split.X_val.index].equals(split.X_val)


@pytest.mark.parametrize("fractions", [(0.5, 0.5), (0.8, 0.1, 0.2), (1.0, 0.0, 0.0)])
def test_fractions_must_make_three_parts(fractions: tuple[float, ...]) -> None:
    """Fractions that are not three positive shares of one are refused."""
    with pytest.raises(ValueError, match="three positive shares"):
        split_by_star(np.zeros((9, 1)), np.zeros(9), np.arange(9), fractions=fractions)


def test_lengths_must_agree() -> None:
    """Groups of another length than the rows are refused with the three lengths."""
    with pytest.raises(ValueError, match="9, 9 and 8"):
        split_by_star(np.zeros((9, 1)), np.zeros(9), np.arange(8))


def test_too_few_stars_are_refused() -> None:
    """A split that would leave a part empty is refused."""
    with pytest.raises(ValueError, match="2 stars are too few"):
        split_by_star(np.zeros((9, 1)), np.zeros(9), np.arange(9) % 2)
