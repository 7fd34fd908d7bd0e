"""Dates and durations in the rows of a table.

Serving and the exported predict.py use this file, so that both read a row alike. An export has a
copy of it, so it imports only NumPy and pandas.
"""

from __future__ import annotations

import re
from typing import Any

# A time with its zone: 2026-01-31T12:00Z, 2026-01-31 12:00:00+01:00.
_ZONE = re.compile(r"\d[T ].*(?:Z|[+-]\d\d:?(?:\d\d)?)\s*$", re.IGNORECASE)


def is_date(value: Any) -> bool:
    """Return whether a value can be a date; words such as ``now`` are not.

    Examples
    --------
    >>> is_date("2026-01-31"), is_date("now")
    (True, False)
    """
    if isinstance(value, str):
        return any(map(str.isdigit, value))
    return hasattr(value, "isoformat") or _is_instant(value)


def _is_instant(value: Any) -> bool:
    """Return whether a value is a date of NumPy."""
    return getattr(getattr(value, "dtype", None), "kind", "") == "M"


def has_zone(value: Any) -> bool:
    """Return whether a date has a time zone.

    Examples
    --------
    >>> has_zone("2026-01-31T12:00:00Z"), has_zone("2026-01-31")
    (True, False)
    """
    if isinstance(value, str):
        return bool(_ZONE.search(value))
    return getattr(value, "tzinfo", None) is not None


def read_times(values: Any, dtype: str, invalid: dict[int, Any]) -> Any:
    """Return dates or durations as objects of pandas, None for those that cannot be read.

    Parameters
    ----------
    values : ndarray of object
        Texts and times; None where there is no value.
    dtype : str
        Dtype of the training data, such as ``datetime64[ns, UTC]``. If it has no time zone, a date
        with one cannot be read, because no rule converts it.
    invalid : dict of int to object
        Receives the values that cannot be read, by row.
    """
    import numpy as np
    import pandas as pd

    if not dtype.startswith("datetime"):
        found: Any = pd.Series(pd.to_timedelta(values.tolist(), errors="coerce"))
    else:
        zoned = "," in dtype
        items: Any = [None if not zoned and has_zone(value) else value for value in values]
        read = pd.to_datetime(items, errors="coerce", format="ISO8601", utc=True)
        found = pd.Series(read if zoned else read.tz_convert(None))
    for row in np.flatnonzero(found.isna().to_numpy()).tolist():
        if values[row] is not None and values[row] == values[row]:
            invalid[row] = values[row]
    return found.astype(object).where(found.notna(), None).to_numpy()
