"""Bootstrap over groups: how a metric varies between test sets of the same kind.

Rows of one group are not independent, so whole groups are drawn, with replacement. Drawing rows
would count a group of five rows as five observations and give intervals that are too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.config import runs_unattended
from exo_nbregistry.evaluation.weighted_metrics import Floats

# With 1000 rows, the weights of one batch take 2 MB.
_BATCH = 256


def bootstrap(
    statistic: Callable[[Floats], Floats],
    groups: NDArray[Any],
    *,
    n_resamples: int = 2000,
    random_state: int = 42,
    progress: bool = True,
    unit: str = "group",
) -> Floats:
    """Return a statistic of many resamples of the groups.

    Parameters
    ----------
    statistic : callable
        Takes weights of shape (n, n_samples), the number of times that each row was drawn, and
        returns an array of shape (n, n_statistics).
    groups : ndarray of shape (n_samples,)
        Group of each row; ``np.arange(n_samples)`` draws single rows.
    n_resamples : int, default=2000
        Number of resamples.
    random_state : int, default=42
        Seed.
    progress : bool, default=True
        Whether to show a progress bar.
    unit : str, default="group"
        Name of a group in the progress bar.

    Returns
    -------
    ndarray of shape (n_resamples, n_statistics)
        In the order drawn.

    Examples
    --------
    >>> values, groups = np.array([1.0, 1.0, 0.0, 0.0]), np.array([7, 7, 8, 9])
    >>> def share(weights):
    ...     return (weights @ values / weights.sum(axis=1))[:, None]
    >>> bootstrap(share, groups, n_resamples=3, random_state=0, progress=False).shape
    (3, 1)
    """
    from tqdm.auto import tqdm

    batches = []
    disable = not progress or runs_unattended()
    with tqdm(total=n_resamples, desc=f"Bootstrap over {unit}s", disable=disable) as bar:
        for weights in _draw(groups, n_resamples, random_state):
            batches.append(statistic(weights))
            bar.update(len(weights))
    return np.concatenate(batches)


def _draw(groups: NDArray[Any], n_resamples: int, random_state: int) -> Iterator[Floats]:
    names, group_of_row = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(random_state)
    even = np.full(len(names), 1 / len(names))
    for first in range(0, n_resamples, _BATCH):
        size = min(_BATCH, n_resamples - first)
        drawn = rng.multinomial(len(names), even, size=size)
        yield drawn[:, group_of_row].astype(np.float64)


def percentile_interval(values: Floats, confidence: float) -> tuple[float, float]:
    """Return the percentile interval of a statistic's resamples.

    Parameters
    ----------
    values : ndarray of shape (n_resamples,)
        NaN if a resample does not define the statistic; NaN is ignored.
    confidence : float
        Share of the resamples inside, such as 0.95.

    Returns
    -------
    low, high : float
        NaN if no resample defines the statistic.

    Notes
    -----
    Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> percentile_interval(np.array([0.0, 1.0, 2.0, np.nan]), 0.5)
    (0.5, 1.5)
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
