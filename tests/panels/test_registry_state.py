"""The traits of a registry panel, set from Python and by a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ipywidgets.widgets import widget

from exo_nbregistry.api.request import MAX_TEXT
from exo_nbregistry.errors import ModelNotFoundError, QueryError
from exo_nbregistry.panels.base import MAX_NAMES
from exo_nbregistry.panels.registry_panel import RegistryPanel
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.many_models import many_models


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry of seven versions."""
    return many_models(tmp_path / "registry")


@pytest.fixture
def panel(registry: ModelRegistry) -> RegistryPanel:
    """Return a panel of three rows a page."""
    return RegistryPanel(registry, page_size=3)


def test_a_selection_has_canonical_references(panel: RegistryPanel) -> None:
    """Aliases and names become references with a number, each once."""
    panel.selected = ["rf@champion", "rf:2", "svm"]
    assert panel.selected == ("rf:2", "svm:1")


def test_an_unknown_selection_is_rejected(panel: RegistryPanel) -> None:
    """A reference that does not exist raises an error, and the selection stays."""
    panel.selected = ["rf:1"]
    with pytest.raises(ModelNotFoundError):
        panel.selected = ["nothing:1"]
    assert panel.selected == ("rf:1",)


def test_observers_see_a_selection_of_the_page(panel: RegistryPanel) -> None:
    """A selection in the page calls the observers in Python once."""
    seen: list[tuple[str, ...]] = []
    panel.observe(lambda change: seen.append(change["new"]), "selected")
    panel.set_state({"selected": ["rf:5"]})
    assert seen == [("rf:5",)]


@pytest.mark.parametrize("columns", [["f1_score"], ["metrics."], [3], "nothing", ["metrics"]])
def test_an_unknown_column_is_rejected(registry: ModelRegistry, columns: Any) -> None:
    """The error of an unknown column names the available ones, and no widget remains."""
    before = len(widget._instances)
    with pytest.raises(QueryError, match=r"Unknown column .*; choose from aliases"):
        RegistryPanel(registry, columns=columns)
    assert len(widget._instances) == before


@pytest.mark.parametrize("size", [0, -1, 101, 2.5, "3", True, None])
def test_an_invalid_page_size_is_rejected(registry: ModelRegistry, size: Any) -> None:
    """A page size out of range raises an error."""
    with pytest.raises(QueryError, match="page_size must be an integer"):
        RegistryPanel(registry, page_size=size)


@pytest.mark.parametrize(
    "change",
    [
        {"query": "svm"},
        {"model_name": "rf"},
        {"view": "models"},
        {"order_by": "version"},
        {"show_deleted": True},
        {"fold_children": False},
    ],
)
def test_another_search_begins_on_the_first_page(
    panel: RegistryPanel, change: dict[str, Any]
) -> None:
    """A change of the search in Python shows its first page."""
    panel.page = 2
    for name, value in change.items():
        setattr(panel, name, value)
    assert panel.page == 1


def test_the_page_chooses_its_own_page(panel: RegistryPanel) -> None:
    """A search and a page number that the front end sends together both count."""
    panel.set_state({"query": "rf", "page": 2})
    assert (panel.query, panel.page) == ("rf", 2)


def test_a_page_begins_at_one(panel: RegistryPanel) -> None:
    """A page number below one is the first page."""
    panel.page = -3
    assert panel.page == 1


@pytest.mark.parametrize(
    "state",
    [
        {"selected": [{"a": 1}]},
        {"selected": "rf:1"},
        {"selected": ["nothing:1"]},
        {"selected": ["rf:1"] * (MAX_NAMES + 1)},
        {"columns": ["nothing"]},
        {"columns": [["metrics.f1"]]},
        {"view": "everything"},
        {"view": ["models"]},
        {"page": "2"},
        {"page": None},
        {"query": ["x"]},
        {"query": "x" * (MAX_TEXT + 1)},
        {"query": "half of a pair: \ud800"},
        {"columns": [f"metrics.{'x' * MAX_TEXT}"]},
        {"columns": ["metrics.\udfff"]},
        {"order_by": {}},
        {"show_deleted": "yes"},
    ],
)
def test_an_invalid_state_of_a_page_is_refused(
    panel: RegistryPanel, state: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value that is not valid changes nothing, and the page gets the current value."""
    before = {name: getattr(panel, name) for name in state}
    sent: list[Any] = []
    monkeypatch.setattr(panel, "send_state", sent.append)
    panel.set_state(state)
    assert {name: getattr(panel, name) for name in state} == before
    assert sent == [list(state)]


@pytest.mark.parametrize(
    "name", ["_primed", "_page_size", "layout", "_registry", "nothing", "comm"]
)
def test_a_page_cannot_set_other_traits(panel: RegistryPanel, name: str) -> None:
    """Only the state of the view follows the page."""
    before = getattr(panel, name, None)
    panel.set_state({name: {"a": 1}})
    assert getattr(panel, name, None) is before or getattr(panel, name, None) == before


@pytest.mark.parametrize("state", [None, [], "query", 3])
def test_a_state_of_another_form_is_ignored(panel: RegistryPanel, state: Any) -> None:
    """A message that is not an object changes nothing."""
    panel.set_state(state)
    assert panel.query == ""


def test_a_page_far_beyond_the_last_is_the_last(panel: RegistryPanel) -> None:
    """A page number that the API would reject shows the last page."""
    panel.page = 10**30
    assert "Page" in panel.static_text()
