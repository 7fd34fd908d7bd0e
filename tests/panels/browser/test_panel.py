"""The browser panel, used from Python and by its controls."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import Button, Checkbox, Dropdown
from ipywidgets.widgets import widget

from exo_nbregistry import config as option
from exo_nbregistry.errors import ModelNotFoundError, QueryError, StoreError
from exo_nbregistry.panels.base import PANEL_MIME
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.many_models import BrowserDriver, many_models

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def _as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    return


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry of seven versions."""
    return many_models(tmp_path / "registry")


@pytest.fixture
def driver(registry: ModelRegistry) -> BrowserDriver:
    """Return a panel of three rows a page."""
    return BrowserDriver(registry)


def test_the_newest_versions_are_first(driver: BrowserDriver) -> None:
    """The first page has the newest versions and the total number."""
    assert driver.rows == ["svm:1", "rf:6", "rf:5"]
    assert driver.place == "Page 1 of 3 - 7 versions"


def test_pages_are_turned_by_buttons_and_from_python(driver: BrowserDriver) -> None:
    """Buttons and the trait turn pages; a page out of range is clipped."""
    driver.press("Next")
    assert (driver.panel.page, driver.rows) == (2, ["rf:4", "rf:3", "rf:2"])
    driver.press("Last")
    assert (driver.panel.page, driver.rows) == (3, ["rf:1"])
    driver.press("Next")
    assert driver.panel.page == 3
    driver.press("Previous")
    driver.press("First")
    driver.press("Previous")
    assert driver.panel.page == 1
    driver.panel.page = 99
    assert (driver.panel.page, driver.rows) == (3, ["rf:1"])
    assert driver.place == "Page 3 of 3 - 7 versions"
    driver.panel.page = -1
    assert driver.panel.page == 1


def test_a_single_page_has_no_buttons(driver: BrowserDriver) -> None:
    """A single page has no buttons to turn pages."""
    driver.panel.query = "svm"
    assert not driver.has(Button, "Next")
    assert driver.place == "1 version"


def test_text_and_filters_search(driver: BrowserDriver) -> None:
    """Text and filters search, from the box and from Python, and the panel describes the search."""
    driver.type("forest champion")
    assert driver.rows == ["rf:2"]
    assert driver.message == "Searching all fields for forest champion"
    driver.panel.query = "metrics.f1_score > 0.45"
    assert driver.rows == ["rf:6", "rf:5"]
    assert driver.message == "Filter: metrics.f1_score > 0.45"
    assert driver.panel._search._box.value == driver.panel.query
    driver.type("")
    assert (len(driver.rows), driver.message) == (3, "")


def test_a_search_begins_on_the_first_page(driver: BrowserDriver) -> None:
    """A search shows its first page."""
    driver.panel.page = 3
    driver.type("rf")
    assert (driver.panel.page, driver.place) == (1, "Page 1 of 2 - 6 versions")


def test_an_invalid_filter_shows_an_error(driver: BrowserDriver) -> None:
    """The error points to the column, and the listed rows are kept."""
    driver.type("metrics.f1_score >")
    assert driver.rows == ["svm:1", "rf:6", "rf:5"]
    assert driver.message.startswith("Error: Cannot read the filter: invalid syntax.")
    page = driver.panel._search._message.value
    pointed = page.partition("<pre>")[2].partition("</pre>")[0].splitlines()
    assert pointed == ["metrics.f1_score &gt;", " " * 18 + "^"]
    assert 'role="alert"' in page
    assert "invalid syntax" in driver.panel.static_text()
    driver.type("svm")
    assert (driver.rows, driver.message[:9]) == (["svm:1"], "Searching")


def test_a_likely_typo_shows_a_hint(
    driver: BrowserDriver, caplog: pytest.LogCaptureFixture
) -> None:
    """A warning of the registry is shown below the box instead of logged."""
    driver.type("metrics.f1_scor > 0.1")
    assert "Note: No version has metrics.f1_scor: did you mean metrics.f1_score?" in driver.message
    assert caplog.text == ""


def test_any_field_sorts(driver: BrowserDriver) -> None:
    """The list has all metrics and parameters, and a button changes the direction."""
    fields = driver.find(Dropdown, "Sort by")
    labels = [label for label, _ in fields.options]
    assert {"registered", "name", "metric: log_loss", "parameter: odd name"} <= set(labels)
    driver.panel.page = 2
    fields.label = "metric: log_loss"
    assert (driver.panel.order_by, driver.panel.page) == ("-metrics.log_loss", 1)
    assert driver.rows == ["rf:1", "rf:2", "rf:3"]
    driver.panel._order._down.value = False
    assert (driver.panel.order_by, driver.rows) == ("metrics.log_loss", ["rf:6", "rf:5", "rf:4"])
    fields.label = "parameter: odd name"
    assert driver.panel.order_by == "hyperparameters['odd name']"
    assert driver.message == ""
    driver.panel.order_by = "-version"
    assert (fields.label, driver.panel._order._down.value) == ("version", True)
    assert 'aria-sort="descending"' not in driver.panel._table.value
    driver.panel.order_by = "-created_at"
    assert 'aria-sort="descending">registered ▼' in driver.panel._table.value


