"""Markdown of users as a tree: closed, bounded and without code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.text.markdown_render import markdown_html, markdown_plain
from exo_nbregistry.text.markdown_tree import (
    MAX_CHARACTERS,
    MAX_NODES,
    SCHEMES,
    TAGS,
    markdown_tree,
)
from tests.html_page import PAYLOADS, Page

ATTRIBUTES = {"href", "class", "align", "checked", "start", "type", "disabled"}
PIECES = ["*", "_", "`", "[", "](", ")", "<", ">", "!", "#", "- ", "1. ", "> ", "|", "\n", "a", "&"]


def elements(nodes: list[Any]) -> Iterator[list[Any]]:
    """Yield all elements of a tree."""
    for node in nodes:
        if isinstance(node, list):
            yield node
            yield from elements(node[2:])


def test_all_marks_become_elements() -> None:
    """Headings, lists, code, tables, links, quotes and strikethrough are elements."""
    text = (
        "# T\n\n1. a\n2. `b`\n\n> ~~q~~ *e* **s**\n\n```python\nx = 1\n```\n\n---\n\n"
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n[l](https://a.org) <mailto:a@b.org>\n"
    )
    tree = markdown_tree(text)
    used = {element[0] for element in elements(tree)}
    assert used >= {"h1", "ol", "li", "code", "blockquote", "del", "em", "strong", "pre", "hr"}
    assert used >= {"table", "thead", "tbody", "tr", "th", "td", "a"}
    assert ["code", {"class": "language-python"}, "x = 1"] in list(elements(tree))
    assert [e[1] for e in elements(tree) if e[0] == "td"] == [{"align": "left"}, {"align": "right"}]


def test_lines_of_a_note_stay_lines() -> None:
    """A line break in a paragraph is a break."""
    assert markdown_tree("a\nb") == [["p", {}, "a", ["br", {}], "b"]]


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](relative.html)",
        "[x](https:/relative/to/the/page)",
        "[x](https:relative.html)",
        "![x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_other_links_stay_text(text: str) -> None:
    """A link with another scheme is not a link; its text is kept."""
    tree = markdown_tree(text)
    assert not [element for element in elements(tree) if element[0] == "a"]
    assert "x" in markdown_plain(tree) or "alert" in markdown_plain(tree)


@pytest.mark.parametrize(
    "text", ["[x]()", "[x](<>)", "[**x**]()", "[x]\n\n[x]: <>", "![x]()", "a [x]() b"]
)
def test_an_empty_address_is_not_a_link(text: str) -> None:
    """Only the text of a link without an address is shown."""
    tree = markdown_tree(text)
    assert {element[0] for element in elements(tree)} <= {"p", "strong"}
    assert "x" in markdown_plain(tree)


def test_an_image_is_a_link() -> None:
    """A picture of another server is never requested."""
    assert markdown_tree("![fig](https://a.org/a.png)") == [
        ["p", {}, ["a", {"href": "https://a.org/a.png"}, "fig"]]
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(payload: str) -> None:
    """HTML in Markdown is text in the tree, and is escaped in HTML."""
    tree = markdown_tree(payload)
    assert {element[0] for element in elements(tree)} <= TAGS
    assert Page(markdown_html(tree)).faults == []


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_a_tree_has_only_known_parts(text: str) -> None:
    """Each element, attribute and link of any text is allowed, and the tree is JSON."""
    tree = markdown_tree(text)
    json.dumps(tree)
    for tag, attributes, *_ in elements(tree):
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES
        assert str(attributes.get("href", SCHEMES[0])).lower().startswith(SCHEMES)
    assert Page(markdown_html(tree)).faults == []
    markdown_plain(tree)


@pytest.mark.parametrize(
    "text",
    [">" * 5000, "[" * 5000, "*a " * 5000, "- " * 3000, "`" * 9999, "|" * 9999, "<" * 9999],
)
def test_deep_text_is_bounded(text: str) -> None:
    """Nested marks make neither a deep nor a large tree."""

    def depth(node: Any) -> int:
        return 1 + max(map(depth, node[2:]), default=0) if isinstance(node, list) else 0

    assert max(map(depth, markdown_tree(text)), default=0) < 60


@pytest.mark.parametrize(
    "text",
    [
        "> " * 25 + "hidden",
        ">" * 10_000 + "hidden",
        "".join("  " * level + "- a\n" for level in range(25)) + "\n\nhidden",
        "*a **b " * 20 + "hidden" + " c** d*" * 20,
    ],
)
def test_deep_text_is_not_hidden(text: str) -> None:
    """A text that is nested too deeply is shown as it was written."""
    assert markdown_tree(text) == [["pre", {}, ["code", {}, text]]]


@pytest.mark.parametrize(
    "text",
    [
        "[a]: https://a.org/" + "x" * 25_000 + "\n\n" + "[a]" * 1_500,
        "[a]: https://a.org/" + "x" * 25_000 + "\n\n" + "![a]" * 1_500,
        "[" * MAX_CHARACTERS,
        "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|\n" * 20_000,
        "> a|b\n> -|-\n" + "> |\n" * 12_000,
    ],
)
def test_a_small_text_makes_no_large_tree(text: str) -> None:
    """Addresses of definitions and filled rows of tables do not multiply a text."""
    tree = markdown_tree(text)
    assert tree[0][0] == "pre"
    assert len(json.dumps(tree)) < 2 * MAX_CHARACTERS


def test_a_table_of_usual_size_is_a_table() -> None:
    """A table with some hundred rows is read."""
    text = "a|b|c\n-|-|-\n" + "1|2|3\n" * 500
    assert markdown_tree(text)[0][0] == "table"


def test_a_text_with_many_elements_is_preformatted() -> None:
    """Over the limit of elements, the source is shown."""
    text = "*a* " * (MAX_NODES + 1)
    tree = markdown_tree(text)
    assert tree[0][0] == "pre"
    assert markdown_tree("a" * (MAX_CHARACTERS + 1))[-1] == ["p", {}, "…"]


def test_invisible_characters_are_escapes() -> None:
    """Characters that change the reading direction are shown."""
    assert markdown_tree("a\u202eb")[0][2] == "a\\u202eb"
    assert markdown_tree("```\na\u202eb\n```")[0][2][2] == "a\\u202eb"


def test_a_list_is_plain_text_with_marks() -> None:
    """The terminal shows lists, quotes, code and tables as text."""
    text = "- [ ] a\n- b\n  - c\n\n> q\n\n    code\n\n| x | y |\n|---|---|\n| 1 | 2 |"
    assert markdown_plain(markdown_tree(text)) == (
        "- [ ] a\n- b\n  - c\n\n> q\n\n    code\n\nx | y\n1 | 2"
    )


def test_the_library_is_imported_on_use() -> None:
    """Importing the module does not import the Markdown library."""
    code = "import sys, exo_nbregistry.text.markdown_tree; print('markdown_it' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
