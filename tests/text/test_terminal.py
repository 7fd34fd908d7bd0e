"""Control characters and character widths in a terminal."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.text.terminal import cut, display_width, line_width, visible


@given(st.text())
def test_visible_text_has_no_control_characters(text: str) -> None:
    """Visible text has no control or formatting characters."""
    assert not {unicodedata.category(char) for char in visible(text)} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize("text", ["kepler_rf", "naïve café", "星表", "🪐"])
def test_visible_keeps_what_can_be_seen(text: str) -> None:
    """Letters of any script and emoji are unchanged."""
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"), [("\x1b[31m", r"\x1b[31m"), ("a\nb", r"a\nb"), ("a\u202eb", r"a\u202eb")]
)
def test_visible_writes_control_characters_as_escapes(text: str, shown: str) -> None:
    """A control character is shown as its Python escape."""
    assert visible(text) == shown


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("星表", 4), ("e\u0301", 1), ("🪐", 2)])
def test_display_width_counts_columns(text: str, width: int) -> None:
    """A wide character takes two columns, a combining mark none."""
    assert display_width(text) == width


@given(st.text(), st.integers(1, 30))
def test_cut_text_fits(text: str, width: int) -> None:
    """A cut text has at most the given width, and a text that fits is not cut."""
    shown = cut(text, width)
    assert display_width(shown) <= width
    assert (shown == text) == (display_width(text) <= width) or text.endswith("…")


@pytest.mark.parametrize(
    ("columns", "width"), [("60", 60), ("500", 140)], ids=["narrow terminal", "wide terminal"]
)
def test_a_line_fits_the_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    """A line is as wide as the terminal, up to the maximum."""
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("COLUMNS", columns)
    assert line_width(140) == width


@pytest.mark.parametrize("stdout", [io.StringIO(), None], ids=["a notebook", "no console"])
def test_without_a_terminal_the_width_is_the_maximum(
    monkeypatch: pytest.MonkeyPatch, stdout: io.StringIO | None
) -> None:
    """The output of a notebook does not depend on the size of a window."""
    monkeypatch.setattr("sys.stdout", stdout)
    monkeypatch.setenv("COLUMNS", "60")
    assert line_width(140) == 140


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True