def test_an_invalid_sort_order_shows_an_error(driver: BrowserDriver) -> None:
    """An unknown field is an error, which a valid sort order clears."""
    driver.panel.order_by = "nothing"
    assert "Unknown field 'nothing'" in driver.message
    driver.panel.order_by = "version"
    assert driver.message == ""


def test_columns_are_chosen(driver: BrowserDriver) -> None:
    """Columns are chosen from Python and in the list; by default suitable ones are shown."""
    for name in ("aliases", "algorithm", "f1_score", "trend", "registered", "log_loss"):
        assert name in driver.table
    suiting = [
        name for name in driver.panel._column_chooser._list.value if name.startswith("metrics.")
    ]
    assert set(suiting) == {"metrics.f1_score", "metrics.accuracy", "metrics.log_loss"}
    driver.panel.columns = ["hyperparameters.depth", "tags"]
    assert driver.panel.columns == ("hyperparameters.depth", "tags")
    assert driver.table.startswith("version depth tags")
    driver.panel._column_chooser._list.value = ("tags", "metrics.log_loss")
    assert driver.panel.columns == ("tags", "metrics.log_loss")
    assert driver.table.startswith("version tags log_loss")
    driver.panel.columns = ()
    assert "aliases" in driver.table
    driver.panel.columns = ["metrics.never_measured"]
    assert driver.table.startswith("version never_measured svm:1 -")


@pytest.mark.parametrize("columns", [["f1_score"], ["metrics."], [3], "nothing", ["metrics"]])
def test_an_unknown_column_is_rejected(registry: ModelRegistry, columns: Any) -> None:
    """The error of an unknown column names the available ones."""
    before = len(widget._instances)
    with pytest.raises(QueryError, match=r"Unknown column .*; choose from aliases"):
        BrowserDriver(registry, columns=columns)
    assert len(widget._instances) == before
    driver = BrowserDriver(registry)
    if not isinstance(columns, str):
        with pytest.raises(QueryError):
            driver.panel.columns = columns
    assert driver.panel.columns == ()


@pytest.mark.parametrize("size", [0, -1, 101, 2.5, "3", True, None])
def test_an_invalid_page_size_is_rejected(registry: ModelRegistry, size: Any) -> None:
    """A page size out of range raises an error."""
    with pytest.raises(QueryError, match="page_size must be an integer"):
        BrowserDriver(registry, page_size=size)


def test_check_boxes_select_versions(driver: BrowserDriver) -> None:
    """Ticking a box selects its version, and observers are called."""
    seen: list[tuple[str, ...]] = []
    driver.panel.observe(lambda change: seen.append(change["new"]), "selected")
    driver.tick("rf:5")
    driver.tick("svm:1")
    driver.tick("rf:5", False)
    assert seen == [("rf:5",), ("rf:5", "svm:1"), ("svm:1",)]


def test_a_selection_is_kept(driver: BrowserDriver) -> None:
    """A selection is kept by paging, sorting, searching and the other view."""
    driver.tick("rf:5")
    driver.press("Next")
    assert driver.ticked == []
    driver.tick("rf:4")
    driver.panel.order_by = "version"
    driver.type("rf")
    driver.panel.view = "models"
    driver.panel.view = "versions"
    driver.type("")
    driver.panel.order_by = "-version"
    assert driver.panel.selected == ("rf:5", "rf:4")
    assert driver.ticked == ["rf:5", "rf:4"]


def test_a_page_is_selected(driver: BrowserDriver) -> None:
    """A box selects or clears all rows of the page, and is ticked if all are selected."""
    driver.panel.selected = ("rf:1",)
    driver.tick("Select page")
    assert driver.panel.selected == ("rf:1", "svm:1", "rf:6", "rf:5")
    driver.tick("rf:6", False)
    assert not driver.panel._selection_boxes._page.value
    driver.tick("rf:6")
    assert driver.panel._selection_boxes._page.value
    driver.tick("Select page", False)
    assert driver.panel.selected == ("rf:1",)


