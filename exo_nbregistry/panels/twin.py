"""The stored view of a page of a registry: a table without a kernel or an extension.

It is made from the same reply as the live view, so that both show the same texts. Its markup is
short, because each output that shows a registry contains it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from exo_nbregistry.api.answer import Answer
from exo_nbregistry.index.search_text import parse_search
from exo_nbregistry.panels.twin_trend import trend_text
from exo_nbregistry.text.markup import (
    MISSING,
    Markup,
    count,
    escape,
    paragraph,
    stack,
    text_table,
)
from exo_nbregistry.text.terminal import cut, line_width, visible

_TEXT_WIDTH = 140
_MAX_CELL = 160
_MAX_TEXT = 400
_TREND = "trend"
_ARROWS = {"ascending": " ▲", "descending": " ▼"}
# JupyterLab aligns the cells of a table to the right, and other pages to the left.
_LEFT = ' style="text-align:left"'
_RIGHT = ' align="right"'
_NAME = ' style="text-align:left;font-weight:400;white-space:nowrap"'


class State(Protocol):
    """The state that a page was requested with."""

    query: str
    view: str
    model_name: str
    page: int
    show_deleted: bool
    _page_size: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: title and side, ``l`` or ``r``."""

    title: str
    side: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row: name of the model, label and texts."""

    model: str
    label: str
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of versions or models.

    Attributes
    ----------
    title : str
        Title of the labels.
    rows : list of Row
        The rows, in order.
    columns : list of Column
        Columns after the label.
    total, n_pages : int
        Number of rows on all pages, and number of pages.
    lines : list of str
        Texts above the table.
    place : str
        Position of the page, and number of rows.
    message : str
        Sentence instead of a table: an error, or why there are no rows.
    """

    title: str = ""
    rows: list[Row] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    total: int = 0
    n_pages: int = 1
    lines: list[str] = field(default_factory=list)
    place: str = ""
    message: str = ""

    @property
    def is_beyond_last(self) -> bool:
        """Whether the page does not exist, although other pages do."""
        return not self.rows and self.total > 0


def read_page(reply: Answer, state: State) -> Page:
    """Return the page in a reply.

    Parameters
    ----------
    reply : Answer
        The reply to the request for the page.
    state : State
        The state of the panel.
    """
    content = json.loads(reply.body)
    if reply.status != 200:
        return Page(message=_sentence(content["message"]))
    lines = _search_lines(state)
    total = content["total"]
    n_pages = max(1, -(-total // state._page_size))
    if not content["items"]:
        message = content["message"] or ""
        return Page(total=total, n_pages=n_pages, lines=lines, message=message)
    columns = [
        Column(column["title"] + _ARROWS.get(column["sorted"], ""), column["align"][:1])
        for column in content["columns"]
    ]
    rows = [_row(item, content["columns"]) for item in content["items"]]
    title = "version" + _ARROWS.get(content.get("name_sorted"), "")
    return Page(title, rows, columns, total, n_pages, lines, _place(total, n_pages, state))


def page_html(page: Page) -> Markup:
    """Return a page as HTML without scripts and style sheets."""
    lines = [paragraph(text) for text in page.lines]
    if page.message:
        return stack([*lines, paragraph(page.message)])
    sides = [_RIGHT if column.side == "r" else _LEFT for column in page.columns]
    head = f"<th{_LEFT}>{escape(page.title)}</th>" + "".join(
        f"<th{side}>{escape(column.title)}</th>"
        for column, side in zip(page.columns, sides, strict=True)
    )
    body = "".join(
        f"<tr><th{_NAME}>{escape(row.label)}</th>"
        + "".join(
            f"<td{side}>{escape(text)}</td>" for text, side in zip(row.texts, sides, strict=True)
        )
        + "</tr>"
        for row in page.rows
    )
    table = Markup(
        '<div style="overflow-x:auto"><table style="font-size:13px">'
        f'<caption style="text-align:left">{escape(page.place)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    return stack([*lines, table])


def page_text(page: Page) -> str:
    """Return a page as aligned text, without graphics."""
    lines = [visible(text) for text in page.lines]
    if page.message:
        return "\n".join([*lines, visible(page.message)])
    heads = [page.title, *(column.title for column in page.columns)]
    align = "l" + "".join(column.side for column in page.columns)
    rows = [[row.label, *row.texts] for row in page.rows]
    table = text_table(heads, rows, align=align, width=line_width(_TEXT_WIDTH))
    return "\n".join([*lines, page.place, table])


def _row(item: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> Row:
    texts = []
    for column, cell in zip(columns, item["cells"], strict=True):
        text = cell["text"] if cell else ""
        if column["kind"] == "time" and cell:
            # A stored page is read later: a relative time would be wrong then.
            text = cell.get("title") or text
        if not text and column["name"] == _TREND:
            text = trend_text(item.get("trend") or ())
        texts.append(cut(text, _MAX_CELL) or MISSING)
    label = item.get("display_id") or f"{item['display_name']}:{item['latest']}"
    return Row(item["name"], label, texts)


def _search_lines(state: State) -> list[str]:
    """Return descriptions of the selected model and of the search."""
    only = [f"Model: {state.model_name}"] if state.model_name else []
    query = state.query.strip()
    if not query:
        return only
    parsed = parse_search(query)
    if parsed.start is not None:
        return [*only, f"Filter: {cut(query, _MAX_TEXT)}"]
    fields = "all fields" if " in anywhere" in parsed.expression else "names and aliases"
    return [*only, f"Searching {fields} for {cut(' '.join(state.query.split()), _MAX_TEXT)}"]


def _place(total: int, n_pages: int, state: State) -> str:
    """Return the position of a page as text; the total may include deleted versions."""
    amount = count(total, state.view.removesuffix("s"))
    amount += " with deleted ones" if state.show_deleted else ""
    return f"Page {state.page:,} of {n_pages:,} - {amount}" if n_pages > 1 else amount


def _sentence(message: str) -> str:
    return " ".join(message.split())
