"""Check arguments that several calls share."""

from __future__ import annotations

import sys

from exo_nbregistry.errors import QueryError

_EXAMPLES = {
    "where": "metrics.f1_score > 0.9",
    "order_by": "-metrics.f1_score",
    "metric": "f1_score",
}


def required_text(name: str, value: object) -> None:
    """Raise QueryError if an argument is not a text.

    Parameters
    ----------
    name : {'where', 'order_by', 'metric'}
        The name of the argument.
    value : object
        The value that the user passed.
    """
    if not isinstance(value, str):
        raise QueryError(f"{name} must be text such as {_EXAMPLES[name]!r}, got {value!r:.60}.")


def required_count(name: str, value: object) -> int:
    """Return an argument that is a number of versions.

    Parameters
    ----------
    name : str
        The name of the argument.
    value : object
        The value that the user passed.

    Returns
    -------
    int
        The number, at most the largest that sqlite can count.

    Raises
    ------
    QueryError
        If it is not an integer, or is negative.
    """
    integer = getattr(value, "__index__", None)
    if integer is None or isinstance(value, bool) or integer() < 0:
        raise QueryError(f"{name} must be an integer of at least 0, got {value!r:.60}.")
    return min(int(integer()), sys.maxsize)
