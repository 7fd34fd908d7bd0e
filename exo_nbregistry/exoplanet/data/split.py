"""Train, validation and test parts that never share a star."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class StarSplit(NamedTuple):
    """Features and labels of the three parts, in the order that ``train_and_evaluate`` takes.

    Each part is of the kind that was split: frames stay frames, with their index.

    Attributes
    ----------
    X_train, X_val, X_test : array-like of shape (n_part, n_features)
        Features.
    y_train, y_val, y_test : array-like of shape (n_part,)
        Labels.
    """

    X_train: Any
    y_train: Any
    X_val: Any
    y_val: Any
    X_test: Any
    y_test: Any


def split_by_star(
    X: Any,
    y: Any,
    groups: ArrayLike,
    *,
    fractions: Sequence[float] = (0.70, 0.15, 0.15),
    random_state: int = 42,
) -> StarSplit:
    """Split rows into train, validation and test, keeping each star on one side.

    Signals of one star share its noise and its catalogue entry, so a model that has seen one of
    them knows something of the others. Stars, not rows, are drawn, within each label; a star
    that has several counts as the largest of them. Which star goes where depends on the seed
    and on the set of stars, not on the order of the rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Labels.
    groups : array-like of shape (n_samples,)
        The star of each row, such as its kepid.
    fractions : sequence of 3 floats, default=(0.70, 0.15, 0.15)
        Shares of the stars for train, validation and test; they add up to 1.
    random_state : int, default=42
        Seed.

    Returns
    -------
    StarSplit
        The three parts, rows in their first order.

    Raises
    ------
    ValueError
        If lengths differ, the fractions do not add up, or a part would be empty.

    Examples
    --------
    >>> import numpy as np
    >>> star = np.arange(160) // 2
    >>> split = split_by_star(np.arange(160)[:, None], star % 2, star)
    >>> [len(part) for part in (split.X_train, split.X_val, split.X_test)]
    [112, 24, 24]
    >>> set(split.X_train.ravel() // 2) & set(split.X_test.ravel() // 2)
    set()
    """
    if len(fractions) != 3 or min(fractions) <= 0 or not math.isclose(sum(fractions), 1):
        raise ValueError(f"fractions must be three positive shares of 1, not {tuple(fractions)}.")
    stars = np.asarray(groups)
    if not len(X) == len(y) == len(stars):
        raise ValueError(
            f"X, y and groups must have the same number of rows, not {len(X)}, {len(y)} "
            f"and {len(stars)}."
        )
    side = _sides(stars, np.asarray(y), fractions, random_state)
    train, validation, test = (np.flatnonzero(side == part) for part in range(3))
    if not (len(train) and len(validation) and len(test)):
        raise ValueError(
            f"{len(np.unique(stars))} stars are too few for fractions {tuple(fractions)}: "
            "a part would be empty."
        )
    return StarSplit(
        *(_rows(table, part) for part in (train, validation, test) for table in (X, y))
    )


def _sides(
    stars: NDArray[Any], labels: NDArray[Any], fractions: Sequence[float], seed: int
) -> NDArray[np.int64]:
    """Return 0, 1 or 2 for each row: train, validation or test."""
    names, star_of_row = np.unique(stars, return_inverse=True)
    _, label_of_row = np.unique(labels, return_inverse=True)
    label_of_star = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(label_of_star, star_of_row, label_of_row)
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(len(names))
    drawn = drawn[np.argsort(label_of_star[drawn], kind="stable")]
    side = np.empty(len(names), dtype=np.int64)
    # Each star goes to the part that is furthest behind its share. Rounding within each label
    # instead could leave a part without stars when many labels have few.
    behind = np.zeros(len(fractions))
    for star in drawn:
        behind += fractions
        side[star] = behind.argmax()
        behind[side[star]] -= 1
    return side[star_of_row]


def _rows(table: Any, positions: NDArray[np.int64]) -> Any:
    return table.iloc[positions] if hasattr(table, "iloc") else np.asarray(table)[positions]
