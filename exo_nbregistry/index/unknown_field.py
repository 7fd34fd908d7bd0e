"""The error about an unknown field, with the fields of the versions that have its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exo_nbregistry.errors import QueryError
from exo_nbregistry.spelling import either
from exo_nbregistry.views.field_names import field_expression

_MAX_CLOSE = 3
_UNKNOWN = re.compile(r"Unknown field '(.+?)'\. ")


def unknown_field(error: QueryError) -> str | None:
    """Return the unknown field of an error; None for other errors.

    Examples
    --------
    >>> unknown_field(QueryError("Unknown field 'rank'. Did you mean ...?"))
    'rank'
    """
    found = _UNKNOWN.match(str(error))
    return found[1] if found else None


def named_error(error: QueryError, known: Mapping[str, Sequence[str]]) -> QueryError:
    """Return the error about a filter, with the full names of a field without its group.

    Parameters
    ----------
    error : QueryError
        The error.
    known : mapping of str to sequence of str
        Names in each group of fields.

    Returns
    -------
    QueryError
        A new error if versions have the field in a group, otherwise `error`.

    Examples
    --------
    >>> error = QueryError("Unknown field 'max_depth'. Fields are ...", text="max_depth > 2")
    >>> print(named_error(error, {"metrics": [], "hyperparameters": ["max_depth"]}))
    Unknown field 'max_depth'. Did you mean hyperparameters.max_depth?
      max_depth > 2
      ^
    """
    name = unknown_field(error)
    if name is None:
        return error
    fields = [(group, field) for group in known for field in known[group]]
    meant = [pair for pair in fields if pair[1] == name]
    meant = meant or [pair for pair in fields if pair[1].startswith(name)][:_MAX_CLOSE]
    if not meant:
        return error
    names = [field_expression(f"{group}.{field}") for group, field in meant]
    message = f"Unknown field {name!r}. Did you mean {either(names)}?"
    return QueryError(message, text=error.text, position=error.position)
