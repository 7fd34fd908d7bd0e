"""The comparison panel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exo_nbregistry import config as option
from exo_nbregistry.panels.comparison import ComparisonPanel
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.views.comparison import Comparison, compare
from tests.html_page import PAYLOADS, Page, laden


def comparison(**options: Any) -> Comparison:
    """Compare two versions that share their accuracy and differ in f1_score."""
    items = [
        ModelMetadata(
            model_id=f"m:{number}",
            model_name="m",
            version=number,
            created_at=datetime(2026, 1, number, tzinfo=UTC),
            metrics={"f1_score": number / 10, "accuracy": 0.9},
        )
        for number in (1, 2)
    ]
    return compare(items, directions={"f1_score": True}.get, **options)


def switch(panel: ComparisonPanel) -> Any:
    """Return the check box."""
    return panel.children[0]


def test_differences_are_shown_first() -> None:
    """The live table equals the table of the comparison."""
    panel = ComparisonPanel(comparison())
    live = panel.children[1].value
    assert live == comparison().to_html()
    assert "f1_score" in live
    assert "accuracy" not in live


def test_the_check_box_shows_identical_rows() -> None:
    """The check box changes the trait, the table and the static view, both ways."""
    panel = ComparisonPanel(comparison())
    switch(panel).value = True
    assert panel.show_all
    assert panel.children[1].value == panel.static_html() == comparison().all().to_html()
    assert panel.static_text() == repr(comparison().all())
    switch(panel).value = False
    assert panel.static_html() == comparison().to_html()


def test_python_sets_the_check_box() -> None:
    """Setting the trait changes the check box, and observers are called once."""
    panel, events = ComparisonPanel(comparison()), []
    panel.observe(lambda change: events.append(change["new"]), "show_all")
    panel.show_all = True
    assert switch(panel).value is True
    assert "accuracy" in panel.children[1].value
    assert events == [True]


def test_a_comparison_of_all_rows_starts_with_all_rows() -> None:
    """A comparison after .all() is shown with identical rows."""
    panel = ComparisonPanel(comparison().all())
    assert panel.show_all
    assert switch(panel).value is True
    assert panel.comparison == comparison(show_all=True)


def test_the_check_box_has_a_label() -> None:
    """The check box has the same label as in the sidebar."""
    assert switch(ComparisonPanel(comparison())).description == "Show identical rows"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(payload: str) -> None:
    """Text of versions is escaped in the live panel, which JupyterLab does not sanitize."""
    hostile = compare([laden(payload, 1), laden(payload, 2)], directions={}.get)
    panel = ComparisonPanel(hostile)
    panel.show_all = True
    page = Page(panel.children[1].value)
    assert page.faults == []
    assert len(page.text) > 50


def test_a_comparison_is_displayed_as_a_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a kernel, a comparison is displayed as a panel, elsewhere as a table."""
    assert comparison()._repr_mimebundle_(include=None, exclude=None) == {}
    monkeypatch.setattr(option, "in_kernel", lambda: True)
    bundle = comparison()._repr_mimebundle_(include=None, exclude=None)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == comparison().to_html()
    assert bundle["text/plain"] == repr(comparison())
