"""The browser panel of a registry whose versions would hide other models."""

from __future__ import annotations

from pathlib import Path

import pytest
from ipywidgets import Button, Checkbox

from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.many_models import BrowserDriver, many_models


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with six versions of rf, then one of svm, then six of gbm."""
    registry = many_models(tmp_path / "registry")
    for number in range(6):
        registry.register_model({"n": number}, "gbm", evaluation_results={"f1_score": 0.5})
    return registry


@pytest.fixture
def driver(registry: ModelRegistry) -> BrowserDriver:
    """Return a panel of four rows a page."""
    return BrowserDriver(registry, page_size=4)


def with_children(folder: Path, children: int = 6) -> ModelRegistry:
    """Return a registry with one model, a version of which has children."""
    registry = ModelRegistry(folder / "registry", durable=False)
    registry.register_model({}, "search")
    for number in range(children):
        registry.register_model({"trial": number}, "search", parent="search:1")
    return registry


def test_models_have_one_row_if_versions_would_hide_them(driver: BrowserDriver) -> None:
    """A panel begins with one row for each model, live and in its static view."""
    assert driver.rows == ["gbm:6", "svm:1", "rf:6"]
    assert driver.place == "3 models"
    assert driver.has(Button, "6 versions")
    place, heads, _, *rows = driver.panel.static_text().splitlines()
    assert place == "3 models"
    assert heads.split()[:2] == ["version", "versions"]
    assert [row.split()[:2] for row in rows] == [["gbm:6", "6"], ["svm:1", "1"], ["rf:6", "6"]]


def test_a_model_is_opened_and_closed(driver: BrowserDriver) -> None:
    """The button of a model shows its versions, and closing it shows the models again."""
    driver.press("6 versions")
    assert driver.place == "Page 1 of 2 - 6 versions"
    assert driver.panel.model_name == "gbm"
    driver.press("Model: gbm ✕")
    assert driver.place == "3 models"


@pytest.mark.parametrize(
    ("trait", "value", "before"),
    [("query", "metrics.f1_score > 0", ""), ("order_by", "-metrics.f1_score", "-created_at")],
)
def test_a_search_shows_versions(
    driver: BrowserDriver, trait: str, value: str, before: str
) -> None:
    """A filter or a sort by a metric shows versions, and without it the models are back."""
    setattr(driver.panel, trait, value)
    assert driver.panel.view == "versions"
    assert driver.rows[0].startswith(("rf:", "gbm:"))
    setattr(driver.panel, trait, before)
    assert driver.panel.view == "models"


def test_a_chosen_view_is_kept(driver: BrowserDriver) -> None:
    """After the user chose versions, no search changes the view."""
    driver.panel.view = "versions"
    driver.panel.query = "gbm"
    driver.panel.query = ""
    assert driver.panel.view == "versions"
    assert driver.place == "Page 1 of 4 - 13 versions"


@pytest.mark.parametrize(
    "options",
    [
        {"where": "gbm"},
        {"model_name": "gbm"},
        {"order_by": "-created_at"},
        {"columns": ["algorithm"]},
        {"page_size": 25},
    ],
    ids=str,
)
def test_a_panel_with_options_shows_versions(registry: ModelRegistry, options: dict) -> None:
    """A panel with options, or with room for all versions, lists versions."""
    assert BrowserDriver(registry, **{"page_size": 4} | options).panel.view == "versions"


def test_children_are_folded_and_opened(tmp_path: Path) -> None:
    """A button opens the children of a version, and clearing the search closes them."""
    driver = BrowserDriver(with_children(tmp_path), page_size=4)
    assert driver.rows == ["search:7", "search:1"]
    assert driver.place == "2 versions"
    driver.press("6 children")
    assert driver.panel.query == "parent == 'search:1'"
    assert driver.place == "Page 1 of 2 - 6 versions"
    driver.panel.query = ""
    assert driver.rows == ["search:7", "search:1"]


def test_the_static_view_counts_children(tmp_path: Path) -> None:
    """The static view has a column with the number of children."""
    panel = BrowserDriver(with_children(tmp_path)).panel
    rows = [line.split() for line in panel.static_text().splitlines()]
    assert rows[1][:2] == ["version", "children"]
    assert rows[-1][:2] == ["search:1", "6"]
    assert "children" in panel.static_html()


def test_folding_can_be_switched_off(tmp_path: Path) -> None:
    """Without the check mark, all versions are listed; it is shown only if it has an effect."""
    driver = BrowserDriver(with_children(tmp_path), page_size=4)
    driver.tick("Fold children", value=False)
    assert driver.place == "Page 1 of 2 - 7 versions"
    driver.tick("Fold children")
    assert driver.place == "2 versions"
    few = BrowserDriver(with_children(tmp_path / "few", children=2))
    assert not few.has(Checkbox, "Fold children")
    assert few.rows == ["search:3", "search:2", "search:1"]


def test_selection_and_actions_work_on_a_parent(tmp_path: Path) -> None:
    """A version with folded children and one of its children can be selected together."""
    driver = BrowserDriver(with_children(tmp_path))
    driver.tick("search:1")
    driver.press("6 children")
    driver.tick("search:5")
    driver.panel.query = ""
    assert driver.panel.selected == ("search:1", "search:5")
    assert driver.ticked == ["search:1"]
