"""Check arguments that several calls share."""

from __future__ import annotations

import sys

from exo_nbregistry.errors import QueryError

_EXAMPLES = {
    "where": "metrics.f1_score > 0.9",
    "order_by": "-metrics.f1_score",
    "metric": "f1_score",
}


def check_text(name: str, value: object) -> None:
    """Raise QueryError if an argument is not text.

    Parameters
    ----------
    name : {'where', 'order_by', 'metric'}
        Name of the argument.
    value : object
        Value passed by the user.
    """
    if not isinstance(value, str):
        raise QueryError(f"{name} must be text such as {_EXAMPLES[name]!r}, got {value!r:.60}.")


def check_count(name: str, value: object) -> int:
    """Return a number of versions as an int.

    Parameters
    ----------
    name : str
        Name of the argument.
    value : object
        Value passed by the user.

    Returns
    -------
    int
        The number, limited to the largest integer of SQLite.

    Raises
    ------
    QueryError
        If the value is not an integer or is negative.
    """
    integer = getattr(value, "__index__", None)
    if integer is None or isinstance(value, bool) or integer() < 0:
        raise QueryError(f"{name} must be an integer of at least 0, got {value!r:.60}.")
    return min(int(integer()), sys.maxsize)
