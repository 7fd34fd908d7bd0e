"""The search box of the browser panel: what was typed, and how it was understood."""

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

PLACEHOLDER = "Words, or a filter: metrics.f1_score > 0.9 and 'reviewed' in tags"
_MAX_TEXT = 400
# What is shown of a long text on each side of the fault.
_AROUND = 60


def pointer(error: QueryError) -> tuple[str, str]:
    """Return the part of a query around its fault, and a line with a mark under the column.

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
    """Return why something could not be done, for people to read where they asked."""
    is_query = isinstance(error, QueryError)
    message = str(error).partition("\n")[0] if is_query else sentence(error)
    body = f"<strong>Not done:</strong> {escape(cut(message, _MAX_TEXT))}"
    if isinstance(error, QueryError) and error.text:
        text, mark = map(escape, pointer(error))
        body += f"<pre>{text}\n{mark}</pre>"
    return Markup(f'<div class="nbr-note" role="alert">{body}</div>')


def describe_search(query: str) -> list[str]:
    """Return in words how a query is understood; nothing for an empty one.

    Examples
    --------
    >>> describe_search("forest")
    ["Words, looked for as: 'forest' in anywhere"]
    """
    phrase = parse_search(query)
    kind = "Words, looked for as" if phrase.is_words else "Filter"
    return [f"{kind}: {cut(phrase.where, _MAX_TEXT)}"] if phrase.where else []


def search_html(query: str, hints: Sequence[str]) -> Markup:
    """Return how a query was understood, and what the registry warns of."""
    lines: list[str] = [escape(text) for text in describe_search(query)]
    lines += [f"<strong>Note:</strong> {escape(cut(hint, _MAX_TEXT))}" for hint in hints[:3]]
    return Markup(f'<div class="nbr-note">{"<br>".join(lines)}</div>' if lines else "")


class SearchBox(VBox):
    """A box to type words or a filter into, a button to read again, and what came of it.

    Parameters
    ----------
    refresh : callable
        Called to read the registry again.

    Attributes
    ----------
    query : str
        What was typed; Enter searches.
    """

    query = Unicode(help="What is searched for.")

    def __init__(self, refresh: Any) -> None:
        self._box = Text(
            placeholder=PLACEHOLDER,
            description="Search",
            continuous_update=False,
            tooltip="Words, or a filter such as metrics.f1_score > 0.9; Enter searches",
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
        """Let the keyboard write into the box."""
        self._box.focus()

    def show_message(self, message: Markup) -> None:
        """Show below the box how it was understood, or why it could not be done."""
        self._message.value = message

    def _draw(self, _change: Any = None) -> None:
        self._box.value = self.query
