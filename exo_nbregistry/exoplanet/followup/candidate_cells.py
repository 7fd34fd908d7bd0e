"""Cells of a follow-up list, and the titles of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exo_nbregistry.text.numbers import MISSING, aligned_numbers

SCORE_HEADS: Mapping[str, str] = {
    "calibrated_probability": "P(planet)",
    "probability": "uncalibrated P",
    "agreement": "agreement",
    "look_alike": "most similar to",
    "distance": "distance",
    "driver": "top feature",
    "driver_effect": "effect",
    "look": "look",
}
ROLE_HEADS: Mapping[str, str] = {
    "period": "period, days",
    "depth": "depth, ppm",
    "radius": "radius, Earths",
}
KEPLER_HEADS: Mapping[str, str] = {
    "koi_insol": "insolation, Earths",
    "koi_teq": "temperature, K",
}
TEXTS = ("look_alike", "driver", "look")
_THREE_DIGITS = ("calibrated_probability", "probability", "agreement", "distance", "driver_effect")


def column_texts(name: str, values: Iterable[Any]) -> list[str]:
    """Return the cells of a column; its numbers have the same number of decimals.

    Examples
    --------
    >>> column_texts("koi_period", [11.7234, 3.33]), column_texts("look", ["", None])
    (['11.72', '3.33'], ['', '-'])
    """
    if name in TEXTS or name in _THREE_DIGITS:
        return [cell_text(name, value) for value in values]
    return aligned_numbers([None if value != value else float(value) for value in values])


def cell_text(name: str, value: Any) -> str:
    """Return one cell of a column.

    Examples
    --------
    >>> cell_text("agreement", 0.98765), cell_text("driver", None)
    ('0.988', '-')
    """
    if value is None or value != value:
        return MISSING
    return f"{value:.3f}" if name in _THREE_DIGITS else str(value)
