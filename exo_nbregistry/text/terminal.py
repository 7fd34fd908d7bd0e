"""What a terminal makes of characters: which ones it obeys, and how wide the others are."""

from __future__ import annotations

import shutil
import sys
import unicodedata

_ELLIPSIS = "…"


def line_width(max_width: int) -> int:
    """Return how many columns a line of text may take.

    Parameters
    ----------
    max_width : int
        What it may take where no terminal limits it: the output of a notebook or a file is the
        same wherever it was made.

    Returns
    -------
    int
        `max_width`, or the width of a terminal that is narrower.
    """
    if sys.stdout is None or not sys.stdout.isatty():
        return max_width
    return min(max_width, shutil.get_terminal_size().columns)


def visible(text: str) -> str:
    r"""Return text with its control and invisible formatting characters written as escapes.

    Examples
    --------
    >>> print(visible("red\x1b[31m\n"))
    red\x1b[31m\n
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else char
        for char in text
    )


def display_width(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    Examples
    --------
    >>> display_width("kepler"), display_width("星表")
    (6, 4)
    """
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    # Source: Unicode Standard Annex 11; combining marks stand on the character before them.
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return text that takes at most `width` columns, with an ellipsis where it was cut.

    Examples
    --------
    >>> cut("RandomForestClassifier", 10)
    'RandomFor…'
    """
    if display_width(text) <= width:
        return text
    used, kept = 0, 0
    for char in text:
        used += _char_width(char)
        if used >= width:
            break
        kept += 1
    return text[:kept] + _ELLIPSIS
