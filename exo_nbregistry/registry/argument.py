"""Check arguments that several calls share."""

from __future__ import annotations

import sys

from exo_nbregistry.errors import InvalidInputError, InvalidReferenceError, QueryError
from exo_nbregistry.values.reference import REFERENCE_RULE, check_version, model_id, parse_reference

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


def check_direction(value: object) -> bool | None:
    """Return the direction of a metric: whether higher is better, or None if it was not passed.

    Parameters
    ----------
    value : object
        Value passed by the user.

    Returns
    -------
    bool or None
        The direction.

    Raises
    ------
    InvalidInputError
        If the value is not a boolean: text such as ``"lower"`` would be true.

    Examples
    --------
    >>> check_direction(False), check_direction(None)
    (False, None)
    """
    if value is None:
        return None
    try:
        is_boolean = value in (True, False)
    except ValueError:  # An array.
        is_boolean = False
    if not is_boolean:
        raise InvalidInputError(f"higher_is_better must be True or False, got {value!r:.60}.")
    return bool(value)


def one_version(ref: str, version: int | None, call: str) -> str:
    """Return the reference to a version whose number may be passed separately.

    Parameters
    ----------
    ref : str
        Any reference; with `version`, the name of a model.
    version : int or None
        Version number.
    call : str
        Name of the method, for the message.

    Returns
    -------
    str
        The reference.

    Raises
    ------
    InvalidReferenceError
        If the reference already has a version or an alias.

    Examples
    --------
    >>> one_version("kepler_rf", 3, "load_model"), one_version("kepler_rf@best", None, "load_model")
    ('kepler_rf:3', 'kepler_rf@best')
    """
    if version is None:
        return ref
    number, reference = check_version(version), parse_reference(ref)
    if reference.version is not None or reference.alias is not None:
        kind = "a version" if reference.alias is None else "an alias"
        raise InvalidReferenceError(
            f"{ref!r} has {kind}, and version={number} was passed too; write {call}({ref!r}) or "
            f"{call}({reference.key!r}, {number}).",
            text=ref,
            rule=REFERENCE_RULE,
        )
    return model_id(reference.key, number)


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
