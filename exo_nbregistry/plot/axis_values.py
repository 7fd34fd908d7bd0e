"""Axis positions and texts of untrusted values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from exo_nbregistry.text.terminal import cut, visible

_LONGEST = 24
_LARGEST = 1e300  # beyond it the margins of an axis overflow


def is_number(value: Any) -> bool:
    """Return whether a value can be placed on an axis.

    Examples
    --------
    >>> is_number(3), is_number(float("nan")), is_number(True), is_number("3")
    (True, False, False, False)
    """
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and abs(value) < _LARGEST


def spans_decades(values: Iterable[float]) -> bool:
    """Return whether numbers span two decades, for a logarithmic axis.

    Examples
    --------
    >>> spans_decades([0.01, 1.0, 10.0]), spans_decades([1.0, 50.0]), spans_decades([0.0, 1e6])
    (True, False, False)
    """
    known = list(values)
    return bool(known) and min(known) > 0 and max(known) >= 100 * min(known)


def as_text(value: Any) -> str:
    r"""Return a value as short text on one line.

    Examples
    --------
    >>> as_text(0.1 + 0.2), as_text(None), as_text("rbf\n")
    ('0.3', 'None', 'rbf\\n')
    """
    return f"{value:.4g}" if isinstance(value, float) else cut(visible(str(value)), _LONGEST)


def cell(value: Any) -> Any:
    """Return the table cell of a value: a number, or short text."""
    return value if is_number(value) else as_text(value)


def in_order(texts: Iterable[str]) -> list[str]:
    """Return texts sorted, numbers first and by size.

    Examples
    --------
    >>> in_order(["None", "20", "8"])
    ['8', '20', 'None']
    """
    return sorted(texts, key=_rank)


def _rank(text: str) -> tuple[int, float, str]:
    try:
        number = float(text)
    except ValueError:
        return 1, 0.0, text
    return (1, 0.0, text) if math.isnan(number) else (0, number, text)