def test_python_selects_versions(driver: BrowserDriver) -> None:
    """Any references can be selected, each version once, and the boxes are updated."""
    driver.panel.selected = ["RF:5", "rf@champion", "rf", "rf:6"]
    assert driver.panel.selected == ("rf:5", "rf:2", "rf:6")
    assert driver.ticked == ["rf:6", "rf:5"]
    assert "3 versions selected: rf:5, rf:2, rf:6" in driver.panel._chosen.value
    driver.press("Clear")
    assert (driver.panel.selected, driver.ticked) == ((), [])
    assert not driver.has(Button, "Clear")


def test_an_unknown_version_cannot_be_selected(driver: BrowserDriver) -> None:
    """An unknown version raises the error of the registry, and the selection is kept."""
    driver.panel.selected = ["rf:5"]
    with pytest.raises(ModelNotFoundError, match="nothing"):
        driver.panel.selected = ["rf:6", "nothing:1"]
    assert (driver.panel.selected, driver.ticked) == (("rf:5",), ["rf:5"])


def test_selected_versions_are_shown_below(driver: BrowserDriver) -> None:
    """One version is shown in detail, two are compared, also in the static view."""
    driver.panel.selected = ["rf:5"]
    assert "odd name" in driver.panel.static_text()
    driver.panel.selected = ["rf:5", "rf:6"]
    assert "+0.1000" in driver.panel.static_text()
    assert "+0.1000" in driver.panel.static_html()


def test_models_have_one_row(driver: BrowserDriver) -> None:
    """The view of models has the latest version of each model, and a button for all versions."""
    driver.panel.view = "models"
    assert driver.rows == ["svm:1", "rf:6"]
    assert driver.place == "2 models"
    assert "champion 2" in driver.table
    driver.panel.order_by = "-n_versions"
    assert driver.rows == ["rf:6", "svm:1"]
    driver.press("6 versions")
    assert (driver.panel.view, driver.panel.model_name) == ("versions", "rf")
    assert (driver.panel.order_by, driver.place) == ("-created_at", "Page 1 of 2 - 6 versions")
    driver.press("Model: rf ✕")
    assert (driver.panel.model_name, driver.place) == ("", "Page 1 of 3 - 7 versions")
    driver.panel.model_name = "rf"
    driver.panel.view = "models"
    assert driver.rows == ["svm:1", "rf:6"]


def test_an_unknown_model_shows_an_error(registry: ModelRegistry) -> None:
    """An unknown initial model is shown as an error."""
    driver = BrowserDriver(registry, model_name="rv")
    assert "No model is registered as 'rv'" in driver.message
    assert "rf" in driver.message
    driver.press("Model: rv ✕")
    assert (driver.message, len(driver.rows)) == ("", 3)


def test_deleted_versions_are_shown_on_request(
    driver: BrowserDriver, registry: ModelRegistry
) -> None:
    """A check box shows deleted versions, with their status."""
    registry.delete_model("rf:6")
    driver.press("Refresh")
    assert driver.rows == ["svm:1", "rf:5", "rf:4"]
    driver.tick("Show deleted")
    assert driver.rows == ["svm:1", "rf:6", "rf:5"]
    assert driver.place == "Page 1 of 3 - 7 versions with deleted ones"
    driver.panel.view = "models"
    driver.press("5 versions, 1 deleted")
    assert "status" in driver.table
    assert "deleted" in driver.table
    driver.panel.show_deleted = False
    assert "status" not in driver.table


def test_refresh_reads_the_registry(driver: BrowserDriver, registry: ModelRegistry) -> None:
    """New versions, new fields and changes of selected versions are shown."""
    driver.panel.selected = ["rf:5"]
    other = ModelRegistry(registry.location)
    other.register_model({"new": 1}, "rf", evaluation_results={"fresh": 1.0})
    other.set_alias("rf", "good", 5)
    driver.press("Refresh")
    assert driver.rows[0] == "rf:7"
    assert "metric: fresh" in dict(driver.find(Dropdown, "Sort by").options)
    assert "good" in driver.panel.static_text().partition("\nrf:5")[2]
    driver.panel.page = 2
    assert "good" in driver.table


def test_an_action_refreshes_the_list(driver: BrowserDriver, registry: ModelRegistry) -> None:
    """The table shows a change by an action of the panel."""
    driver.panel.selected = ["rf:5"]
    registry.set_alias("rf", "fresh", 5)
    assert "fresh" not in driver.table
    driver.panel._actions.confirmation._changed()
    assert "fresh" in driver.table


