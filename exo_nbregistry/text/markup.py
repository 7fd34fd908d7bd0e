r"""Escaped HTML and aligned text.

Names, tags and hyperparameters come from a folder that other users write to. All text is
therefore escaped unless it is `Markup`. Control characters, which could control a terminal or
change the reading direction, are shown as escapes such as ``\x1b``.

Styles are inline, without ids, scripts or style sheets. They use only values that JupyterLab's
sanitizer keeps in a notebook that is not trusted: it drops ``var()``, ``inherit`` and
``currentColor``. Text therefore keeps the page's color, backgrounds are transparent and lines are
semi-transparent gray, which is legible on light and dark pages. Text between dollar signs is not
typeset: its formula could be drawn over other rows.

Source: JupyterLab's packages/apputils/src/sanitizer.ts; the ignored classes of MathJax 3 and 2.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.text.numbers import MISSING as MISSING
from exo_nbregistry.text.numbers import number as number
from exo_nbregistry.text.numbers import size as size
from exo_nbregistry.text.terminal import cut, display_width, visible

_GAP = "  "
_MIN_WIDTH = 8
_WRAP_AFTER = 24  # characters of a cell
LINE = "1px solid rgba(128, 128, 128, 0.5)"
_SIZE = "font-size:13px;line-height:1.4"
_NO_MATH = "mathjax_ignore tex2jax_ignore"
_SIDES = {"l": "left", "r": "right"}
_ROW = '<tr style="background:transparent">'


class Markup(str):
    """Text that is already HTML; joining it with plain text returns plain text.

    Examples
    --------
    >>> escape("<b>"), escape(Markup("<b>"))
    ('&lt;b&gt;', '<b>')
    """

    __slots__ = ()


def escape(value: object) -> Markup:
    r"""Return a value as HTML that displays its exact text.

    Examples
    --------
    >>> escape('<script>alert("\x1b")</script>')
    '&lt;script&gt;alert(&quot;\\x1b&quot;)&lt;/script&gt;'
    """
    return value if isinstance(value, Markup) else Markup(html.escape(visible(_text(value))))


def count(n: int, noun: str) -> str:
    """Return a number with its noun in singular or plural.

    Examples
    --------
    >>> count(1, "event"), count(12_000, "event")
    ('1 event', '12,000 events')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def text_table(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    align: str | None = None,
    width: int | None = None,
) -> str:
    """Return an aligned text table whose lines all have the same width.

    Parameters
    ----------
    headers : sequence of str
        Column titles.
    rows : iterable of sequences
        Cells; None is shown as missing, floats as `number` formats them.
    align : str, optional
        ``l`` or ``r`` for each column. By default numbers are aligned to the right.
    width : int, optional
        Maximum width of a line; the widest columns are cut first.

    Examples
    --------
    >>> print(text_table(["model", "f1_score"], [["kepler_rf:1", 0.9], ["kepler_svm:1", None]]))
    model         f1_score
    ------------  --------
    kepler_rf:1     0.9000
    kepler_svm:1         -
    """
    cells = [list(row) for row in rows]
    sides = align or _alignment(len(headers), cells)
    lines = [[visible(_text(cell)) for cell in row] for row in [list(headers), *cells]]
    widths = [max(display_width(line[i]) for line in lines) for i in range(len(headers))]
    if width is not None:
        _shrink(widths, width - len(_GAP) * (len(headers) - 1))
    lines.insert(1, ["-" * column for column in widths])
    joined = [_GAP.join(map(_pad, line, widths, sides)) for line in lines]
    if width is not None and joined and display_width(joined[0]) > width:
        joined = [_pad(line, width, "l") for line in joined]
    return "\n".join(joined)


def _shrink(widths: list[int], available: int) -> None:
    widths[:] = [min(column, max(available, _MIN_WIDTH)) for column in widths]
    while sum(widths) > available and max(widths) > _MIN_WIDTH:
        widths[widths.index(max(widths))] -= 1


def _pad(text: str, width: int, side: str) -> str:
    text = cut(text, width)
    blank = " " * (width - display_width(text))
    return blank + text if side == "r" else text + blank


def _alignment(columns: int, rows: Sequence[Sequence[Any]]) -> str:
    return "".join("r" if _is_numeric([row[i] for row in rows]) else "l" for i in range(columns))


def _is_numeric(cells: Sequence[Any]) -> bool:
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known
    )


def _text(value: object) -> str:
    if value is None or isinstance(value, float):
        return number(value)
    return str(value)


