"""Control characters and character widths in a terminal."""

from __future__ import annotations

import shutil
import sys
import unicodedata

_ELLIPSIS = "…"


def line_width(max_width: int) -> int:
    """Return the maximum width of a line of text.

    Parameters
    ----------
    max_width : int
        Width without a terminal, such as in a notebook or a file, whose output must not depend
        on the machine.

    Returns
    -------
    int
        `max_width`, or the width of the terminal if it is narrower.
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
    """Return the number of terminal columns that a text takes.

    Examples
    --------
    >>> display_width("kepler"), display_width("星表")
    (6, 4)
    """
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    # Source: Unicode Standard Annex 11; a combining mark is drawn on the character before it.
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return text cut to at most `width` columns, with an ellipsis if it was cut.

    Examples
    --------
    >>> cut("RandomForestClassifier", 10)
    'RandomFor…'
    """
    if display_width(text) <= width:
        return text
    used, length = 0, 0
    for char in text:
        used += _char_width(char)
        if used >= width:
            break
        length += 1
    return text[:length] + _ELLIPSIS
