"""The search box of the browser panel, and messages on the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import Button, HBox, Text, VBox
from traitlets import Unicode

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.search_text import parse_search
from exo_nbregistry.panels.base import html, sentence
from exo_nbregistry.text.markup import Markup, escape
from exo_nbregistry.text.terminal import cut, display_width, visible

PLACEHOLDER = "Text or filter: metrics.f1_score > 0.9 and 'reviewed' in tags"
_MAX_TEXT = 400
# Number of characters of a long query to show on each side of the error.
_AROUND = 60


def pointer(error: QueryError) -> tuple[str, str]:
    """Return the part of a query around its error, and a line with a mark under the column.

    Examples
    --------
    >>> text, mark = pointer(QueryError("No.", text="metrics.f1 >", position=12))
    >>> text, mark == " " * 12 + "^"
    ('metrics.f1 >', True)
    """
    start = max(0, error.position - _AROUND)
    before = visible(error.text[start : error.position])
    after = visible(error.text[error.position : error.position + _AROUND])
    lead = "…" if start else ""
    return lead + before + after, " " * display_width(lead + before) + "^"


def error_html(error: Exception) -> Markup:
    """Return an error message as HTML."""
    is_query = isinstance(error, QueryError)
    message = str(error).partition("\n")[0] if is_query else sentence(error)
    body = f"<strong>Error:</strong> {escape(cut(message, _MAX_TEXT))}"
    if isinstance(error, QueryError) and error.text:
        text, mark = map(escape, pointer(error))
        body += f"<pre>{text}\n{mark}</pre>"
    return Markup(f'<div class="nbr-note" role="alert">{body}</div>')


def describe_search(query: str) -> list[str]:
    """Return a description of a query; empty for an empty query.

    Examples
    --------
    >>> describe_search("forest")
    ['Searching all fields for forest']
    """
    parsed = parse_search(query)
    if not parsed.where:
        return []
    if not parsed.is_words:
        return [f"Filter: {cut(parsed.where, _MAX_TEXT)}"]
    fields = "all fields" if " in anywhere" in parsed.where else "names and aliases"
    return [f"Searching {fields} for {cut(' '.join(query.split()), _MAX_TEXT)}"]


def search_html(query: str, hints: Sequence[str]) -> Markup:
    """Return the description of a query and the warnings of the registry as HTML."""
    lines: list[str] = [escape(text) for text in describe_search(query)]
    lines += [f"<strong>Note:</strong> {escape(cut(hint, _MAX_TEXT))}" for hint in hints[:3]]
    return Markup(f'<div class="nbr-note">{"<br>".join(lines)}</div>' if lines else "")


class SearchBox(VBox):
    """A text box for a search or filter, a button to refresh, and a message.

    Parameters
    ----------
    refresh : callable
        Called to read the registry again.

    Attributes
    ----------
    query : str
        Search text or filter.
    """

    query = Unicode(help="Search text or filter.")

    def __init__(self, refresh: Any) -> None:
        self._box = Text(
            placeholder=PLACEHOLDER,
            description="Search",
            continuous_update=False,
            tooltip="Text, or a filter such as metrics.f1_score > 0.9; press Enter to search",
            style={"description_width": "auto"},
            layout={"flex": "1 1 240px", "width": "auto", "min_width": "200px"},
        )
        self._again = Button(
            description="Refresh", tooltip="Read the registry again", layout={"width": "auto"}
        )
        self._message = html()
        row = HBox([self._box, self._again], layout={"flex_flow": "row wrap"})
        super().__init__([row, self._message])
        self._box.observe(lambda change: self.set_trait("query", change["new"]), "value")
        self._again.on_click(lambda _button: refresh())
        self.observe(self._draw, "query")

    def focus(self) -> None:
        """Move the keyboard focus to the text box."""
        self._box.focus()

    def show_message(self, message: Markup) -> None:
        """Show a message below the text box."""
        self._message.value = message

    def _draw(self, _change: Any = None) -> None:
        self._box.value = self.query