def html_table(
    headers: Sequence[object],
    rows: Iterable[Sequence[Any]],
    *,
    caption: str | None = None,
    align: str | None = None,
    compact: bool = False,
) -> Markup:
    """Return an HTML table that is legible on light and dark pages.

    Parameters
    ----------
    headers : sequence
        Column titles; if empty, the table has no head.
    rows : iterable of sequences
        Cells, escaped unless they are `Markup`. The first cell is the row's header.
    caption : str, optional
        Title above the table.
    align : str, optional
        ``l`` or ``r`` for each column. By default numbers are aligned to the right.
    compact : bool
        Whether the cells have the style of the page, which is a quarter of the bytes.

    Examples
    --------
    >>> "&lt;i&gt;" in html_table(["model"], [["<i>"]])
    True
    """
    cells = [list(row) for row in rows]
    columns = len(headers) or max(map(len, cells), default=0)
    sides = align or _alignment(columns, cells)
    parts = (
        [
            f'<caption style="text-align:left;font-weight:600;padding:4px 0">{escape(caption)}'
            "</caption>"
        ]
        if caption
        else []
    )
    cell_of, start = (_short_cell, "<tr>") if compact else (_cell, _ROW)
    if headers:
        head = "".join(cell_of("th", "col", *pair) for pair in zip(headers, sides, strict=True))
        parts.append(f"<thead>{start}{head}</tr></thead>")
    body = "".join(
        start
        + "".join(
            cell_of("td" if i else "th", "" if i else "row", cell, sides[i])
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in cells
    )
    if compact:
        return Markup(
            f'<div style="overflow-x:auto"><table style="font-size:13px">{"".join(parts)}'
            f"<tbody>{body}</tbody></table></div>"
        )
    return Markup(
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:4px 0;'
        "table-layout:auto;width:auto;"
        f'{_SIZE};background:transparent">{"".join(parts)}<tbody>{body}</tbody></table></div>'
    )


def _short_cell(element: str, scope: str, value: Any, side: str) -> str:
    # JupyterLab aligns cells to the right, and other pages to the left.
    style = "text-align:left;" * (side == "l") + "font-weight:400;" * (scope == "row")
    styled = f' style="{style.removesuffix(";")}"' if style else ""
    right = ' align="right"' * (side == "r")
    return f"<{element}{styled}{right}>{escape(value)}</{element}>"


def _cell(element: str, scope: str, value: Any, side: str) -> str:
    weight = "600" if scope == "col" else "400"
    limits = "white-space:nowrap"
    if len(_text(value)) > _WRAP_AFTER and not isinstance(value, Markup):
        max_width = "15em" if side == "r" else "36em"
        limits = f"max-width:{max_width};overflow-wrap:break-word;white-space:normal"
    role = f' scope="{scope}"' if scope else ""
    return (
        f'<{element}{role} style="text-align:{_SIDES[side]};vertical-align:top;padding:3px 12px '
        f'3px 0;border:0;border-bottom:{LINE};font-weight:{weight};{limits}">'
        f"{escape(value)}</{element}>"
    )


def badge(text: object) -> Markup:
    """Return a short label in a rounded frame."""
    return Markup(
        '<span style="border:1px solid;border-radius:9px;padding:0 7px;'
        f'margin-right:4px;font-size:85%;white-space:nowrap">{escape(text)}</span>'
    )


def hover(value: object, title: object) -> Markup:
    """Return a value with a tooltip."""
    return Markup(f'<span title="{escape(title)}">{escape(value)}</span>')


def coloured(value: object, colour: str) -> Markup:
    """Return a value on a background color; its text must state the meaning of the color too."""
    return Markup(f'<span style="background:{escape(colour)}">{escape(value)}</span>')


def details(summary: object, body: Markup, *, opened: bool = False) -> Markup:
    """Return a collapsible section that works without a script."""
    mark = " open" if opened else ""
    return Markup(
        f'<details{mark} style="margin:4px 0;{_SIZE}"><summary style="cursor:pointer">'
        f"{escape(summary)}</summary>{escape(body)}</details>"
    )


def preformatted(lines: Iterable[object]) -> Markup:
    """Return lines of code in a fixed-width font."""
    body = "\n".join(escape(line) for line in lines)
    return Markup(
        f'<pre style="font-family:monospace;font-size:12px;line-height:1.4;margin:4px 0;padding:0;'
        f'background:transparent;overflow-x:auto">{body}</pre>'
    )


def paragraph(value: object) -> Markup:
    """Return one paragraph."""
    return Markup(f'<p style="margin:4px 0;{_SIZE}">{escape(value)}</p>')


def stack(parts: Iterable[object]) -> Markup:
    """Return parts below each other, in one block whose formulas stay text."""
    return Markup(f'<div class="{_NO_MATH}">{"".join(map(escape, parts))}</div>')
