"""Descriptions and notes as HTML and as text."""

from __future__ import annotations

import pytest

from exo_nbregistry.views.prose import MAX_CHARACTERS, prose_html, prose_text
from tests.html_page import PAYLOADS, Page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_markdown_has_only_elements_that_the_sanitizer_keeps(payload: str) -> None:
    """HTML in Markdown is text."""
    page = Page(prose_html(payload))
    assert page.faults == []
    assert set(page.elements) <= {"div", "p", "br"}


def test_a_long_text_is_cut() -> None:
    """The first characters of a long text are shown, with a mark."""
    for form in (prose_html, prose_text):
        shown = form("word " * MAX_CHARACTERS)
        assert shown.count("word") == MAX_CHARACTERS // 5
        assert "\u2026" in shown


def test_a_short_text_is_not_cut() -> None:
    """A text of exactly the limit has no mark."""
    assert prose_text("x" * MAX_CHARACTERS) == "x" * MAX_CHARACTERS
