"""A tree of Markdown as escaped HTML, and as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.text.markdown_tree import SCHEMES, TAGS, MarkdownNode
from exo_nbregistry.text.markup import LINE, Markup, escape

# A heading would enter the table of contents of the notebook.
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STYLES = {
    "p": "margin:4px 0",
    "pre": "background:transparent;margin:4px 0;overflow-x:auto",
    "blockquote": f"border-left:{LINE};margin:4px 0;padding:0 8px",
    "th": f"border-bottom:{LINE};padding:2px 8px",
    "td": f"border-bottom:{LINE};padding:2px 8px",
}
_VOID = ("br", "hr", "input")
_BLOCKS = ("p", "pre", "ul", "ol", "blockquote", "table", "hr", *_HEADINGS)


def markdown_html(nodes: Iterable[MarkdownNode]) -> Markup:
    """Return a tree of Markdown as HTML without scripts, style sheets and headings.

    Parameters
    ----------
    nodes : iterable of str or list
        Result of `markdown_tree`.

    Examples
    --------
    >>> from exo_nbregistry.text.markdown_tree import markdown_tree
    >>> markdown_html(markdown_tree("*a* <script>"))
    '<p style="margin:4px 0"><em>a</em> &lt;script&gt;</p>'
    """
    return Markup("".join(map(_html, nodes)))


def _html(node: MarkdownNode) -> str:
    if isinstance(node, str):
        return "\n".join(escape(line) for line in node.split("\n"))
    tag, given, *children = node
    if tag not in TAGS:
        raise ValueError(f"The tree has an element {tag!r:.20}.")
    if tag in _HEADINGS:
        return _html(["p", {}, ["strong", {}, *children]])
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in _kept(tag, given).items())
    if tag in _VOID:
        return f"<{tag}{attributes}>"
    return f"<{tag}{attributes}>{markdown_html(children)}</{tag}>"


def _kept(tag: str, given: dict[str, Any]) -> dict[str, str]:
    style = _STYLES.get(tag, "")
    match tag:
        case "a" if str(given.get("href", "")).lower().startswith(SCHEMES):
            return {"href": given["href"], "rel": "noopener noreferrer"}
        case "ol" if "start" in given:
            return {"start": str(given["start"])}
        case "input":
            marked = {"checked": "checked"} if given.get("checked") else {}
            return {"type": "checkbox", "disabled": "disabled"} | marked
        case "th" | "td" if "align" in given:
            style = f"{style};text-align:{given['align']}"
    return {"style": style} if style else {}


def markdown_plain(nodes: Sequence[MarkdownNode]) -> str:
    """Return a tree of Markdown as text without marks, for a terminal.

    Parameters
    ----------
    nodes : sequence of str or list
        Result of `markdown_tree`.

    Examples
    --------
    >>> from exo_nbregistry.text.markdown_tree import markdown_tree
    >>> text = "# Review" + chr(10) + "**Good**:" + chr(10) + "1. [all](https://a.org)"
    >>> print(markdown_plain(markdown_tree(text)))
    Review
    <BLANKLINE>
    Good:
    <BLANKLINE>
    1. all (https://a.org)
    """
    return "\n\n".join(filter(None, map(_block, nodes)))


def _block(node: MarkdownNode) -> str:
    if isinstance(node, str):
        return node
    tag, attributes, *children = node
    match tag:
        case "ul" | "ol":
            first = int(attributes.get("start", 1))
            marks = [f"{first + i}. " if tag == "ol" else "- " for i in range(len(children))]
            return "\n".join(
                mark + _indented(_item(child[2:]), len(mark))
                for mark, child in zip(marks, children, strict=True)
            )
        case "blockquote":
            return "> " + markdown_plain(children).replace("\n", "\n> ")
        case "pre":
            return "    " + _indented(_inline(children), 4)
        case "table":
            rows = [row for part in children for row in part[2:]]
            return "\n".join(" | ".join(_inline(cell[2:]) for cell in row[2:]) for row in rows)
        case "hr":
            return "---"
    return _inline(children)


def _item(children: Sequence[MarkdownNode]) -> str:
    """Return the content of a list item: inline nodes, then blocks."""
    lines: list[str] = []
    inline: list[MarkdownNode] = []
    for child in children:
        if isinstance(child, list) and child[0] in _BLOCKS:
            lines += [_inline(inline)] if inline else []
            inline = []
            lines.append(_block(child))
        else:
            inline.append(child)
    return "\n".join([*lines, *([_inline(inline)] if inline else [])])


def _inline(nodes: Iterable[MarkdownNode]) -> str:
    return "".join(map(_inline_text, nodes))


def _inline_text(node: MarkdownNode) -> str:
    if isinstance(node, str):
        return node
    tag, attributes, *children = node
    match tag:
        case "br":
            return "\n"
        case "input":
            return "[x]" if attributes.get("checked") else "[ ]"
        case "a":
            text, url = _inline(children), str(attributes.get("href", ""))
            return text if text == url else f"{text} ({url})"
    return _inline(children)


def _indented(text: str, width: int) -> str:
    return text.replace("\n", "\n" + " " * width)
