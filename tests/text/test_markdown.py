"""Any text is rendered as typed."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exo_nbregistry.text.markdown import markdown_code, markdown_line, markdown_text

markdown_it = pytest.importorskip("markdown_it", reason="renders Markdown")
RENDERER = markdown_it.MarkdownIt("commonmark").enable("table").enable("strikethrough")
TEXTS = st.text("#-+*_`[]()<>!|\\~&:/.@ =1a\nhtwps", max_size=16)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


@given(TEXTS)
@example("# head")
@example("<script>alert(1)</script>\n<!--")
@example("[a](javascript:alert(1)) ![b](http://evil.example/pixel.png)")
@example("---\ntitle: front matter\n---")
@example("```python\nimport os\n```")
@example("[a]: http://evil.example")
@example("| a |\n| - |")
@example("__init__ and koi_depth")
def test_paragraphs(text: str) -> None:
    """Paragraphs have the lines of the text, and nothing else than text and line breaks."""
    rendered = RENDERER.render(markdown_text(text))
    assert set(re.findall("<[^>]*>", rendered)) <= {"<p>", "</p>", "<br />"}
    assert _lines(html.unescape(re.sub("<[^>]*>", "", rendered))) == _lines(text)


@given(TEXTS)
@example("a|b")
@example("`|`")
def test_cells(text: str) -> None:
    """A cell and a code span of a table have the text, with single spaces."""
    shown = " ".join(text.split())
    for cell, tags in ((markdown_line(text), ""), (markdown_code(text or "x"), "</?code>")):
        rendered = RENDERER.render(f"| h |\n| --- |\n| {cell} |\n")
        (content,) = re.findall("<td>(.*)</td>", rendered)
        content = re.sub(tags, "", content)
        assert html.unescape(content).strip() == (shown if text or not tags else "x") or not shown


@pytest.mark.parametrize(
    "text", ["http://a.example/b", "www.a.example", "a@b.example", "HTTPS://A.example"]
)
def test_no_link_is_made_of_plain_text(text: str) -> None:
    """A backslash is before the place where GitHub finds the start of a link."""
    escaped = markdown_line(text)
    assert escaped.replace("\\", "") == text
    assert not re.search(r"(?i)(https?:|www\.|\w@)", escaped)


def test_invisible_characters_are_shown() -> None:
    """A character that changes the direction of text is written as an escape."""
    assert markdown_line("a\u202eb") == r"a\\u202eb"
