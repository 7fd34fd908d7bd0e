"""Markdown of users as a tree of a few known elements.

Descriptions, notes and model cards come from a folder that other users write to. The tree contains
text and the elements in `TAGS` only, so that a view creates them one by one and never parses HTML.
HTML in the text remains text, an image becomes a link, and a link begins with one of `SCHEMES`; any
other link remains as it was written. A text that would make a very large tree, or a very slow one,
is preformatted text instead, so that nothing in it is hidden.

Source: CommonMark, with the tables, strikethrough and task lists of GitHub Flavored Markdown.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from exo_nbregistry.text.terminal import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MarkdownNode: TypeAlias = str | list[Any]

TAGS = frozenset(
    (
        *("p", "strong", "em", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"),
        *("a", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr", "br", "del"),
        "input",
    )
)
# With the slashes, because a browser resolves "https:x" relative to an HTTPS page.
SCHEMES = ("http://", "https://", "mailto:")
MAX_CHARACTERS = 50_000
MAX_NODES = 5_000
MAX_DEPTH = 20
# The parser looks for the end of each bracket in the rest of the paragraph.
_MAX_BRACKETS = 2_000
# The parser drops what is nested deeper than its limit, so that its limit is higher.
_PARSED_DEPTH = 2 * MAX_DEPTH
_LANGUAGE = re.compile(r"[A-Za-z0-9_+-]{1,30}")
_TASK = re.compile(r"\[([ xX])\]\s+")
_ALIGN = re.compile("text-align:(left|center|right)")
_TAG_OF = {"s": "del"}


def markdown_tree(text: str) -> list[MarkdownNode]:
    """Return Markdown as a tree.

    Parameters
    ----------
    text : str
        The Markdown. Of more than 50,000 characters, only the first ones are used.

    Returns
    -------
    list of str or list
        The nodes. An element is ``[tag, attributes, *children]``; its attributes are ``href``,
        ``class`` (``language-x`` of code), ``align``, ``start``, ``type``, ``checked`` and
        ``disabled``. If the text has too many elements, or is nested too deeply, it is one
        ``pre``.

    Examples
    --------
    >>> markdown_tree("**Good**, see <b>[it](javascript:x)")
    [['p', {}, ['strong', {}, 'Good'], ', see <b>[it](javascript:x)']]
    >>> markdown_tree("- [x] bias")[0][2]
    ['li', {}, ['input', {'type': 'checkbox', 'disabled': True, 'checked': True}], ' bias']
    """
    source = text[:MAX_CHARACTERS]
    nodes = _build(source)
    if nodes is None:
        return preformatted_tree(text)
    return [*nodes, ["p", {}, "…"]] if len(text) > MAX_CHARACTERS else nodes


def preformatted_tree(text: str) -> list[MarkdownNode]:
    """Return a text as a tree without reading its Markdown.

    Parameters
    ----------
    text : str
        The text. Of more than 50,000 characters, only the first ones are used.

    Examples
    --------
    >>> preformatted_tree("**Good**")
    [['pre', {}, ['code', {}, '**Good**']]]
    """
    nodes: list[MarkdownNode] = [["pre", {}, ["code", {}, _clean(text[:MAX_CHARACTERS])]]]
    return [*nodes, ["p", {}, "…"]] if len(text) > MAX_CHARACTERS else nodes


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": _PARSED_DEPTH}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    # A link that is not followed stays in the text, so that nothing is hidden.
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    return parser


def _is_allowed(url: str) -> bool:
    return url.strip().lower().startswith(SCHEMES)


def _build(text: str) -> list[MarkdownNode] | None:
    """Return the nodes of a text, or None if there are too many or they are nested too deeply."""
    if text.count("[") > _MAX_BRACKETS or _max_cells(text) > MAX_NODES:
        return None
    builder = _Builder()
    for token in _parser().parse(text):
        builder.add_block(token)
        if builder.is_full:
            return None
    return builder.root


def _max_cells(text: str) -> int:
    """Return a limit of the number of table cells; rows with fewer cells are filled up."""
    n_cells = n_rows = n_columns = 0
    for line in text.split("\n"):
        if not line.strip():
            n_rows = n_columns = 0
        elif n_columns or "|" in line:
            n_rows += 1
            n_columns = max(n_columns, line.count("|"))
            n_cells = max(n_cells, n_rows * n_columns)
    return n_cells


class _Builder:
    """A tree that grows by the tokens of the parser."""

    def __init__(self) -> None:
        self.root: list[MarkdownNode] = []
        self._n_nodes = 0
        # One definition can be the address of many links.
        self._n_address = 0
        self._depth = 0
        # Children of the open elements; the lists of elements begin with tag and attributes.
        self._open: list[list[Any]] = [self.root]

    @property
    def is_full(self) -> bool:
        """Whether the tree is larger or deeper than a view can show."""
        return (
            self._n_nodes > MAX_NODES or self._n_address > MAX_CHARACTERS or self._depth > MAX_DEPTH
        )

    def add_block(self, token: Token) -> None:
        """Add a token between paragraphs."""
        match token.type:
            case "inline":
                for child in token.children or ():
                    self._add_inline(child)
            case "fence" | "code_block":
                words = token.info.split()
                language = words[0] if words and _LANGUAGE.fullmatch(words[0]) else ""
                attributes = {"class": f"language-{language}"} if language else {}
                self._add(["pre", {}, ["code", attributes, _clean(token.content.rstrip("\n"))]])
            case "hr":
                self._add(["hr", {}])
            case _ if token.hidden:
                # The paragraphs of a list without blank lines.
                pass
            case _ if token.nesting == 1:
                self._begin(token)
            case _ if token.nesting == -1:
                self._open.pop()
            case _:
                self._add(_clean(token.content))

    def _add_inline(self, token: Token) -> None:
        match token.type:
            case "text":
                self._add_text(token.content)
            case "code_inline":
                self._add(["code", {}, _clean(token.content)])
            case "softbreak" | "hardbreak":
                # Lines of a note stay lines.
                self._add(["br", {}])
            case "image":
                title, address = _clean(token.content or "image"), token.attrs["src"]
                self._add(["a", self._link(address), title] if address else title)
            case _ if token.nesting == 1:
                self._begin(token)
            case _ if token.nesting == -1:
                self._open.pop()
            case _:
                self._add_text(token.content)

    def _begin(self, token: Token) -> None:
        if token.tag == "a" and not token.attrs["href"]:
            # Without an address, only the text of the link is shown.
            self._open.append(self._open[-1])
            return
        attributes = self._link(token.attrs["href"]) if token.tag == "a" else _attributes(token)
        element = [_TAG_OF.get(token.tag, token.tag), attributes]
        if element[0] not in TAGS:
            raise ValueError(f"The parser made the element {element[0]!r:.20}.")
        self._add(element)
        self._open.append(element)
        self._depth = max(self._depth, len(self._open) - 1)

    def _link(self, address: object) -> dict[str, Any]:
        href = str(address)
        self._n_address += len(href)
        return {"href": href}

    def _add_text(self, text: str) -> None:
        parent = self._open[-1]
        if parent[:1] == ["li"] and len(parent) == 2 and (task := _TASK.match(text)):
            checked = {"checked": True} if task[1] != " " else {}
            self._add(["input", {"type": "checkbox", "disabled": True} | checked])
            text = f" {text[task.end() :]}"
        if text:
            self._add(_clean(text))

    def _add(self, node: MarkdownNode) -> None:
        parent = self._open[-1]
        if isinstance(node, str) and len(parent) > 2 and isinstance(parent[-1], str):
            parent[-1] += node
            return
        parent.append(node)
        self._n_nodes += 1


def _attributes(token: Token) -> dict[str, Any]:
    match token.tag:
        case "ol" if token.attrs.get("start", 1) != 1:
            return {"start": int(token.attrs["start"])}
        case "th" | "td":
            align = _ALIGN.match(str(token.attrs.get("style", "")))
            return {"align": align[1]} if align else {}
    return {}


def _clean(text: str) -> str:
    """Return text with invisible characters as escapes; lines are kept."""
    return "\n".join(visible(line.expandtabs(4)) for line in text.split("\n"))
