"""One model version on one card."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from exo_nbregistry.card import render_metadata_html, render_metadata_text
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.parts import Note, Provenance

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


def test_a_hostile_record_drives_neither_page_nor_terminal() -> None:
    """What others wrote into a record is shown and not obeyed."""
    page, text = render_metadata_html(CARD), render_metadata_text(CARD)
    assert "\x1b" not in page + text
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page


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
