"""Training, validation and test sets that do not share stars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exo_nbregistry.errors import InvalidInputError


class StarSplit(NamedTuple):
    """Features and labels of the three sets, in the order of ``train_and_evaluate``.

    Each set has the type of the input: frames remain frames, with their index.

    Attributes
    ----------
    X_train, X_val, X_test : array-like of shape (n_rows, n_features)
        Features.
    y_train, y_val, y_test : array-like of shape (n_rows,)
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
    """Split rows into training, validation and test sets that do not share stars.

    Signals of one star share its noise and its catalog entry, so a model that was trained on one
    of them has information about the others. Stars, not rows, are assigned, stratified by label;
    a star with several labels counts with the largest one. The assignment depends on the seed
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
        Fractions of the stars for training, validation and test; they must add up to 1.
    random_state : int, default=42
        Seed.

    Returns
    -------
    StarSplit
        The three sets, with the rows in their original order.

    Raises
    ------
    InvalidInputError
        If the lengths differ, the fractions are invalid, or a set would be empty.

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
        raise InvalidInputError(
            f"fractions must be three positive numbers that add up to 1, got {tuple(fractions)}."
        )
    stars = np.asarray(groups)
    if not len(X) == len(y) == len(stars):
        raise InvalidInputError(
            f"X, y and groups must have the same number of rows, got {len(X)}, {len(y)} "
            f"and {len(stars)}."
        )
    assigned = _assign(stars, np.asarray(y), fractions, random_state)
    train, validation, test = (np.flatnonzero(assigned == part) for part in range(3))
    if not (len(train) and len(validation) and len(test)):
        raise InvalidInputError(
            f"{len(np.unique(stars))} stars are too few for fractions {tuple(fractions)}: a set "
            "would be empty. Pass more rows or other fractions."
        )
    return StarSplit(
        *(_rows(table, part) for part in (train, validation, test) for table in (X, y))
    )


def _assign(
    stars: NDArray[Any], labels: NDArray[Any], fractions: Sequence[float], seed: int
) -> NDArray[np.int64]:
    """Return 0, 1 or 2 for each row: training, validation or test."""
    names, star_of_row = np.unique(stars, return_inverse=True)
    _, label_of_row = np.unique(labels, return_inverse=True)
    label_of_star = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(label_of_star, star_of_row, label_of_row)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(names))
    order = order[np.argsort(label_of_star[order], kind="stable")]
    assigned = np.empty(len(names), dtype=np.int64)
    # Each star is assigned to the set that is furthest below its fraction. Rounding within each
    # label could leave a set without stars if many labels have few stars.
    deficit = np.zeros(len(fractions))
    for star in order:
        deficit += fractions
        assigned[star] = deficit.argmax()
        deficit[assigned[star]] -= 1
    return assigned[star_of_row]


def _rows(table: Any, positions: NDArray[np.int64]) -> Any:
    return table.iloc[positions] if hasattr(table, "iloc") else np.asarray(table)[positions]
