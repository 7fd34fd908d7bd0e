"""The error about an unknown field, with the fields of the versions that have its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exo_nbregistry.errors import QueryError
from exo_nbregistry.spelling import either
from exo_nbregistry.views.field_names import field_expression

_UNKNOWN = re.compile(r"Unknown field '(.+?)'\. ")


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
    found = _UNKNOWN.match(str(error))
    name = found[1] if found else None
    meant = [field_expression(f"{group}.{name}") for group in known if name in known[group]]
    if not meant:
        return error
    message = f"Unknown field {name!r}. Did you mean {either(meant)}?"
    return QueryError(message, text=error.text, position=error.position)
