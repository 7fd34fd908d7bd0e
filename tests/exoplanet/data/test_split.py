"""The split by star."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidInputError
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
    """Return the row numbers of the three sets, which the tests pass as the only feature."""
    return [np.asarray(part).ravel() for part in (split.X_train, split.X_val, split.X_test)]


@given(signals(), st.integers(0, 2**31))
def test_no_star_is_in_two_sets(drawn: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    """The stars of the three sets are disjoint for any labels and seed."""
    y, stars = drawn
    split = split_by_star(np.arange(len(y))[:, None], y, stars, random_state=seed)
    train, validation, test = (set(stars[rows]) for rows in rows_of(split))
    assert not train & validation
    assert not train & test
    assert not validation & test


@given(signals(), st.integers(0, 2**31))
def test_each_row_is_used_once(drawn: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    """Each row is in one set, in order and with its own label."""
    y, stars = drawn
    split = split_by_star(np.arange(len(y))[:, None], y, stars, random_state=seed)
    parts = rows_of(split)
    assert sorted(np.concatenate(parts)) == list(range(len(y)))
    for rows, labels in zip(parts, (split.y_train, split.y_val, split.y_test), strict=True):
        assert np.all(np.diff(rows) > 0)
        assert np.array_equal(y[rows], labels)


@given(signals(), st.integers(0, 2**31))
def test_the_row_order_does_not_change_the_split(
    drawn: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    """The same seed selects the same stars if the rows have a different order."""
    y, stars = drawn
    rows = np.arange(len(y))
    backwards = rows[::-1]
    split = split_by_star(rows[:, None], y, stars, random_state=seed)
    other = split_by_star(backwards[:, None], y[backwards], stars[backwards], random_state=seed)
    for first, second in zip(rows_of(split), rows_of(other), strict=True):
        assert np.array_equal(first, second[::-1])


def test_another_seed_selects_other_stars() -> None:
    """Two seeds give two different test sets."""
    stars = np.arange(200)
    first, second = (
        split_by_star(stars[:, None], stars % 2, stars, random_state=seed).X_test.ravel()
        for seed in (1, 2)
    )
    assert set(first) != set(second)


def test_the_split_is_stratified() -> None:
    """Each set has its fraction of each label's stars, to within two stars."""
    stars = np.arange(1000)
    labels = np.where(stars < 130, "CONFIRMED", "FALSE POSITIVE")
    split = split_by_star(stars[:, None], labels, stars, fractions=(0.5, 0.3, 0.2))
    for part, fraction in zip(split[1::2], (0.5, 0.3, 0.2), strict=True):
        assert abs(np.sum(part == "CONFIRMED") - 130 * fraction) < 2
        assert abs(np.sum(part == "FALSE POSITIVE") - 870 * fraction) < 2


def test_frames_remain_frames() -> None:
    """Frames and series keep their columns and their index."""
    index = [f"K{number:05d}.01" for number in range(40)]
    X = pd.DataFrame({"koi_period": np.arange(40.0)}, index=index)
    y = pd.Series(np.arange(40) % 2, index=index, name="confirmed")
    split = split_by_star(X, y, np.arange(40))
    assert list(split.X_test.columns) == ["koi_period"]
    assert split.X_test.index.equals(split.y_test.index)
    assert X.loc[split.X_val.index].equals(split.X_val)


@pytest.mark.parametrize("fractions", [(0.5, 0.5), (0.8, 0.1, 0.2), (1.0, 0.0, 0.0)])
def test_fractions_must_be_three_and_add_up_to_one(fractions: tuple[float, ...]) -> None:
    """Fractions must be three positive numbers that add up to one."""
    with pytest.raises(InvalidInputError, match="three positive numbers that add up to 1"):
        split_by_star(np.zeros((9, 1)), np.zeros(9), np.arange(9), fractions=fractions)


def test_lengths_must_agree() -> None:
    """The error for unequal lengths has the three lengths."""
    with pytest.raises(InvalidInputError, match="9, 9 and 8"):
        split_by_star(np.zeros((9, 1)), np.zeros(9), np.arange(8))


def test_too_few_stars_are_rejected() -> None:
    """A split with an empty set is an error."""
    with pytest.raises(InvalidInputError, match="2 stars are too few"):
        split_by_star(np.zeros((9, 1)), np.zeros(9), np.arange(9) % 2)
