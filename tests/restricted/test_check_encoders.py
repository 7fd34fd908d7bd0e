"""Categories of one-hot encoders, also unusual ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

from exo_nbregistry.restricted.check_encoders import check_one_hot
from exo_nbregistry.restricted.rejection import Rejection

NUMBERS = np.array([[3.0, 1.0], [np.nan, 1.0], [1.0, 2.0], [3.0, 1.0]])
TEXTS = np.array([["b", "x"], [None, "x"], ["a", "y"], ["b", np.nan]], dtype=object)


@pytest.mark.parametrize("rows", [NUMBERS, TEXTS], ids=["numbers", "texts"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"drop": "first"},
        {"drop": "if_binary"},
        {"min_frequency": 2},
        {"max_categories": 2, "drop": "first"},
        {"handle_unknown": "infrequent_if_exist", "min_frequency": 3},
    ],
    ids=str,
)
def test_honest_encoders_are_allowed(rows: Any, options: dict[str, Any]) -> None:
    """Missing values, dropped categories and groups of rare ones pass."""
    check_one_hot(OneHotEncoder(**options).fit(rows))


@pytest.mark.parametrize(
    "values", [[2.0, 1.0], [1.0, 1.0], [np.nan, np.nan], [[1.0, 2.0]]], ids=str
)
def test_numbers_that_do_not_increase_are_rejected(values: Any) -> None:
    """A binary search finds positions of increasing numbers only."""
    model = OneHotEncoder().fit(NUMBERS)
    model.categories_[1] = np.array(values)
    with pytest.raises(Rejection, match="categories_"):
        check_one_hot(model)
