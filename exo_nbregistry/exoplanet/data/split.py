"""Train, validation and test parts that never share a star."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from exo_nbregistry.exoplanet.data.stars import STARS
from exo_nbregistry.training import DataSplit


class StarSplit(DataSplit):
    """Features and labels of three parts, as a `DataSplit` whose groups are stars."""

    __slots__ = ()
    grouping = STARS


def split_by_star(
    X: Any,
    y: Any,
    groups: ArrayLike,
    *,
    fractions: Sequence[float] = (0.70, 0.15, 0.15),
    random_state: int = 42,
) -> StarSplit:
    """Split rows into train, validation and test, with each star in one part.

    Signals of one star share its noise and its catalogue entry, so a model that was trained on
    one of them has information about the others. Stars are drawn within each label, as
    `exo_nbregistry.training.split_by_group` describes.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Labels.
    groups : array-like of shape (n_samples,)
        Star of each row, such as its kepid.
    fractions : sequence of 3 floats, default=(0.70, 0.15, 0.15)
        Shares of the stars for train, validation and test; their sum is 1.
    random_state : int, default=42
        Seed.

    Returns
    -------
    StarSplit
        The three parts, with rows in the original order.

    Raises
    ------
    InvalidInputError
        If lengths differ, the fractions are invalid, or a part would be empty.

    Examples
    --------
    >>> import numpy as np
    >>> star = np.arange(160) // 2
    >>> split = split_by_star(np.arange(160)[:, None], star % 2, star)
    >>> [len(part) for part in (split.X_train, split.X_val, split.X_test)]
    [112, 24, 24]
    """
    return StarSplit.by_group(X, y, groups, fractions=fractions, random_state=random_state)
