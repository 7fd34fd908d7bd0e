"""Groups of rows that belong together, such as the visits of one patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


def _unknown(_rows: NDArray[Any]) -> NDArray[Any]:
    return np.array([], dtype=str)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The name of a group, and how groups are inferred from the names of rows.

    Attributes
    ----------
    unit : str
        Singular noun for reports, such as ``"patient"``.
    infer : callable
        Takes the names of the rows and returns the group of each row, or an empty array if the
        names do not determine the groups. The default infers nothing.
    """

    unit: str = "group"
    infer: Callable[[NDArray[Any]], NDArray[Any]] = _unknown
