"""Stars of Kepler Objects of Interest, inferred from their names."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.evaluation import Grouping

_KOI = re.compile(r"(K\d{5})\.\d{2}")


def stars_of(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the star of each KOI name, or an empty array if a row has another name.

    Examples
    --------
    >>> stars_of(np.array(["K00752.01", "K00752.02"])).tolist()
    ['K00752', 'K00752']
    """
    found = [_KOI.fullmatch(name) for name in rows.tolist()]
    return np.array([match[1] for match in found if match] if all(found) else [], dtype=str)


STARS = Grouping("star", stars_of)
"""Rows of one star belong together; ``K00752.01`` and ``K00752.02`` share a star."""
