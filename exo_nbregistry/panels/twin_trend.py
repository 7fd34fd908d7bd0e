"""A metric over versions as a word of block characters, for stored pages."""

from __future__ import annotations

import math
from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
MAX_BLOCKS = 16


def trend_text(series: Sequence[Sequence[float | None]]) -> str:
    """Return the last values of a series as block characters, the highest value as a full block.

    Parameters
    ----------
    series : sequence of (version, value)
        Oldest first. Missing and infinite values are skipped.

    Examples
    --------
    >>> trend_text([(1, 0.5), (2, 0.75), (3, None), (4, 1.0)])
    '▁▅█'
    """
    values = [value for _, value in series if value is not None and math.isfinite(value)]
    values = values[-MAX_BLOCKS:]
    if not values:
        return ""
    low, high = min(values), max(values)
    # Halves, because the difference of two finite numbers can be infinite.
    span = high / 2 - low / 2
    top = len(_BLOCKS) - 1
    shares = [(value / 2 - low / 2) / span if span else 0.5 for value in values]
    return "".join(_BLOCKS[round(share * top)] for share in shares)
