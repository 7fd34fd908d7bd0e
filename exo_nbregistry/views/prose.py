"""Descriptions and notes, which are Markdown, as HTML and as text."""

from __future__ import annotations

from exo_nbregistry.text.markdown_render import markdown_html, markdown_plain
from exo_nbregistry.text.markdown_tree import markdown_tree
from exo_nbregistry.text.markup import Markup

# A stored page contains the text for each output that shows the version.
MAX_CHARACTERS = 2_000


def prose_html(text: str) -> Markup:
    """Return Markdown of a user as HTML; of a long text, the first 2,000 characters.

    Parameters
    ----------
    text : str
        The Markdown.

    Examples
    --------
    >>> "<strong>Good</strong>, see &lt;b&gt;</p>" in prose_html("**Good**, see <b>")
    True
    """
    body = markdown_html(markdown_tree(_first(text)))
    return Markup(f'<div style="font-size:13px;line-height:1.4">{body}</div>')


def prose_text(text: str) -> str:
    """Return Markdown of a user as text without marks; of a long text, the first characters.

    Parameters
    ----------
    text : str
        The Markdown.

    Examples
    --------
    >>> prose_text("**Good**, see `vetting.ipynb`")
    'Good, see vetting.ipynb'
    """
    return markdown_plain(markdown_tree(_first(text)))


def _first(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…"
