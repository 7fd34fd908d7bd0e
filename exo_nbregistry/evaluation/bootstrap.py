"""Bootstrap over stars: how far a metric would move with other stars of the same kind.

Signals of one star are not independent, so whole stars are drawn, with replacement. Drawing rows
would count a star of five planets as five findings, and give intervals that are too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.evaluation.weighted_metrics import Floats

# Of 1000 rows, draws of this many resamples take 2 MB.
_AT_ONCE = 256


def bootstrap(
    statistic: Callable[[Floats], Floats],
    stars: NDArray[Any],
    *,
    n_resamples: int = 2000,
    random_state: int = 42,
    progress: bool = True,
) -> Floats:
    """Return a statistic of many resamples of the stars.

    Parameters
    ----------
    statistic : callable
        Takes weights of shape (n, n_samples), how often each row was drawn, and returns an array
        of shape (n, n_statistics).
    stars : ndarray of shape (n_samples,)
        The star of each row.
    n_resamples : int, default=2000
        How many.
    random_state : int, default=42
        Seed.
    progress : bool, default=True
        Whether to show a progress bar.

    Returns
    -------
    ndarray of shape (n_resamples, n_statistics)
        In the order drawn.

    Examples
    --------
    >>> values, stars = np.array([1.0, 1.0, 0.0, 0.0]), np.array([7, 7, 8, 9])
    >>> def share(weights):
    ...     return (weights @ values / weights.sum(axis=1))[:, None]
    >>> bootstrap(share, stars, n_resamples=3, random_state=0, progress=False).shape
    (3, 1)
    """
    from tqdm.auto import tqdm

    found = []
    with tqdm(total=n_resamples, desc="Bootstrap over stars", disable=not progress) as bar:
        for weights in _draws(stars, n_resamples, random_state):
            found.append(statistic(weights))
            bar.update(len(weights))
    return np.concatenate(found)


def _draws(stars: NDArray[Any], n_resamples: int, random_state: int) -> Iterator[Floats]:
    names, star_of_row = np.unique(stars, return_inverse=True)
    rng = np.random.default_rng(random_state)
    even = np.full(len(names), 1 / len(names))
    for first in range(0, n_resamples, _AT_ONCE):
        many = min(_AT_ONCE, n_resamples - first)
        yield rng.multinomial(len(names), even, size=many)[:, star_of_row].astype(np.float64)


def interval(values: Floats, confidence: float) -> tuple[float, float]:
    """Return the percentile interval of a statistic's resamples.

    Parameters
    ----------
    values : ndarray of shape (n_resamples,)
        NaN where a resample does not define the statistic; these are left out.
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
    >>> interval(np.array([0.0, 1.0, 2.0, np.nan]), 0.5)
    (0.5, 1.5)
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
