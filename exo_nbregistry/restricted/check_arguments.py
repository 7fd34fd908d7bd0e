"""Arguments in dicts, such as the parameters of a search, and tuples that could be hashed later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from exo_nbregistry.restricted.rejection import Rejection

MAX_WORKERS = 1024
MAX_TUPLE_DEPTH = 1_000
_WORKERS = ("n_jobs", "n_threads")
_NORMS = ("X_norm_squared", "Y_norm_squared")
_NAMES = ("memory", "out", *_WORKERS, *_NORMS)


def check_arguments(arguments: dict[Any, Any]) -> None:
    """Check the arguments that a model passes to functions, or to its parts when it is fitted.

    Raises
    ------
    Rejection
        If one is a cache folder, too many workers, an array that a function would change, or norms
        that native code reads without a comparison with the rows.

    Examples
    --------
    >>> check_arguments({"model__n_jobs": [1, 2], "word": 3, "memory": 4})
    >>> check_arguments({"model__memory": ["/shared/cache"]})
    Traceback (most recent call last):
    exo_nbregistry.restricted.rejection.Rejection: The model has the argument model__memory, which \
names a cache folder, whose files are loaded by fit.
    """
    for key in arguments:
        if not isinstance(key, str) or not key.endswith(_NAMES):
            continue
        name = key.rpartition("__")[2]
        values = list(_values(arguments[key]))
        if name == "memory" and not all(map(_is_number, values)):
            raise _refused(key, "names a cache folder, whose files are loaded by fit")
        if name in _WORKERS and not all(map(_is_number_of_workers, values)):
            raise _refused(key, f"must be a number of workers up to {MAX_WORKERS:,}")
        if name == "out" and any(isinstance(value, np.ndarray) for value in values):
            raise _refused(key, "would change an array of the model")
        if name in _NORMS and any(value is not None for value in values):
            raise _refused(key, "is not compared with the rows")


def _refused(key: str, reason: str) -> Rejection:
    return Rejection(f"The model has the argument {key[:100]}, which {reason}.")


def _values(value: Any) -> Iterator[Any]:
    """Yield a value, an array, and the items of a list of values that a search tries."""
    if isinstance(value, range):
        yield from (value[0], value[-1]) if value else ()
    elif isinstance(value, list | tuple):
        yield from value
    else:
        yield value
        if isinstance(value, np.ndarray):
            yield from value.ravel().tolist()


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, int | float | np.number | np.ndarray)


def _is_number_of_workers(value: Any) -> bool:
    if isinstance(value, int | np.integer):
        return bool(-MAX_WORKERS <= value <= MAX_WORKERS)
    return value is None or isinstance(value, float | np.floating | np.ndarray)


def check_depth(values: Any) -> None:
    """Check that tuples are not deep: the hash of a tuple recurses without a limit.

    Raises
    ------
    Rejection
        If they are.

    Examples
    --------
    >>> check_depth((1, (2, (3, 4))))
    """
    level = [item for item in values if type(item) is tuple]
    for _ in range(MAX_TUPLE_DEPTH):
        if not level:
            return
        inner = {id(part): part for item in level for part in item if type(part) is tuple}
        level = list(inner.values())
    raise Rejection(f"The model has tuples inside each other, more than {MAX_TUPLE_DEPTH:,} deep.")
