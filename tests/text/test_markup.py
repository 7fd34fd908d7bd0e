"""Escaped HTML and aligned text."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exo_nbregistry.text.markup import (
    Markup,
    badge,
    coloured,
    count,
    details,
    escape,
    html_table,
    number,
    paragraph,
    preformatted,
    size,
    stack,
    text_table,
)
from exo_nbregistry.text.terminal import display_width, visible
from tests.html_page import Page

CELLS = st.one_of(st.text(), st.none(), st.floats(), st.integers(), st.booleans())
TABLES = st.integers(1, 4).flatmap(
    lambda n: st.tuples(
        st.lists(st.text(), min_size=n, max_size=n),
        st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=5),
    )
)


@given(TABLES)
@example((["<script>alert(1)</script>"], [["\x1b]0;title\x07"], ["\"'><img onerror=x>"]]))
def test_any_text_is_escaped_in_a_table(table: tuple[list[str], list[list[object]]]) -> None:
    """For any cells, the page has only table elements with styles and scopes."""
    headers, rows = table
    read = Page(html_table(headers, rows, caption=headers[0]))
    assert read.faults == []
    assert set(read.elements) <= {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert {name for name, _ in read.attributes} <= {"style", "scope"}


@given(TABLES)
def test_a_compact_table_has_the_same_text(table: tuple[list[str], list[list[object]]]) -> None:
    """A compact table has the same elements and texts, and attributes that the sanitizer keeps."""
    headers, rows = table
    full, compact = Page(html_table(headers, rows)), Page(html_table(headers, rows, compact=True))
    assert compact.faults == []
    assert (compact.elements, compact.text) == (full.elements, full.text)


def test_a_compact_table_is_small() -> None:
    """The cells of a compact table are at most a third of the bytes."""
    rows = [[f"metric_{i}", i / 7] for i in range(20)]
    full, compact = html_table([], rows), html_table([], rows, compact=True)
    assert 3 * len(compact) < len(full)


def test_numbers_of_a_compact_table_are_at_the_right() -> None:
    """Each cell has a side, because pages have different defaults."""
    table = html_table(["model", "f1"], [["a", 0.5]], compact=True)
    assert '<th style="text-align:left">model</th><th align="right">f1</th>' in table
    assert (
        '<th style="text-align:left;font-weight:400">a</th><td align="right">0.5000</td>' in table
    )


@given(st.text())
def test_escaped_text_reads_as_itself(text: str) -> None:
    """A browser shows the exact text, with visible control characters."""
    assert "".join(Page(escape(text)).text) == visible(text)


def test_markup_joined_with_text_is_escaped() -> None:
    """Markup is not escaped, but markup joined with text is."""
    assert escape(Markup("<b>")) == "<b>"
    assert escape(Markup("<b>") + "x") == "&lt;b&gt;x"


@pytest.mark.parametrize(
    "part",
    [
        html_table(["a", "b"], [["x" * 50, 1.0]], caption="c"),
        stack(
            [paragraph("p"), badge("b"), coloured("c", "rgba(0, 9, 0, 0.25)"), preformatted(["d"])]
        ),
        details("s", paragraph("p"), opened=True),
    ],
    ids=["table", "inline", "details"],
)
def test_jupyterlab_keeps_every_part(part: str) -> None:
    """JupyterLab's sanitizer keeps every element and style."""
    page = Page(part)
    assert page.faults == []
    assert "style" in dict(page.attributes)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<script>1</script>", "<script>"),
        ("<p onclick='x'></p>", "<p onclick>"),
        ("<p id='x'></p>", "<p id>"),
        ("<p style='color:var(--x)'></p>", "color:var(--x)"),
        ("<p style='position:fixed'></p>", "position:fixed"),
        ("<div><p></div></p>", "</div> out of place"),
        ("<p>", "<p> is not closed"),
        ("<!-- x -->", "a comment:  x "),
    ],
)
def test_the_page_reader_finds_forbidden_html(html: str, fault: str) -> None:
    """The page reader of these tests reports each kind of forbidden HTML."""
    assert fault in Page(html).faults


def test_a_table_without_headers_has_no_head() -> None:
    """A table without column titles has no thead element."""
    assert "thead" not in Page(html_table([], [["a", "b"]])).elements


@given(TABLES, st.none() | st.integers(5, 60))
def test_lines_of_a_text_table_are_equally_wide(
    table: tuple[list[str], list[list[object]]], width: int | None
) -> None:
    """All lines of a table have the same width, at most the given one."""
    headers, rows = table
    lines = text_table(headers, rows, width=width).split("\n")
    assert len(lines) == len(rows) + 2
    assert len({display_width(line) for line in lines}) == 1
    assert width is None or display_width(lines[0]) <= width


def test_wide_characters_keep_columns_aligned() -> None:
    """A column begins at the same position after text of any script."""
    lines = text_table(["model", "tag"], [["星表", "x"], ["kepler", "x"]]).split("\n")
    assert [display_width(line[: line.index("x")]) for line in lines[2:]] == [8, 8]


def test_numbers_are_aligned_right_and_text_left() -> None:
    """A column of numbers is aligned to the right even if one is missing."""
    lines = text_table(["name", "score"], [["a", 0.5], ["b", None]]).split("\n")
    assert lines[2:] == ["a     0.5000", "b          -"]


def test_the_widest_column_is_cut_first() -> None:
    """A long description is cut before a short name."""
    lines = text_table(["name", "text"], [["kepler_rf:1", "x" * 80]], width=30).split("\n")
    assert lines[2] == "kepler_rf:1  " + "x" * 16 + "…"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.91234, "0.9123"),
        (1.0, "1.0000"),
        (0.0, "0.0000"),
        (-0.5, "-0.5000"),
        (0.00012345, "1.234e-04"),
        (12.3456, "12.35"),
        (999.96, "1000.0"),
        (123456.7, "123457"),
        (1e12, "1.000e+12"),
        (7, "7"),
        (math.nan, "NaN"),
        (-math.inf, "-inf"),
        (None, "-"),
    ],
)
def test_number_has_about_four_digits(value: float | None, shown: str) -> None:
    """A measured value has four digits; a missing value is a dash, not zero."""
    assert number(value) == shown


@given(st.floats(-1e300, 1e300))
@example(0.03125)
def test_number_stays_close_to_the_value(value: float) -> None:
    """The number equals the value to four digits."""
    assert float(number(value)) == pytest.approx(
        value, rel=6e-4, abs=5.01e-5 * (abs(value) >= 1e-3)
    )


@pytest.mark.parametrize(
    ("n_bytes", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_960, "1.0 MB"),
        (10**15, "1000.0 TB"),
    ],
)
def test_size_picks_a_unit(n_bytes: int, shown: str) -> None:
    """A size has the unit that keeps it short."""
    assert size(n_bytes) == shown


@pytest.mark.parametrize(
    ("n", "shown"),
    [(0, "0 versions"), (1, "1 version"), (2, "2 versions"), (1001, "1,001 versions")],
)
def test_only_one_is_singular(n: int, shown: str) -> None:
    """Zero takes the plural, as in English."""
    assert count(n, "version") == shown


def test_a_long_cell_wraps_and_a_short_one_does_not() -> None:
    """A long class path wraps; short names and numbers do not."""
    long, short = "sklearn.neural_network._multilayer_perceptron.MLPClassifier", "kepler_rf:1"
    cells = html_table([], [["field", long, short]], align="lrr").split("</td>")
    assert "white-space:normal" in cells[0]
    assert "white-space:nowrap" in cells[1]
    assert "white-space:normal" not in cells[1]
