"""Sections of the details of a version, as HTML and text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from exo_nbregistry.panels.browser.detail_section import Section, sections_html, sections_text
from exo_nbregistry.panels.browser.detail_sections import (
    history,
    loading,
    notes,
    overview,
    provenance,
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
    """A registry with the calls of the sections, and hostile values."""

    def __init__(self, status: Any = "own", name: str | None = "ada@obs", text: str = "x") -> None:
        self.verdict, self.text = SignerStatus(status, f"SHA256:{text}", name), text

    def signer_status(self, ref: str) -> SignerStatus:
        """Return the signer status."""
        return self.verdict

    def history(self, name: str, *, version: int) -> History[dict[str, Any]]:
        """Return one event."""
        event = {"action": "note", "version": version, "at": MADE, "actor": self.text}
        return History([event | {"text": self.text}])


def rendered(part: Any, item: ModelMetadata = VERSION, registry: Any = None) -> tuple[str, str]:
    """Return the text of the HTML of a part, and its plain text."""
    sections = part(registry or Registry(), item)
    return " ".join(Page(sections_html(sections)).text), sections_text(sections)


@pytest.mark.parametrize(
    ("part", "facts"),
    [
        (overview, ["RandomForestClassifier", "f1_score", "0.9123", "p19", "depth", "float64"]),
        (overview, ["0.5000", "9.0000", "3", "Classes: dust, planet", "joblib", "2.5 MB", "you"]),
        (provenance, ["vetting.ipynb", "7", "cccccccccccc", "uncommitted changes", "ada", "obs"]),
        (provenance, ["kepler_rf:1", "2026-01-02 03:04 UTC"]),
        (history, ["History (1 event)", "note"]),
        (notes, ["First.", "Second", "line.", "ada", "bob"]),
        (loading, ["registry.load_model('kepler_rf@champion')", "load_model('kepler_rf:2')"]),
    ],
)
def test_html_and_text_have_the_same_facts(part: Any, facts: list[str]) -> None:
    """Each fact is in the HTML and in the text."""
    for form in rendered(part):
        assert [fact for fact in facts if fact not in form] == []


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("part", PARTS)
def test_a_hostile_version_is_escaped(part: Any, payload: str) -> None:
    """Hostile text adds no elements to the HTML, and no control codes to the text."""

    def pages(text: str) -> list[Page]:
        sections = part(Registry("unknown", None, text), laden(text))
        assert visible(sections_text(sections)) == sections_text(sections).replace("\n", r"\n")
        return [Page(sections_html(sections, live=live)) for live in (False, True)]

    static, live = pages(payload)
    assert static.faults == []
    assert [page.shape for page in (static, live)] == [page.shape for page in pages("x")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_title_is_escaped(payload: str) -> None:
    """Name, aliases and status are escaped."""
    item = laden(payload)
    assert Page(title_html(item)).shape == Page(title_html(laden("x"))).shape
    assert visible(title_text(item)) == title_text(item)


def test_the_title_has_aliases_and_status() -> None:
    """The status is shown unless it is active."""
    assert title_text(VERSION) == "kepler_rf:2 [champion] [b]"
    assert title_text(replace(VERSION, aliases=(), status="deleted")) == "kepler_rf:2 [deleted]"


def test_a_long_table_is_collapsed() -> None:
    """A table with many rows is collapsed."""
    opened = {s.title: s.opened for s in overview(Registry(), VERSION)}
    assert opened["Metrics (1)"]
    assert not opened["Parameters (20)"]


def test_a_digest_is_shortened() -> None:
    """The tooltip of a digest is the full digest; the text has its beginning."""
    sections = overview(Registry(), VERSION)
    page = Page(sections_html(sections))
    assert ("title", "a" * 64) in page.attributes
    assert "a" * 13 not in "".join(page.text)
    assert "a" * 13 not in sections_text(sections)


@pytest.mark.parametrize(
    ("status", "name", "message"),
    [
        ("own", "ada@obs", "signed by you"),
        ("trusted", "ada@obs", "signed by ada@obs, a trusted signer (SHA256:x)"),
        ("unknown", None, "trust it with registry.trust_signer('kepler_rf:2')"),
        ("unsigned", None, "not signed"),
        ("invalid", None, "invalid: the record was changed after it was signed"),
    ],
)
def test_the_signature_is_described(status: str, name: str | None, message: str) -> None:
    """Own, trusted, unknown, missing and invalid signatures have different texts."""
    for form in rendered(overview, registry=Registry(status, name)):
        assert message in " ".join(form.split())


@pytest.mark.parametrize(
    ("packages", "title", "opened"),
    [
        ({"numpy": "2.0.0"}, "Environment: Loads, recorded with", False),
        ({"scikit-learn": "0.1.7"}, "Environment: Requires allow_version_mismatch=True", True),
        ({"exo-no-such": "1.0"}, "Environment: Cannot load here: exo-no-such is not", True),
    ],
)
def test_the_compatibility_is_in_the_heading(
    packages: dict[str, str], title: str, opened: bool
) -> None:
    """The heading has the compatibility, and the table is open if it is not compatible."""
    item = replace(VERSION, environment=Environment("3.11.1", "Linux", packages))
    (section,) = [s for s in overview(Registry(), item) if s.title.startswith("Environment")]
    assert section.title.startswith(title)
    assert section.opened is opened
    assert next(iter(packages)) in section.text


def test_the_code_has_a_required_option() -> None:
    """The code has the option for another version of scikit-learn."""
    item = replace(VERSION, environment=Environment(packages={"scikit-learn": "0.1.7"}))
    assert "load_model('kepler_rf:2', allow_version_mismatch=True)" in rendered(loading, item)[1]


@pytest.mark.parametrize(
    ("status", "message"),
    [("deleted", "registry.restore_model('kepler_rf:2')"), ("purged", "deleted permanently")],
)
def test_a_deleted_version_has_no_code_to_load_it(status: str, message: str) -> None:
    """A deleted version has the code to restore it, and a purged version has none."""
    for form in rendered(loading, replace(VERSION, status=status)):
        assert message in form
        assert "load_model" not in form


def test_a_click_selects_the_code_of_a_live_panel() -> None:
    """The static view has the same code without the style."""
    sections = loading(None, VERSION)
    assert "user-select:all" in sections_html(sections, live=True)
    assert "user-select" not in sections_html(sections)
    live, static = (Page(sections_html(sections, live=live)).text for live in (True, False))
    assert live == static


@pytest.mark.parametrize("names", [(), ("xgboost.sklearn.XGBClassifier",)])
def test_a_model_that_requires_trust_names_its_types(names: tuple[str, ...]) -> None:
    """The artifact has a line on trust only if the model cannot be loaded without."""
    item = replace(VERSION, artifact=Artifact("joblib", "a" * 64, 2_500_000, names))
    line = "required for xgboost.sklearn.XGBClassifier"
    assert [line in one for one in rendered(overview, item)] == [bool(names)] * 2


def test_a_bare_version_has_few_sections() -> None:
    """Missing facts have no section, and missing notes are stated."""
    bare = ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=MADE)
    titles = [section.title for section in overview(Registry(), bare)]
    assert titles == [
        "About",
        "Environment: The packages of this model are not recorded.",
        "Artifact",
    ]
    assert [section.title for section in provenance(None, bare)] == ["Created by"]
    assert "No notes yet." in rendered(notes, bare)[0]


def test_four_thousand_columns_are_cut() -> None:
    """A hundred columns are listed, and the heading has their number."""
    columns = tuple(Column(f"c{n}", "float64") for n in range(4000))
    for item in (
        replace(VERSION, signature=Signature(columns)),
        replace(VERSION, signature=None, feature_columns=tuple(c.name for c in columns)),
    ):
        for form in rendered(overview, item):
            assert "Columns (4000)" in form
            assert "and 3900 more" in form
            assert "c100" not in form


def test_notes_are_shown_in_full_and_the_newest_first() -> None:
    """Long notes are shown in full, and the newest note is first."""
    item = replace(VERSION, notes=(*VERSION.notes, Note("row " * 4000, "eve", MADE)))
    page, text = rendered(notes, item)
    assert page.count("row ") == text.count("row ") == 4000
    assert page.index("eve") < page.index("bob") < page.index("ada")


def test_some_parts_do_not_use_the_registry() -> None:
    """Provenance, notes and code need only the version."""
    empty = SimpleNamespace()
    for part in (provenance, notes, loading):
        assert part(empty, VERSION)


def test_definitions_are_shown_after_the_cell() -> None:
    """The functions of the notebook that the cell uses are shown after its source."""
    made = Provenance(cell_source="fit()", definitions="def fit():\n    pass  # <b>")
    *_, cell, shown = provenance(None, replace(VERSION, provenance=made))
    assert (cell.title, shown.title) == ("Cell source", "Definitions")
    assert "pass  # &lt;b&gt;" in shown.html()
