"""What is told of one version, in both forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from exo_nbregistry.panels.browser.detail_sections import (
    Section,
    history,
    loading,
    notes,
    overview,
    provenance,
    sections_html,
    sections_text,
    title_html,
    title_text,
)
from exo_nbregistry.records.fields import Artifact, Column, Environment, Note, Provenance, Signature
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.views.history import History
from tests.html_page import PAYLOADS, Page, laden

MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
VERSION = ModelMetadata(
    model_id="kepler_rf:2",
    model_name="kepler_rf",
    version=2,
    created_at=MADE,
    algorithm="RandomForestClassifier",
    metrics={"f1_score": 0.91234},
    hyperparameters={f"p{n}": n for n in range(20)},
    signature=Signature((Column("depth", "float64", 0.5, 9.0, 3),), ("dust", "planet")),
    aliases=("champion", "b"),
    notes=(Note("First.", "ada", MADE), Note("Second\nline.", "bob", MADE)),
    provenance=Provenance("vetting.ipynb", 7, "x = 1\nif x:\n\tpass", "c" * 40, True, "ada", "obs"),
    artifact=Artifact("joblib", "a" * 64, 2_500_000),
    parent="kepler_rf:1",
)
PARTS: list[Callable[[Any, ModelMetadata], list[Section]]] = [
    overview,
    provenance,
    history,
    notes,
    loading,
]


class Registry:
    """What the parts ask a registry for, with answers as hostile as the version itself."""

    def __init__(self, status: Any = "own", name: str | None = "ada@obs", text: str = "x") -> None:
        self.verdict, self.text = SignerStatus(status, f"SHA256:{text}", name), text

    def signer_status(self, ref: str) -> SignerStatus:
        """Return the verdict."""
        return self.verdict

    def history(self, name: str, *, version: int) -> History[dict[str, Any]]:
        """Return one event."""
        event = {"action": "note", "version": version, "at": MADE, "actor": self.text}
        return History([event | {"text": self.text}])


def told(part: Any, item: ModelMetadata = VERSION, registry: Any = None) -> tuple[str, str]:
    """Return the text of a part's page, and its plain text."""
    sections = part(registry or Registry(), item)
    return " ".join(Page(sections_html(sections)).text), sections_text(sections)


