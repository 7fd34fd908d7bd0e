"""A section of the details of a version, as HTML and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.text.markup import (
    Markup,
    details,
    hover,
    html_table,
    paragraph,
    preformatted,
    stack,
    text_table,
)
from exo_nbregistry.text.terminal import line_width, visible
from exo_nbregistry.views.prose import prose_html, prose_text
from exo_nbregistry.views.version_card import limited

_TEXT_WIDTH = 100
_OPEN_ROWS = 12  # longer tables are collapsed
_SHORT = 12  # displayed digits of a digest


@dataclass(frozen=True, slots=True)
class Section:
    """A section with a title, as HTML and as text."""

    title: str
    page: Markup
    text: str
    opened: bool = True

    def html(self) -> Markup:
        """Return collapsible HTML."""
        return details(self.title, self.page, opened=self.opened)


class ShortDigest(str):
    """A shortened digest; its tooltip is the full digest."""

    __slots__ = ("full",)
    full: str

    def __new__(cls, full: str) -> ShortDigest:
        """Store the beginning as text, and the full digest beside it."""
        short = super().__new__(cls, full[:_SHORT])
        short.full = full
        return short


def pairs_section(
    title: str, rows: Sequence[Sequence[Any]], align: str = "ll", *, opened: bool = True
) -> Section | None:
    """Return a section of names and values; None without rows."""
    if not rows:
        return None
    few = limited([list(row) for row in rows])
    return table_section(title, (), few, align, opened=opened)


def table_section(
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[Any]],
    align: str,
    *,
    opened: bool = True,
) -> Section:
    """Return a section with a table; a long one is collapsed."""
    cells = [[hover(c, c.full) if isinstance(c, ShortDigest) else c for c in row] for row in rows]
    text = text_table(
        headers or ("", ""), rows, align=align, width=line_width(_TEXT_WIDTH)
    ).splitlines()
    lines = text if headers else text[2:]
    return Section(
        title,
        html_table(headers, cells, align=align, compact=True),
        "\n".join(line.rstrip() for line in lines),
        opened=opened and len(rows) <= _OPEN_ROWS,
    )


def text_section(title: str, *paragraphs: str) -> Section:
    """Return a section of paragraphs."""
    return Section(title, stack(map(paragraph, paragraphs)), "\n".join(map(visible, paragraphs)))


def prose_section(title: str, markdown: str) -> Section:
    """Return a section of Markdown."""
    return Section(title, prose_html(markdown), prose_text(markdown))


def code_section(title: str, lines: Sequence[str]) -> Section:
    """Return a section of code."""
    text = "\n".join(map(visible, lines))
    return Section(title, preformatted(lines), text)


def sections_html(sections: Sequence[Section]) -> Markup:
    """Return sections below each other."""
    return stack(section.html() for section in sections)


def sections_text(sections: Sequence[Section]) -> str:
    """Return sections below each other, each with its title."""
    return "\n".join(f"\n{visible(section.title)}\n{section.text}" for section in sections)
