"""Numbers as text: the only formatter of notebooks, terminals, plots, the REST API and panels.

A number has about four significant digits, by its magnitude: ``0.9123``, ``11.72``, ``150.2``,
``61353.9``. Very large and very small numbers have an exponent. There are no thousands separators,
as in pandas and scikit-learn, so that a copied number is valid Python; only counts in sentences
have them (``12,000 versions``). A missing value is ``-`` everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MISSING = "-"
_MAX_DECIMALS = 4
_SMALL, _LARGE = 1e-3, 1e9


def number(value: float | None) -> str:
    """Return a number with about four significant digits; integers are shown in full.

    Parameters
    ----------
    value : float, int or None
        The number; None is shown as missing.

    Examples
    --------
    >>> number(0.91234), number(11.7234), number(150.1666), number(61353.9097)
    ('0.9123', '11.72', '150.2', '61353.9')
    >>> number(0.00001234), number(2.5e9), number(1234567.8), number(20), number(None)
    ('1.234e-05', '2.500e+09', '1234568', '20', '-')
    """
    if value is None:
        return MISSING
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else str(value)
    if _has_exponent(value):
        return f"{value:.3e}"
    return f"{value:.{_decimals(abs(value))}f}"


def aligned_numbers(values: Sequence[float | None]) -> list[str]:
    """Return the numbers of one column, with the same number of decimals.

    The largest number decides how many decimals there are. There are more of them, but at most
    four, if a smaller number would otherwise have fewer than two significant digits.

    Parameters
    ----------
    values : sequence of float, int or None
        The numbers; None is shown as missing.

    Examples
    --------
    >>> aligned_numbers([11.72, 3.33, 150.2, 1174.0])
    ['11.7', '3.3', '150.2', '1174.0']
    >>> aligned_numbers([0.91234, None, 0.5]), aligned_numbers([20, 3])
    (['0.9123', '-', '0.5000'], ['20', '3'])
    >>> aligned_numbers([150.2, 0.0123, float("nan")])
    ['150.200', '0.012', 'NaN']
    """
    decimals = _common_decimals(values)
    return [_fixed(value, decimals) for value in values]


def aligned_changes(values: Sequence[float | None]) -> tuple[list[str], list[str]]:
    """Return the numbers of one row, and their differences from the first, with equal decimals.

    Parameters
    ----------
    values : sequence of float, int or None
        The numbers; None is shown as missing.

    Returns
    -------
    texts : list of str
        The numbers, as `aligned_numbers` returns them.
    changes : list of str
        Signed differences from the first number: ``same`` if there is none, with ``<`` if it has
        no digit in these decimals, and empty if it is not finite.

    Examples
    --------
    >>> aligned_changes([0.9121, 0.91, 0.91212])
    (['0.9121', '0.9100', '0.9121'], ['same', '-0.0021', '+<0.0001'])
    >>> aligned_changes([1174.0, 11.72, None])
    (['1174.0', '11.7', '-'], ['same', '-1162.3', ''])
    >>> aligned_changes([2e-5, 3e-5])
    (['2.000e-05', '3.000e-05'], ['same', '+1.000e-05'])
    """
    decimals = _common_decimals(values)
    texts = [_fixed(value, decimals) for value in values]
    return texts, [_change(values[0], value, decimals) for value in values]


def _change(first: float | None, value: float | None, decimals: int | None) -> str:
    if first is None or value is None or not math.isfinite(difference := value - first):
        return ""
    if not difference:
        return "same"
    sign, size = "+" if difference > 0 else "-", abs(difference)
    if decimals is None or _has_exponent(first) or _has_exponent(value):
        return f"{sign}{number(size)}"
    unit = 10**-decimals
    return f"{sign}{size:.{decimals}f}" if size >= unit / 2 else f"{sign}<{unit:.{decimals}f}"


def _common_decimals(values: Sequence[float | None]) -> int | None:
    """Return the decimals of the numbers of a column, or None if each has its own."""
    plain = [
        abs(value)
        for value in values
        if value is not None and math.isfinite(value) and not _has_exponent(value)
    ]
    if all(value is None or isinstance(value, int) for value in values) or not plain:
        return None
    least = min((value for value in plain if value), default=1.0)
    needed = min(_MAX_DECIMALS, max(0, 1 - math.floor(math.log10(least))))
    return max(_decimals(max(plain)), needed if least < 1 else 0)


def _fixed(value: float | None, decimals: int | None) -> str:
    if decimals is None or value is None or not math.isfinite(value) or _has_exponent(value):
        return number(value)
    return f"{value:.{decimals}f}"


def size(n_bytes: int) -> str:
    """Return a size in a readable unit, in powers of 1000.

    Examples
    --------
    >>> size(512), size(74_300), size(2_500_000_000)
    ('512 bytes', '74.3 kB', '2.5 GB')
    """
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    amount = float(n_bytes)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:.1f} TB"


def _has_exponent(value: float) -> bool:
    return bool(value) and not isinstance(value, int) and not _SMALL <= abs(value) < _LARGE


def _decimals(magnitude: float) -> int:
    """Return the number of decimals of a number of this magnitude."""
    # What would be rounded to a number with one digit more has its decimals.
    for limit, decimals in ((9.99995, 4), (99.995, 2), (99999.95, 1)):
        if magnitude < limit:
            return decimals
    return 0
