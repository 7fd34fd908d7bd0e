"""Tables fit the terminal and contain no control characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.cli.table import pairs, plain, table, terminal_width
from exo_nbregistry.text.terminal import display_width

CELL = st.one_of(st.none(), st.text(max_size=30), st.floats(), st.integers())


@given(st.data(), st.integers(1, 5), st.integers(1, 120))
def test_every_line_fits(data: st.DataObject, columns: int, width: int) -> None:
    """No line is wider than the terminal, except for a wide first column, which is never cut."""
    rows = data.draw(st.lists(st.lists(CELL, min_size=columns, max_size=columns), max_size=4))
    heads = [f"head {number}" for number in range(columns)]
    first = max(display_width(plain(row[0])) for row in [heads, *rows])
    lines = table(heads, rows, width=width).split("\n")
    assert len(lines) == len(rows) + 2
    assert all(display_width(line) <= max(width, first) for line in lines)
    assert all(plain(row[0]).strip() in line for row, line in zip(rows, lines[2:], strict=True))


@given(st.text())
def test_text_is_one_printable_line(text: str) -> None:
    """Any text is shown on one line without control characters."""
    shown = plain(text)
    assert not any(letter in shown for letter in "\n\r\x1b\x9b\u202e")


def test_the_last_columns_are_omitted_first() -> None:
    """If cutting is not enough, the last columns are omitted."""
    heads, row = ["model", "metric", "tags"], ["kepler_exoplanet:1", 0.5, "t" * 40]
    assert "tags" in table(heads, [row], width=40)
    assert table(heads, [row], width=30).split() == [
        "model", "metric", "-" * 18, "------", "kepler_exoplanet:1", "0.5000",
    ]  # fmt: skip


def test_pairs_omit_empty_values() -> None:
    """A pair without a value is omitted, and a long value is cut."""
    facts = [("model", "kepler:1"), ("parent", None), ("description", "d" * 50), ("samples", 0)]
    lines = pairs(facts, width=30).split("\n")
    assert [line.split()[0] for line in lines] == ["model", "description", "samples"]
    assert max(map(display_width, lines)) == 30


def test_a_pipe_has_no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """The width of a pipe is unlimited, unless COLUMNS is set."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal_width() is None
    monkeypatch.setenv("COLUMNS", "72")
    assert terminal_width() == 72
