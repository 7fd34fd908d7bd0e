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
    body = lines[len(lines) - len(rows) :]
    assert len(lines) - len(rows) in (2, 3)
    assert all(display_width(line) <= max(width, first) for line in lines)
    assert all(plain(row[0]).strip() in line for row, line in zip(rows, body, strict=True))


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


def test_long_heads_are_wrapped_before_cells_are_cut() -> None:
    """In a narrow terminal, a head is wrapped at spaces, so that its column names the class."""
    heads = ["model", "algorithm", "f1_score (of CONFIRMED)", "recall (of CONFIRMED)"]
    row = ["kepler:1", "RandomForestClassifier", 0.9, 0.8]
    lines = table(heads, [row], width=52).split("\n")
    assert "\n".join(lines[:3]).split() == [
        "f1_score", "recall", "(of", "(of", "model", "algorithm", "CONFIRMED)", "CONFIRMED)",
    ]  # fmt: skip
    assert lines[4].split()[-2:] == ["0.9000", "0.8000"]
    assert "…" not in table(heads, [row], width=80)


def test_numbers_and_dates_are_never_cut() -> None:
    """Words are cut first, and a column of figures that does not fit is omitted."""
    heads, row = ["model", "algorithm", "created"], ["kepler:1", "RandomForest", "2026-11-29 20:44"]
    assert table(heads, [row], width=36).split("\n")[2].split() == [
        "kepler:1", "RandomF…", "2026-11-29", "20:44",
    ]  # fmt: skip
    assert "created" not in table(heads, [row], width=35)


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
