"""One model version on one card."""

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

from exo_nbregistry.card import instant, render_metadata_html, render_metadata_text
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.parts import Column, Note, Provenance, Signature
from exo_nbregistry.terminal import display_width, visible
from tests.page import PAYLOADS, Page, laden

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
    """Read the clock of another time zone, where the system can."""
    settle = getattr(time, "tzset", lambda: None)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    settle()
    yield
    monkeypatch.undo()
    settle()


def test_both_cards_show_the_facts() -> None:
    """Name, alias, score, choice, tags, note and time are on the page and in the text."""
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


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_record_drives_neither_page_nor_terminal(payload: str) -> None:
    """Whatever others wrote, the page has the elements of a harmless one and the text no codes."""
    page, text = Page(render_metadata_html(laden(payload))), render_metadata_text(laden(payload))
    assert page.faults == []
    assert page.shape == Page(render_metadata_html(laden("x"))).shape
    assert visible(text) == text.replace("\n", r"\n")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_text_breaks_the_page(text: str) -> None:
    """No text at all makes an element that JupyterLab drops or leaves one open."""
    assert Page(render_metadata_html(laden(text))).faults == []


def test_every_fact_is_on_the_card() -> None:
    """What is known of a version is there to read, each in its section."""
    shown = Page(render_metadata_html(laden("told"))).text
    facts = ["told:1", "told1@told1", "told=told1, told alone", "told1: 1", "told1, other"]
    facts += ["hyperparameters (2)", "schema (1)", "environment (3)", "notes (1)", "cell source"]
    assert [fact for fact in facts if fact not in shown] == []


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_text_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """No line is wider than the terminal, also where a description is in a wide script."""
    monkeypatch.setattr("exo_nbregistry.card.line_width", lambda most: min(most, columns))
    text = render_metadata_text(replace(CARD, description="系外惑星の候補を分類する。" * 20))
    assert max(map(display_width, text.split("\n"))) <= min(columns, 100)


def test_lines_of_a_description_are_joined() -> None:
    """A description and a note of several lines are one line of words, not of escapes."""
    told = replace(CARD, description="First.\n  Then\tmore.", notes=(Note("a\nb", "ada", MADE),))
    for card in (render_metadata_html(told), render_metadata_text(told)):
        assert "First. Then more." in card
        assert "a b" in card


def test_a_note_of_a_page_is_cut() -> None:
    """A note that holds a table shows its beginning, and that there is more."""
    told = replace(CARD, notes=(Note("row " * 4000, "ada", MADE),))
    for card in (render_metadata_html(told), render_metadata_text(told)):
        assert 10 < card.count("row ") < 130
        assert "…" in card


def test_a_wide_table_is_cut_with_a_note() -> None:
    """Of four thousand columns a hundred are listed, and the section says how many there are."""
    columns = tuple(Column(f"c{n}", "float64") for n in range(4000))
    wide = replace(CARD, signature=Signature(columns))
    page, text = render_metadata_html(wide), render_metadata_text(wide)
    assert "schema (4000)" in page
    for card in (page, text):
        assert "and 3900 more" in card
        assert "c99" in card
        assert "c100" not in card


@pytest.mark.parametrize(
    ("trained", "told"),
    [
        (datetime(2026, 1, 2, 1, 30, tzinfo=timezone(timedelta(hours=2))), "2026-01-01 23:30 UTC"),
        (datetime(2026, 1, 2, 1, 30), "2026-01-02 01:30 UTC"),  # noqa: DTZ001
        (date(2026, 1, 2), "2026-01-02"),
        ("last winter", "last winter"),
    ],
)
@pytest.mark.usefixtures("tokyo")
def test_the_training_date_is_told_as_exactly_as_it_is_known(trained: Any, told: str) -> None:
    """An instant is told in UTC wherever it is read, a day as a day, and words as they are."""
    rows = render_metadata_text(replace(CARD, training_date=trained)).split("\n")
    (row,) = [row for row in rows if " trained " in row]
    assert row.split("trained", 1)[1].strip() == told


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one zone for all programs")
def test_a_time_without_an_offset_is_utc() -> None:
    """A naive time is never read as local: the tests run in a zone that is far from UTC."""
    assert datetime(2026, 1, 2).astimezone().utcoffset() == timedelta(hours=13, minutes=45)
    assert instant(datetime(2026, 1, 2, 3, 4)) == "2026-01-02 03:04 UTC"  # noqa: DTZ001


def test_what_is_not_known_has_no_row() -> None:
    """A bare version has a short card without empty sections."""
    bare = ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=MADE)
    assert render_metadata_text(bare).split("\n")[3:] == ["about    created  2026-01-02 03:04 UTC"]


def test_a_deleted_version_says_so() -> None:
    """The status is beside the name as soon as it is not active."""
    gone = ModelMetadata(
        model_id="m:1", model_name="m", version=1, created_at=MADE, status="deleted"
    )
    assert "[deleted]" in render_metadata_text(gone)
    assert ">deleted</span>" in render_metadata_html(gone)


def test_a_notebook_shows_the_card() -> None:
    """Wherever the registry is, a version as the last line of a cell is its card."""
    program = (
        "from datetime import UTC, datetime\n"
        "from exo_nbregistry import ModelMetadata, ModelRegistry\n"
        "made = datetime(2026, 1, 2, tzinfo=UTC)\n"
        "version = ModelMetadata(model_id='m:1', model_name='m', version=1, created_at=made)\n"
        "print(version._repr_html_())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "<strong>m:1</strong>" in done.stdout, done.stderr