def test_an_empty_registry_shows_how_to_register(tmp_path: Path) -> None:
    """Without versions, the panel and its static view show how to register a model."""
    registry = ModelRegistry(tmp_path / "empty", durable=False, create=True)
    driver = BrowserDriver(registry)
    for page in (driver.table, driver.panel.static_html(), driver.panel.static_text()):
        assert "registry.register_model(" in page
    driver.type("rf")
    assert "No matching versions." in driver.table
    assert "No matching versions." in driver.panel.static_text()
    assert not driver.has(Checkbox, "Select page")
    driver.type("")
    registry.register_model({}, "first")
    driver.press("Refresh")
    assert driver.rows == ["first:1"]


def test_a_store_error_is_shown(
    driver: BrowserDriver, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the store is shown below the box, and the table is kept."""

    def lost(*_: object, **__: object) -> None:
        raise StoreError("The folder\n cannot be read: mount it again.", key="")

    monkeypatch.setattr(registry, "list_models", lost)
    driver.press("Next")
    assert driver.message == "Error: The folder cannot be read: mount it again."
    assert driver.rows == ["svm:1", "rf:6", "rf:5"]
    assert "mount it again" in driver.panel.static_html()
    monkeypatch.undo()
    monkeypatch.setattr(registry, "list_fields", lost)
    driver.press("Refresh")
    assert "mount it again" in driver.message
    monkeypatch.undo()
    driver.press("Refresh")
    assert driver.message == ""


def test_widgets_do_not_accumulate(registry: ModelRegistry) -> None:
    """Searching, paging and selecting do not accumulate widgets, and closing frees all of them."""
    before = set(widget._instances)
    driver = BrowserDriver(registry)
    for _ in range(2):
        driver.panel.selected = ["rf:5"]
        driver.panel.selected = ["rf:5", "rf:6"]
        driver.panel.selected = []
        driver.panel.view = "models"
        driver.press("6 versions")
        driver.press("Next")
        driver.press("Model: rf ✕")
        count = len(widget._instances)
    assert len(widget._instances) == count
    driver.panel.query = "svm"
    driver.panel.close()
    left = [widget._instances[key] for key in set(widget._instances) - before]
    assert left == []


def test_a_page_costs_the_same_in_a_large_registry(tmp_path: Path) -> None:
    """Widgets and bytes of a page do not grow with the registry."""
    sizes = []
    for forests in (4, 120):
        before = len(widget._instances)
        driver = BrowserDriver(many_models(tmp_path / str(forests), forests))
        states = [str(one.get_state()) for one in widget._instances.values()]
        made = len(widget._instances) - before
        sizes.append((made, sum(map(len, states))))
        driver.panel.close()
    (few, small), (many, large) = sizes
    assert few == many
    assert large < 1.2 * small


def test_a_registry_has_one_panel(registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that runs again shows the same panel, and the output does not name the folder."""
    monkeypatch.setattr(option, "in_kernel", lambda: True)
    shown = registry._repr_mimebundle_()
    assert set(shown) == {VIEW, "text/html", "text/plain", PANEL_MIME}
    assert registry.location not in str(shown)
    assert "rf:6" in shown["text/plain"]
    registry.register_model({"new": 1}, "newest")
    again = registry._repr_mimebundle_()
    assert again[VIEW] == shown[VIEW]
    assert "newest:1" in again["text/html"]
    assert registry._panel is not None
    registry._panel.close()
    assert registry._repr_mimebundle_()[VIEW] != shown[VIEW]


def test_a_registry_respects_the_display_setting(registry: ModelRegistry) -> None:
    """Without a kernel, a registry is displayed as a table, or as text if configured."""
    assert set(registry._repr_mimebundle_()) == {"text/html", "text/plain"}
    option.set_config(display="text")
    assert set(registry._repr_mimebundle_()) == {"text/plain"}


def test_a_displayed_registry_can_be_pickled(registry: ModelRegistry, tmp_path: Path) -> None:
    """The repr is the call that opens the registry, and a displayed registry can be pickled."""
    plain = ModelRegistry(registry.location)
    plain._repr_mimebundle_()
    assert repr(plain) == f"ModelRegistry({registry.location!r})"
    assert pickle.loads(pickle.dumps(plain)).registry_id == registry.registry_id


def test_browse_passes_its_arguments(registry: ModelRegistry) -> None:
    """The panel starts with the filter, model, order, page size and columns of the call."""
    panel = registry.browse(
        "metrics.f1_score < 0.5",
        model_name="rf",
        order_by="version",
        page_size=2,
        columns=["metrics.f1_score"],
    )
    assert panel.static_text().splitlines()[:4] == [
        "Model: rf",
        "Filter: metrics.f1_score < 0.5",
        "Page 1 of 2 - 4 versions",
        "version  f1_score",
    ]
