"""The search box and its messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.filter_language import compile_filter
from exo_nbregistry.panels.browser.search_box import SearchBox, error_html, pointer, search_html
from exo_nbregistry.text.terminal import display_width, visible
from tests.html_page import Page


@given(st.text(), st.text(min_size=1), st.booleans())
def test_the_mark_is_under_the_error(before: str, after: str, long: bool) -> None:
    """The mark is under the error, also after wide and invisible characters."""
    before = before * (50 if long else 1)
    error = QueryError("No.", text=before + after, position=len(before))
    text, mark = pointer(error)
    assert mark.strip() == "^"
    rest = visible(after[:60])
    assert text.endswith(rest)
    assert display_width(text.removesuffix(rest)) == len(mark) - 1
    assert len(text) < 2_000


def test_the_query_is_shown_once() -> None:
    """The query at the end of an error message is not repeated."""
    try:
        compile_filter("metrics.f1 > 0.9 and rank < 3")
    except QueryError as error:
        page = error_html(error)
    assert page.count("rank &lt; 3") == 1
    assert Page(page).elements == ["div", "strong", "pre"]


def test_hints_are_few() -> None:
    """At most three warnings are shown."""
    page = search_html("", [f"<b>hint {number}" for number in range(9)])
    assert page.count("Note:") == 3
    assert "&lt;b&gt;hint 0" in page


def test_the_box_and_the_trait_are_linked() -> None:
    """Typed text sets the query and the query sets the text; a button refreshes."""
    calls: list[int] = []
    box = SearchBox(lambda: calls.append(1))
    box._box.value = "typed"
    assert box.query == "typed"
    box.query = "set"
    assert box._box.value == "set"
    box._again.click()
    assert calls == [1]
