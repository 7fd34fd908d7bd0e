"""Stars of Kepler, K2 and TESS signals, inferred from their names."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.evaluation import Grouping

_SIGNAL = re.compile(r"(K\d{5}|(?:TOI[ -]?|EPIC ?)?\d+)\.\d{1,2}")


def stars_of(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the star of each KOI, TOI or EPIC name, or an empty array if a row has another name.

    Examples
    --------
    >>> stars_of(np.array(["K00752.01", "K00752.02"])).tolist()
    ['K00752', 'K00752']
    >>> stars_of(np.array(["101.01", "TOI-700.02"])).tolist()
    ['101', 'TOI-700']
    """
    found = [_SIGNAL.fullmatch(name) for name in rows.tolist()]
    return np.array([match[1] for match in found if match] if all(found) else [], dtype=str)


STARS = Grouping("star", stars_of)
"""Rows of one star belong together; ``K00752.01`` and ``K00752.02`` share a star."""