@pytest.mark.parametrize(
    ("part", "facts"),
    [
        (overview, ["RandomForestClassifier", "f1_score", "0.9123", "p19", "depth", "float64"]),
        (overview, ["0.5000", "9.0000", "3", "Classes: dust, planet", "joblib", "2.5 MB", "you"]),
        (provenance, ["vetting.ipynb", "7", "cccccccccccc", "not committed", "ada", "obs"]),
        (provenance, ["kepler_rf:1", "2026-01-02 03:04 UTC"]),
        (history, ["History (1 event)", "note"]),
        (notes, ["First.", "Second", "line.", "ada", "bob"]),
        (loading, ["registry.load_model('kepler_rf@champion')", "load_model('kepler_rf:2')"]),
    ],
)
def test_both_forms_say_the_same(part: Any, facts: list[str]) -> None:
    """Each fact is on the page and in the text."""
    for form in told(part):
        assert [fact for fact in facts if fact not in form] == []


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("part", PARTS)
def test_a_hostile_version_is_text(part: Any, payload: str) -> None:
    """The page has the elements of a harmless one, also live, and the text no codes."""

    def pages(text: str) -> list[Page]:
        sections = part(Registry("unknown", None, text), laden(text))
        assert visible(sections_text(sections)) == sections_text(sections).replace("\n", r"\n")
        return [Page(sections_html(sections, live=live)) for live in (False, True)]

    static, live = pages(payload)
    assert static.faults == []
    assert [page.shape for page in (static, live)] == [page.shape for page in pages("x")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_title_is_text(payload: str) -> None:
    """Name, aliases and status are shown as they are written."""
    item = laden(payload)
    assert Page(title_html(item)).shape == Page(title_html(laden("x"))).shape
    assert visible(title_text(item)) == title_text(item)


def test_the_title_has_aliases_and_status() -> None:
    """What is active does not say so; what is not, does."""
    assert title_text(VERSION) == "kepler_rf:2 [champion] [b]"
    assert title_text(replace(VERSION, aliases=(), status="deleted")) == "kepler_rf:2 [deleted]"


def test_a_long_table_opens_by_a_click() -> None:
    """What has many rows is closed, so that what comes after it is in sight."""
    opened = {s.title: s.opened for s in overview(Registry(), VERSION)}
    assert opened["Metrics (1)"]
    assert not opened["Parameters (20)"]


def test_a_digest_is_short_and_its_whole_is_at_hand() -> None:
    """A pointer that rests on it shows all of it; text has the beginning."""
    sections = overview(Registry(), VERSION)
    page = Page(sections_html(sections))
    assert ("title", "a" * 64) in page.attributes
    assert "a" * 13 not in "".join(page.text)
    assert "a" * 13 not in sections_text(sections)


@pytest.mark.parametrize(
    ("status", "name", "said"),
    [
        ("own", "ada@obs", "signed by you"),
        ("trusted", "ada@obs", "signed by ada@obs, whom you trust (SHA256:x)"),
        ("unknown", None, "registry.trust_signer('kepler_rf:2') trusts them"),
        ("unsigned", None, "signed by nobody"),
        ("invalid", None, "its signature does not hold"),
    ],
)
def test_the_signer_is_told_from_a_stranger(status: str, name: str | None, said: str) -> None:
    """Yours, trusted, a stranger's, nobody's and forged are five different sentences."""
    for form in told(overview, registry=Registry(status, name)):
        assert said in " ".join(form.split())


@pytest.mark.parametrize(
    ("packages", "title", "opened"),
    [
        ({"numpy": "2.0.0"}, "Environment: Loads, recorded with", False),
        ({"scikit-learn": "0.1.7"}, "Environment: Requires allow_version_mismatch=True", True),
        ({"exo-no-such": "1.0"}, "Environment: Cannot load here: exo-no-such is not", True),
    ],
)
def test_the_environments_verdict_is_the_first_word(
    packages: dict[str, str], title: str, opened: bool
) -> None:
    """It is in the heading, and the packages are open to see where something does not fit."""
    item = replace(VERSION, environment=Environment("3.11.1", "Linux", packages))
    (section,) = [s for s in overview(Registry(), item) if s.title.startswith("Environment")]
    assert section.title.startswith(title)
    assert section.opened is opened
    assert next(iter(packages)) in section.text


def test_what_needs_an_option_is_loaded_with_it() -> None:
    """The line to copy runs as it is, also under another scikit-learn."""
    item = replace(VERSION, environment=Environment(packages={"scikit-learn": "0.1.7"}))
    assert "load_model('kepler_rf:2', allow_version_mismatch=True)" in told(loading, item)[1]


@pytest.mark.parametrize(
    ("status", "said"),
    [("deleted", "registry.restore_model('kepler_rf:2')"), ("purged", "its model is gone")],
)
def test_what_is_hidden_is_not_loaded(status: str, said: str) -> None:
    """A deleted version is brought back first, and a purged one by nothing."""
    for form in told(loading, replace(VERSION, status=status)):
        assert said in form
        assert "load_model" not in form


def test_code_is_selected_by_a_click_when_live() -> None:
    """The static page has the same lines without what JupyterLab would drop."""
    sections = loading(None, VERSION)
    assert "user-select:all" in sections_html(sections, live=True)
    assert "user-select" not in sections_html(sections)
    live, static = (Page(sections_html(sections, live=live)).text for live in (True, False))
    assert live == static


def test_a_bare_version_has_few_sections() -> None:
    """What is not known has no heading, and what a version never had is said."""
    bare = ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=MADE)
    titles = [section.title for section in overview(Registry(), bare)]
    assert titles == [
        "About",
        "Environment: The packages of this model are not recorded.",
        "Stored model",
    ]
    assert [section.title for section in provenance(None, bare)] == ["Made by"]
    assert "Nobody has written a note" in told(notes, bare)[0]


def test_four_thousand_columns_are_cut() -> None:
    """A hundred are listed, and the heading says how many there are."""
    columns = tuple(Column(f"c{n}", "float64") for n in range(4000))
    for item in (
        replace(VERSION, signature=Signature(columns)),
        replace(VERSION, signature=None, feature_columns=tuple(c.name for c in columns)),
    ):
        for form in told(overview, item):
            assert "Columns (4000)" in form
            assert "and 3900 more" in form
            assert "c100" not in form


def test_notes_are_whole_and_the_last_is_first() -> None:
    """The card cuts a long note; here it is in full."""
    item = replace(VERSION, notes=(*VERSION.notes, Note("row " * 4000, "eve", MADE)))
    page, text = told(notes, item)
    assert page.count("row ") == text.count("row ") == 4000
    assert page.index("eve") < page.index("bob") < page.index("ada")


def test_parts_ask_for_no_model() -> None:
    """The parts that need nothing but the version ask the registry for nothing."""
    nobody = SimpleNamespace()
    for part in (provenance, notes, loading):
        assert part(nobody, VERSION)
