"""Splits by group."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.training import DataSplit, split_by_group


def test_a_group_is_in_one_part() -> None:
    """No group is in two parts, and each part has its share."""
    groups = np.repeat(np.arange(100), 3)
    split = split_by_group(groups[:, None], groups % 2, groups)
    assert type(split) is DataSplit
    parts = [set(part.ravel()) for part in split[::2]]
    assert list(map(len, parts)) == [70, 15, 15]
    assert len(set().union(*parts)) == 100


def test_without_groups_rows_are_split() -> None:
    """By default each row is its own group."""
    split = split_by_group(np.arange(20)[:, None], np.arange(20) % 2)
    assert [len(part) for part in split[1::2]] == [14, 3, 3]


def test_numbers_are_stratified() -> None:
    """The parts of a regression have about the same mean."""
    split = split_by_group(*load_diabetes(return_X_y=True))
    assert np.ptp([part.mean() for part in split[1::2]]) < 5


def test_errors_name_the_unit() -> None:
    """Too few groups, or rows, raise an error that names them."""
    with pytest.raises(InvalidInputError, match="2 groups are too few"):
        split_by_group(np.zeros((9, 1)), np.zeros(9), np.arange(9) % 2)
    with pytest.raises(ValueError, match="2 rows are too few"):
        split_by_group(np.zeros((2, 1)), np.zeros(2))
