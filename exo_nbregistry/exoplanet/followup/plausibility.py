"""Plausibility of candidates: measured values that are unusual for planets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.exoplanet.data.table_roles import TableRoles
from exo_nbregistry.text.names import name_list

if TYPE_CHECKING:
    import pandas as pd

MAX_IMPACT = 1.0
MAX_DEPTH_PPM = 30_000.0
MAX_RADIUS = 20.0
# Odd and even depths are equal with this probability; 3.3 standard deviations of a normal one.
MIN_ODD_EVEN = 0.001
MIN_OFFSET_SIGMA = 3.0
MIN_OFFSET_ARCSEC = 1.0
_ODD_EVEN = "koi_bin_oedp_sig"
_OFFSETS = ("koi_dicco_msky", "koi_dikco_msky")
_MAX_NAMES = 2


def look(
    frame: pd.DataFrame, roles: TableRoles, ranges: Mapping[str, tuple[float, float]]
) -> list[str]:
    """Return the unusual values of each row in short words, or an empty text.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        Measured values.
    roles : TableRoles
        Columns of the impact parameter, the depth and the radius.
    ranges : mapping of str to tuple of float
        Smallest and largest value of each column in the training rows.

    Returns
    -------
    list of str
        Words joined by semicolons. A missing value or column is not unusual.

    Notes
    -----
    Grazing, deep and large transits are typical of eclipsing binaries. Depths of odd and even
    transits differ if both stars of a binary are eclipsed. An offset of the centroid of more than
    3 standard deviations and 1 arcsecond indicates another star.
    Source: Thompson et al. 2018, ApJS 235, 38, for these tests.

    Examples
    --------
    >>> import pandas as pd
    >>> from exo_nbregistry.exoplanet.data.table_roles import KEPLER
    >>> look(pd.DataFrame({"koi_impact": [1.2, 0.1], "koi_prad": [31.0, 2.0]}), KEPLER, {})
    ['impact > 1; radius > 20 Earths', '']
    """
    words: list[list[str]] = [[] for _ in range(len(frame))]
    for word, unusual in _unusual(frame, roles):
        for place in np.flatnonzero(unusual).tolist():
            words[place].append(word)
    for found, names in zip(words, _outside(frame, ranges), strict=False):
        if names:
            found.append(f"outside training range: {name_list(names, limit=_MAX_NAMES)}")
    return ["; ".join(found) for found in words]


def _unusual(frame: pd.DataFrame, roles: TableRoles) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each test, and the rows that fail it."""
    frame = frame.select_dtypes("number")
    limits = (
        ("impact > 1", roles.impact, MAX_IMPACT),
        ("depth > 3 %", roles.depth, MAX_DEPTH_PPM),
        ("radius > 20 Earths", roles.radius, MAX_RADIUS),
    )
    for word, column, limit in limits:
        if column is not None and column in frame:
            yield word, (frame[column] > limit).to_numpy(bool)
    if _ODD_EVEN in frame:
        # A negative value means that the test was not possible.
        yield "odd-even depths", frame[_ODD_EVEN].between(0, MIN_ODD_EVEN).to_numpy(bool)
    offsets = [
        (frame[name] > MIN_OFFSET_ARCSEC) & (frame[name] > MIN_OFFSET_SIGMA * frame[f"{name}_err"])
        for name in _OFFSETS
        if name in frame and f"{name}_err" in frame
    ]
    if offsets:
        yield "centroid offset", np.logical_or.reduce([each.to_numpy(bool) for each in offsets])


def _outside(frame: pd.DataFrame, ranges: Mapping[str, tuple[float, float]]) -> Iterator[list[str]]:
    """Yield the columns in which each row is outside the training range."""
    names = [name for name in ranges if name in frame]
    if not names:
        return
    low, high = np.array([ranges[name] for name in names]).T
    values = frame[names].to_numpy(dtype=np.float64)
    for outside in (values < low) | (values > high):
        yield [name for name, is_outside in zip(names, outside, strict=True) if is_outside]
