"""Train, validation and test parts that never share a group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.evaluation.grouping import Grouping


class _Parts(NamedTuple):
    X_train: Any
    y_train: Any
    X_val: Any
    y_val: Any
    X_test: Any
    y_test: Any


class DataSplit(_Parts):
    """Features and labels of three parts, in the order that ``train_and_evaluate`` takes.

    Frames stay frames and keep their index.

    Attributes
    ----------
    X_train, X_val, X_test : array-like of shape (n_part, n_features)
        Features.
    y_train, y_val, y_test : array-like of shape (n_part,)
        Labels, or numbers for regressors.
    grouping : Grouping
        Name of the groups, and how to infer them. A subclass can set another one.
    """

    __slots__ = ()
    grouping: ClassVar[Grouping] = Grouping()

    @classmethod
    def by_group(
        cls,
        X: Any,
        y: Any,
        groups: ArrayLike | None = None,
        *,
        fractions: Sequence[float] = (0.70, 0.15, 0.15),
        random_state: int = 42,
    ) -> Self:
        """Split a table, as `split_by_group` describes."""
        if len(fractions) != 3 or min(fractions) <= 0 or not math.isclose(sum(fractions), 1):
            raise InvalidInputError(
                "fractions must be three positive numbers that add up to 1, got "
                f"{tuple(fractions)}."
            )
        units = np.arange(len(y)) if groups is None else np.asarray(groups)
        if not len(X) == len(y) == len(units):
            raise InvalidInputError(
                f"X, y and groups must have the same number of rows, got {len(X)}, {len(y)} "
                f"and {len(units)}."
            )
        part_of_row = _assign(units, np.asarray(y), fractions, random_state)
        train, validation, test = (np.flatnonzero(part_of_row == part) for part in range(3))
        if not (len(train) and len(validation) and len(test)):
            unit = "row" if groups is None else cls.grouping.unit
            raise InvalidInputError(
                f"{len(np.unique(units))} {unit}s are too few for fractions {tuple(fractions)}: "
                "a part would be empty. Pass more rows or other fractions."
            )
        return cls(
            *(take_rows(table, part) for part in (train, validation, test) for table in (X, y))
        )


def split_by_group(
    X: Any,
    y: Any,
    groups: ArrayLike | None = None,
    *,
    fractions: Sequence[float] = (0.70, 0.15, 0.15),
    random_state: int = 42,
) -> DataSplit:
    """Split rows into train, validation and test, with each group in one part.

    Groups are drawn within each label; a group with several labels counts as the largest of
    them. Numbers of a regression are stratified likewise. The part of a group depends on the
    seed and on the set of groups, not on the order of the rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Labels, or numbers.
    groups : array-like of shape (n_samples,), optional
        Group of each row. By default each row is its own group.
    fractions : sequence of 3 floats, default=(0.70, 0.15, 0.15)
        Shares of the groups for train, validation and test; their sum is 1.
    random_state : int, default=42
        Seed.

    Returns
    -------
    DataSplit
        The three parts, with rows in the original order.

    Raises
    ------
    InvalidInputError
        If lengths differ, the fractions are invalid, or a part would be empty.

    Examples
    --------
    >>> import numpy as np
    >>> patient = np.arange(160) // 2
    >>> split = split_by_group(np.arange(160)[:, None], patient % 2, patient)
    >>> [len(part) for part in (split.X_train, split.X_val, split.X_test)]
    [112, 24, 24]
    >>> set(split.X_train.ravel() // 2) & set(split.X_test.ravel() // 2)
    set()
    """
    return DataSplit.by_group(X, y, groups, fractions=fractions, random_state=random_state)


def _assign(
    units: NDArray[Any], labels: NDArray[Any], fractions: Sequence[float], seed: int
) -> NDArray[np.int64]:
    """Return 0, 1 or 2 for each row: train, validation or test."""
    names, unit_of_row = np.unique(units, return_inverse=True)
    _, label_of_row = np.unique(labels, return_inverse=True)
    label_of_unit = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(label_of_unit, unit_of_row, label_of_row)
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(len(names))
    drawn = drawn[np.argsort(label_of_unit[drawn], kind="stable")]
    part = np.empty(len(names), dtype=np.int64)
    # Each unit goes to the part that is furthest below its share. Rounding within each label
    # could leave a part empty if many labels have few units.
    shortfall = np.zeros(len(fractions))
    for unit in drawn:
        shortfall += fractions
        part[unit] = shortfall.argmax()
        shortfall[part[unit]] -= 1
    return part[unit_of_row]


def take_rows(table: Any, positions: NDArray[np.intp]) -> Any:
    """Return rows of a frame or an array by their positions.

    Examples
    --------
    >>> take_rows([[1.0], [2.0], [3.0]], np.array([0, 2])).tolist()
    [[1.0], [3.0]]
    """
    return table.iloc[positions] if hasattr(table, "iloc") else np.asarray(table)[positions]
