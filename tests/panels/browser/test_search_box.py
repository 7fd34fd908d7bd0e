"""The search box: a fault is pointed at, whatever was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter
from exo_nbregistry.panels.browser.search_box import SearchBox, error_html, pointer, search_html
from exo_nbregistry.text.terminal import display_width, visible
from tests.html_page import Page


@given(st.text(), st.text(min_size=1), st.booleans())
def test_the_mark_is_under_the_fault(before: str, after: str, long: bool) -> None:
    """Also behind wide and invisible characters, and far into a long text."""
    before = before * (50 if long else 1)
    error = QueryError("No.", text=before + after, position=len(before))
    text, mark = pointer(error)
    assert mark.strip() == "^"
    rest = visible(after[:60])
    assert text.endswith(rest)
    assert display_width(text.removesuffix(rest)) == len(mark) - 1
    assert len(text) < 2_000


def test_the_message_is_told_once() -> None:
    """The text and the mark that an error's message ends with are not told twice."""
    try:
        compile_filter("metrics.f1 > 0.9 and rank < 3")
    except QueryError as error:
        told = error_html(error)
    assert told.count("rank &lt; 3") == 1
    assert Page(told).elements == ["div", "strong", "pre"]


def test_hints_are_few() -> None:
    """A flood of warnings leaves the table in sight."""
    told = search_html("", [f"<b>hint {number}" for number in range(9)])
    assert told.count("Note:") == 3
    assert "&lt;b&gt;hint 0" in told


def test_the_box_and_the_trait_are_one() -> None:
    """What is typed is the query, and what Python sets is in the box; a button reads again."""
    calls: list[int] = []
    box = SearchBox(lambda: calls.append(1))
    box._box.value = "typed"
    assert box.query == "typed"
    box.query = "set"
    assert box._box.value == "set"
    box._again.click()
    assert calls == [1]
