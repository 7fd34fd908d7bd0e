"""Cards of model versions."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.records.fields import Column, Note, Provenance, Signature
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.terminal import display_width, visible
from exo_nbregistry.views.version_card import instant, render_metadata_html, render_metadata_text
from tests.html_page import PAYLOADS, Page, laden

MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
CARD = ModelMetadata(
    model_id="kepler_rf:1",
    model_name="kepler_rf",
    version=1,
    created_at=MADE,
    description="<script>alert(1)</script>\x1b[2J",
    metrics={"f1_score": 0.91234},
    hyperparameters={"max_depth": None},
    tags={"reviewed": True, "team": "vetting"},
    aliases=("champion",),
    notes=(Note("Looks <b>good</b>", "ada", MADE),),
    provenance=Provenance(cell_source="x = '<i>'"),
)


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set another time zone, if the system supports it."""
    settle = getattr(time, "tzset", lambda: None)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    settle()
    yield
    monkeypatch.undo()
    settle()


def test_both_cards_show_the_facts() -> None:
    """HTML and text have name, alias, metric, hyperparameter, tags, note and timestamp."""
    facts = (
        "kepler_rf:1",
        "champion",
        "0.9123",
        "None",
        "reviewed, team=vetting",
        "2026-01-02 03:04",
    )
    for card in (render_metadata_html(CARD), render_metadata_text(CARD)):
        assert [fact for fact in facts if fact not in card] == []


def test_the_page_shows_the_definitions_of_the_notebook() -> None:
    """The definitions that the cell uses are shown as code, like the cell."""
    made = Provenance(cell_source="fit()", definitions="def fit():\n    return '<i>'")
    page = render_metadata_html(replace(CARD, provenance=made))
    assert "definitions</summary>" in page
    assert "return &#x27;&lt;i&gt;&#x27;" in page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_record_drives_neither_page_nor_terminal(payload: str) -> None:
    """Untrusted text adds no elements to the HTML and no control characters to the text."""
    page, text = Page(render_metadata_html(laden(payload))), render_metadata_text(laden(payload))
    assert page.faults == []
    # A line of a note is a line of the page.
    shape = [part for part in page.shape if part != ("br",)]
    assert shape == Page(render_metadata_html(laden("x"))).shape
    assert visible(text) == text.replace("\n", r"\n")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_text_breaks_the_page(text: str) -> None:
    """Any text gives valid HTML."""
    assert Page(render_metadata_html(laden(text))).faults == []


def test_every_fact_is_on_the_card() -> None:
    """Each fact of a version is in its section."""
    shown = Page(render_metadata_html(laden("word"))).text
    facts = ["word:1", "word1@word1", "word=word1, word alone", "word1: 1", "word1, other"]
    facts += ["hyperparameters (2)", "schema (1)", "environment (3)", "notes (1)", "cell source"]
    assert [fact for fact in facts if fact not in shown] == []


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_text_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """No line is wider than the terminal, also with wide characters."""
    monkeypatch.setattr(
        "exo_nbregistry.views.version_card.line_width", lambda width: min(width, columns)
    )
    text = render_metadata_text(replace(CARD, description="系外惑星の候補を分類する。" * 20))
    assert max(map(display_width, text.split("\n"))) <= min(columns, 100)


def test_lines_of_a_description_are_joined() -> None:
    """In the text card, a description or note of several lines is joined to one line."""
    changed = replace(CARD, description="First.\n  Then\tmore.", notes=(Note("a\nb", "ada", MADE),))
    assert "First. Then more." in render_metadata_text(changed)
    assert "a b" in render_metadata_text(changed)


def test_descriptions_and_notes_are_markdown() -> None:
    """The page has the elements of the Markdown, and the text has none of its marks."""
    changed = replace(CARD, description="A **good** one", notes=(Note("*see* `x`", "ada", MADE),))
    page, text = render_metadata_html(changed), render_metadata_text(changed)
    assert "A <strong>good</strong> one" in page
    assert "<em>see</em> <code>x</code>" in page
    assert "A good one" in text
    assert "see x" in text


def test_a_note_of_a_page_is_cut() -> None:
    """A long note is cut."""
    changed = replace(CARD, notes=(Note("row " * 4000, "ada", MADE),))
    assert 10 < render_metadata_html(changed).count("row ") <= 500
    assert 10 < render_metadata_text(changed).count("row ") < 130
    for card in (render_metadata_html(changed), render_metadata_text(changed)):
        assert "…" in card


def test_a_wide_table_is_cut_with_a_note() -> None:
    """Of many columns a hundred are listed, and the section shows their number."""
    columns = tuple(Column(f"c{n}", "float64") for n in range(4000))
    wide = replace(CARD, signature=Signature(columns))
    page, text = render_metadata_html(wide), render_metadata_text(wide)
    assert "schema (4000)" in page
    for card in (page, text):
        assert "and 3900 more" in card
        assert "c99" in card
        assert "c100" not in card


@pytest.mark.parametrize(
    ("trained", "formatted"),
    [
        (datetime(2026, 1, 2, 1, 30, tzinfo=timezone(timedelta(hours=2))), "2026-01-01 23:30 UTC"),
        (datetime(2026, 1, 2, 1, 30), "2026-01-02 01:30 UTC"),  # noqa: DTZ001
        (date(2026, 1, 2), "2026-01-02"),
        ("last winter", "last winter"),
    ],
)
@pytest.mark.usefixtures("tokyo")
def test_the_training_date_keeps_its_precision(trained: Any, formatted: str) -> None:
    """A timestamp is shown in UTC; a date or text is unchanged."""
    rows = render_metadata_text(replace(CARD, training_date=trained)).split("\n")
    (row,) = [row for row in rows if " trained " in row]
    assert row.split("trained", 1)[1].strip() == formatted


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one zone for all programs")
def test_a_time_without_an_offset_is_utc() -> None:
    """A naive time is never read as local: the tests run in a zone that is far from UTC."""
    assert datetime(2026, 1, 2).astimezone().utcoffset() == timedelta(hours=13, minutes=45)
    assert instant(datetime(2026, 1, 2, 3, 4)) == "2026-01-02 03:04 UTC"  # noqa: DTZ001


def test_unknown_facts_have_no_row() -> None:
    """A bare version has a short card without empty sections."""
    bare = ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=MADE)
    assert render_metadata_text(bare).split("\n")[3:] == ["about    created  2026-01-02 03:04 UTC"]


def test_a_deleted_version_has_its_status() -> None:
    """The status is shown next to the name if it is not active."""
    gone = ModelMetadata(
        model_id="m:1", model_name="m", version=1, created_at=MADE, status="deleted"
    )
    assert "[deleted]" in render_metadata_text(gone)
    assert ">deleted</span>" in render_metadata_html(gone)


def test_a_notebook_shows_the_card() -> None:
    """A version is displayed as its card, also if only the records are imported."""
    program = (
        "from datetime import UTC, datetime\n"
        "from exo_nbregistry.records.metadata import ModelMetadata\n"
        "made = datetime(2026, 1, 2, tzinfo=UTC)\n"
        "version = ModelMetadata(model_id='m:1', model_name='m', version=1, created_at=made)\n"
        "print(version._repr_html_())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "<strong>m:1</strong>" in done.stdout, done.stderr
