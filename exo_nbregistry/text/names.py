"""Lists of names and errors of other libraries, shortened for messages."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from exo_nbregistry.spelling import MAX_NAMES
from exo_nbregistry.text.terminal import cut

__all__ = ["MAX_NAMES", "name_list", "short_error", "short_repr"]

_NAME_WIDTH = 80
_ERROR_WIDTH = 300
_VALUE_WIDTH = 60


def name_list(
    names: Iterable[object],
    *,
    quoted: bool = False,
    separator: str = ", ",
    width: int = _NAME_WIDTH,
    limit: int = MAX_NAMES,
) -> str:
    """Return the first names and the number of the others.

    Parameters
    ----------
    names : iterable
        The names. If they are not a sequence, they are counted by reading all of them.
    quoted : bool, default=False
        If True, write the names as Python literals.
    separator : str, default=", "
        Text between two names.
    width : int, default=80
        Longer names are cut.
    limit : int, default=5
        Maximum number of names.

    Returns
    -------
    str
        The names and the count.

    Examples
    --------
    >>> name_list(["koi_depth", "koi_period"], quoted=True)
    "'koi_depth', 'koi_period'"
    >>> name_list(f"x{i}" for i in range(1598))
    'x0, x1, x2, x3, x4 and 1,593 more'
    """
    rest = iter(names)
    shown = [cut(repr(n) if quoted else str(n), width) for n in islice(rest, limit)]
    others = sum(1 for _ in rest)
    return separator.join(shown) + (f" and {others:,} more" if others else "")


def short_error(error: BaseException) -> str:
    r"""Return the type and the first line of an error that another library raised.

    Parameters
    ----------
    error : BaseException
        The error. Some libraries list each column of a table in their messages, so more than 300
        characters are cut.

    Examples
    --------
    >>> short_error(ValueError("feature names mismatch:\nx0 ..."))
    'ValueError: feature names mismatch'
    """
    kind = type(error).__name__
    try:
        text = str(error).strip().partition("\n")[0].strip(" .:")
    except Exception:  # noqa: BLE001 - a message can contain an object whose repr raises
        return kind
    return cut(f"{kind}: {text}", _ERROR_WIDTH) if text else kind


def short_repr(value: object) -> str:
    """Return the beginning of the ``repr`` of a value, on one line.

    Examples
    --------
    >>> short_repr({"depth": "x" * 99})
    "{'depth': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    """
    return f"{' '.join(repr(value).split()):.{_VALUE_WIDTH}}"
