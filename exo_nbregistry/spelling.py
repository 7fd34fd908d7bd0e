"""Close matches of a misspelled name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

MAX_NAMES = 5


def close_matches(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known names that are close to a name.

    Parameters
    ----------
    name : str
        The name that was typed.
    known : iterable of str
        The existing names.

    Returns
    -------
    tuple of str
        At most three close matches, best first. Without a close match, the names that begin with
        `name`; without these, all names, provided that there are at most ten.

    Examples
    --------
    >>> close_matches("kepler_fr", ["kepler_rf", "tess_svm"])
    ('kepler_rf',)
    """
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    close = close or [one for one in names if name and one.startswith(name)][:3]
    return tuple(close or (names if len(names) <= 10 else ()))


def either(names: Sequence[str]) -> str:
    """Return names as alternatives: ``a``, ``a or b``, at most five and the number of others."""
    others = len(names) - MAX_NAMES
    if others > 0:
        names = [*names[:MAX_NAMES], "1 other" if others == 1 else f"{others} others"]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
