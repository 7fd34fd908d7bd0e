"""Tables that fit the width of the terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from textwrap import wrap

from exo_nbregistry.text.markup import number, text_table
from exo_nbregistry.text.terminal import cut, display_width, visible

_GAP = 2
_MIN_WIDTH = 8
_FIGURES = re.compile(r"[\d\W]*")


def terminal_width() -> int | None:
    """Return the width for output, or None if it is unlimited.

    Returns
    -------
    int or None
        Number of columns of the terminal, or ``COLUMNS`` if it is set; None for a pipe or file.
    """
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS"):
        return None
    return shutil.get_terminal_size().columns


def plain(value: object) -> str:
    r"""Return a value as one line without control characters.

    Parameters
    ----------
    value : object
        Any value.

    Returns
    -------
    str
        Printable text.

    Examples
    --------
    >>> print(plain("two\nlines \x1b[31m"), plain(None), plain(0.98765432))
    two lines \x1b[31m - 0.9877
    """
    if value is None or isinstance(value, float):
        return number(value)
    return visible(" ".join(str(value).split()))


def table(
    heads: Sequence[str], rows: Sequence[Sequence[object]], *, width: int | None = None
) -> str:
    """Return rows as a table aligned under its heads.

    Parameters
    ----------
    heads : sequence of str
        One head per column, with the most important column first.
    rows : sequence of sequence of object
        Cells. Numbers are aligned to the right.
    width : int or None
        Maximum width. If the table is wider, heads are wrapped, then words are cut, then the last
        columns are omitted. The first column, numbers and dates are never cut.

    Returns
    -------
    str
        Lines without a final newline.

    Examples
    --------
    >>> print(table(["model", "f1_score", "tags"], [["kepler:1", 0.9, "reviewed"]], width=20))
    model     f1_score
    --------  --------
    kepler:1    0.9000
    """
    head, *cells = [[plain(cell) for cell in line] for line in (heads, *rows)]
    body = [[line[i] for line in cells] for i in range(len(head))]
    stacked = [[text] for text in head]
    if width is not None and _total(list(map(_widest, stacked, body))) > width:
        stacked = [_wrapped(text, _widest(column)) for text, column in zip(head, body, strict=True)]
    widths = _fit(
        list(map(_widest, stacked, body)),
        [all(map(_FIGURES.fullmatch, column)) for column in body],
        width,
    )
    align = "".join(
        "r" if _is_numeric([row[i] for row in rows]) else "l" for i in range(len(widths))
    )
    # The last line of each head is above its column.
    upper = list(zip_longest(*(lines[::-1] for lines in stacked), fillvalue=""))[::-1]
    first, *rest = [list(map(cut, line[: len(widths)], widths)) for line in (*upper, *cells)]
    shown = [line.rstrip() for line in text_table(first, rest, align=align).split("\n")]
    shown.insert(len(upper), shown.pop(1))
    return "\n".join(shown)


def pairs(facts: Sequence[tuple[str, object]], *, width: int | None = None) -> str:
    """Return names and values aligned, one pair per line, without empty values.

    Parameters
    ----------
    facts : sequence of (str, object)
        Names with their values.
    width : int or None
        Maximum width; longer values are cut.

    Returns
    -------
    str
        Lines without a final newline.

    Examples
    --------
    >>> print(pairs([("model", "kepler:1"), ("parent", None), ("f1_score", 0.9)]))
    model     kepler:1
    f1_score  0.9000
    """
    shown = [(plain(name), plain(value)) for name, value in facts if value not in (None, "")]
    first = max((display_width(name) for name, _ in shown), default=0)
    room = None if width is None else max(width - first - _GAP, _MIN_WIDTH)
    return "\n".join(
        name
        + " " * (first - display_width(name) + _GAP)
        + (value if room is None else cut(value, room))
        for name, value in shown
    )


def _is_numeric(cells: Sequence[object]) -> bool:
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known
    )


def _wrapped(head: str, width: int) -> list[str]:
    """Return the lines of a head that is wrapped at spaces to the width of its cells."""
    return wrap(head, max(width, _MIN_WIDTH), break_long_words=False) or [""]


def _widest(*columns: Iterable[str]) -> int:
    return max((display_width(cell) for column in columns for cell in column), default=0)


def _fit(widths: list[int], whole: Sequence[bool], limit: int | None) -> list[int]:
    """Return the widths of the displayed columns, at most ``limit`` in total."""
    if limit is None:
        return widths
    least = [
        width if fixed or place == 0 else min(width, _MIN_WIDTH)
        for place, (width, fixed) in enumerate(zip(widths, whole, strict=True))
    ]
    while len(least) > 1 and _total(least) > limit:
        least.pop()
    fitted = widths[: len(least)]
    while _total(fitted) > limit and fitted[1:] != least[1:]:
        widest = max(range(1, len(fitted)), key=lambda i: fitted[i] - least[i])
        fitted[widest] -= 1
    return fitted


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)
