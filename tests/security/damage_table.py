"""The table of damaged models, and the rows that they are fitted to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# An index that lies outside the memory of any of these models.
FAR = 10**8

_RANDOM = np.random.RandomState(0)
X = np.abs(_RANDOM.normal(size=(60, 4)))
Y = np.arange(60) % 3
X[:, 0] += Y
TARGET = X @ np.arange(1.0, 5.0)
TEXTS = ["a planet", "a false positive", "noise"] * 20
BINS = np.floor(X * 3) % 4

DAMAGE: dict[str, tuple[Callable[[], Any], str]] = {}


def damage(part: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function that returns a damaged model, with the part that the reason names."""

    def register(build: Callable[[], Any]) -> Callable[[], Any]:
        DAMAGE[build.__name__] = (build, part)
        return build

    return register
