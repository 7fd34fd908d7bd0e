"""The table of the browser panel: live HTML, static HTML and text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from exo_nbregistry.panels.browser.column import (
    TREND,
    Cell,
    Context,
    cell,
    expression,
    heading,
    side,
)
from exo_nbregistry.panels.browser.page import Page, Row
from exo_nbregistry.text.markup import Markup, escape, html_table, text_table
from exo_nbregistry.text.terminal import cut, line_width

ROW_PX = 28
_TEXT_WIDTH = 140
_HOVER = 400
_ERROR_WIDTH = 160
_EPOCH = Context(datetime(1970, 1, 1, tzinfo=UTC))

# One style sheet for a panel, so that rows do not repeat it. A row is always as tall as the
# check box beside it.
STYLE = Markup(
    f"""<style>
.nbr-browser {{ --nbr-line: 1px solid var(--jp-border-color2, #8884); overflow: hidden; }}
.nbr-browser .nbr-table {{ border-collapse: separate; border-spacing: 0; margin: 0; width: auto;
  font: var(--jp-ui-font-size1, 13px)/1.2 var(--jp-ui-font-family, sans-serif);
  color: var(--jp-ui-font-color1, inherit); }}
.nbr-browser .nbr-table tr {{ height: {ROW_PX}px; background: transparent; }}
.nbr-browser .nbr-table th, .nbr-browser .nbr-table td {{ height: {ROW_PX}px; padding: 0 14px 0 0;
  box-sizing: border-box; border: 0; border-bottom: var(--nbr-line); text-align: left;
  vertical-align: middle; white-space: nowrap; max-width: 320px; overflow: hidden;
  text-overflow: ellipsis; }}
.nbr-browser .nbr-table thead th {{ font-weight: 600; }}
.nbr-browser .nbr-table .nbr-num {{ text-align: right; font-variant-numeric: tabular-nums; }}
.nbr-browser .nbr-table .nbr-on > *, .nbr-browser .nbr-pick .widget-checkbox:has(:checked) {{
  background: color-mix(in srgb, var(--jp-brand-color1, #3b82c4) 14%, transparent); }}
.nbr-browser .nbr-table .nbr-deleted td {{ text-decoration: line-through; }}
.nbr-browser .nbr-table .nbr-error {{ max-width: 900px; font-style: italic; }}
.nbr-browser .nbr-badge {{ border: 1px solid var(--jp-border-color1, #888); border-radius: 9px;
  padding: 0 7px; margin-right: 4px; font-size: 90%; }}
.nbr-browser .nbr-spark {{ display: block; color: var(--jp-brand-color1, #3b82c4); }}
.nbr-browser .nbr-table .nbr-unseen {{ position: absolute; width: 1px; height: 1px; padding: 0;
  border: 0; overflow: hidden; clip-path: inset(50%); }}
.nbr-browser .nbr-pick .widget-checkbox:first-child {{ background: none; }}
.nbr-browser .widget-checkbox label {{ display: flex; align-items: center; }}
.nbr-browser .nbr-pick {{ flex: 0 1 auto; max-width: 45%; overflow: hidden; margin: 0; }}
.nbr-browser .nbr-pick .widget-checkbox {{ height: {ROW_PX}px; margin: 0; width: auto;
  box-sizing: border-box; border-bottom: var(--nbr-line); flex: none; }}
.nbr-browser .nbr-pick label {{ width: auto; max-width: 320px; height: {ROW_PX - 1}px;
  line-height: {ROW_PX - 1}px; padding: 0 14px 0 2px; margin: 0; overflow: hidden; }}
.nbr-browser .nbr-pick label span {{ overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }}
.nbr-browser .nbr-pick input {{ margin: 0 6px 0 0; flex: none; }}
.nbr-browser .nbr-open > * {{ height: {ROW_PX}px; min-height: {ROW_PX}px; margin: 0; flex: none;
  box-sizing: border-box; border: 0; border-bottom: var(--nbr-line); width: auto;
  padding: 0 14px 0 0; line-height: {ROW_PX - 1}px; box-shadow: none; }}
.nbr-browser .nbr-open button {{ background: transparent; text-align: left;
  text-decoration: underline; color: var(--jp-content-link-color, inherit); }}
.nbr-browser .nbr-rows {{ margin: 0; }}
.nbr-browser .nbr-rows > .widget-html-content {{ line-height: normal; }}
.nbr-browser .jupyter-widget-Collapse-header {{ color: var(--jp-ui-font-color1, inherit); }}
.nbr-browser .nbr-note {{ color: var(--jp-ui-font-color1, inherit);
  font: var(--jp-ui-font-size1, 13px)/1.4 var(--jp-ui-font-family, sans-serif); }}
.nbr-browser .nbr-note code, .nbr-browser .nbr-note pre {{ background: transparent; margin: 0;
  color: inherit; padding: 0; font-family: var(--jp-code-font-family, monospace); }}
</style>"""
)


def live_table(
    page: Page, columns: Sequence[str], order_by: str, selected: Sequence[str], now: datetime
) -> Markup:
    """Return the page as a table for a live panel.

    Parameters
    ----------
    page : Page
        The page.
    columns : sequence of str
        Column names, in order.
    order_by : str
        Sort order; its column has a mark.
    selected : sequence of str
        References of the versions to highlight.
    now : datetime
        Current time, for relative times.
    """
    context = Context(now)
    heads = "".join(_head(name, heading(name, page.rows), order_by) for name in columns)
    rows = "".join(_live_row(row, columns, row.ref in selected, context) for row in page.rows)
    return Markup(
        '<table class="nbr-table"><thead><tr><th scope="col" class="nbr-unseen">version</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _head(name: str, text: str, order_by: str) -> str:
    way = ""
    mark = ""
    if order_by.removeprefix("-") == expression(name):
        down = order_by.startswith("-")
        way = f' aria-sort="{"descending" if down else "ascending"}"'
        mark = " ▼" if down else " ▲"
    number = " nbr-num" if side(name) == "r" else ""
    shown = escape(cut(text, _HOVER))
    return f'<th scope="col" class="nbr-head{number}" title="{shown}"{way}>{shown}{mark}</th>'


def _live_row(row: Row, columns: Sequence[str], selected: bool, context: Context) -> str:
    if row.item is None:
        error = escape(cut(row.error, _HOVER))
        return (
            '<tr><th scope="row" class="nbr-unseen">unreadable</th>'
            f'<td class="nbr-error" colspan="{max(1, len(columns))}" title="{error}">{error}</td>'
            "</tr>"
        )
    kind = "nbr-on" if selected else ""
    if getattr(row.item, "status", "active") != "active":
        kind += " nbr-deleted"
    cells = "".join(_live_cell(cell(name, row, context), side(name)) for name in columns)
    name = f'<th scope="row" class="nbr-unseen">{escape(row.label)}</th>'
    return f'<tr class="{kind.strip()}">{name}{cells}</tr>'


def _live_cell(content: Cell, where: str) -> str:
    number = ' class="nbr-num"' if where == "r" else ""
    if content.live is not None:
        return f"<td{number}>{content.live}</td>"
    shown = escape(cut(content.text, _HOVER))
    return f'<td{number} title="{shown}">{shown}</td>'


def static_table(page: Page, columns: Sequence[str], caption: str) -> Markup:
    """Return the page as HTML that does not need a kernel."""
    rows = [[row.label or "-", *_static_cells(row, columns)] for row in page.rows]
    heads = ["version", *(heading(name, page.rows) for name in columns)]
    return html_table(heads, rows, caption=caption, align="l" + "".join(map(side, columns)))


def _static_cells(row: Row, columns: Sequence[str]) -> list[str]:
    if row.item is None:
        return [cut(row.error, _ERROR_WIDTH), *[""] * (len(columns) - 1)]
    cells = [cell(name, row, _EPOCH) for name in columns]
    return [
        item.static if item.static is not None else cut(item.text, _ERROR_WIDTH) for item in cells
    ]


def plain_table(page: Page, columns: Sequence[str]) -> str:
    """Return the page as aligned text, without graphics."""
    texts = [name for name in columns if name != TREND]
    rows = [[row.label or "-", *_text_cells(row, texts)] for row in page.rows]
    heads = ["version", *(heading(name, page.rows) for name in texts)]
    align = "l" + "".join(map(side, texts))
    return text_table(heads, rows, align=align, width=line_width(_TEXT_WIDTH))


def _text_cells(row: Row, columns: Sequence[str]) -> list[str]:
    if row.item is None:
        return [cut(row.error, _ERROR_WIDTH), *[""] * (len(columns) - 1)]
    return [cut(cell(name, row, _EPOCH).text, _ERROR_WIDTH) for name in columns]
