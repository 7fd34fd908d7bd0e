"""The panel of a registry, used from Python and displayed."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry import config as option
from exo_nbregistry.panels.base import PANEL_MIME
from exo_nbregistry.panels.registry_panel import RegistryPanel
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.many_models import many_models

VIEW = "application/vnd.jupyter.widget-view+json"
HTML, TEXT = "text/html", "text/plain"


@pytest.fixture(autouse=True)
def _as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    monkeypatch.setattr(option, "in_kernel", lambda: True)
    return


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry of seven versions."""
    return many_models(tmp_path / "registry")


def drowned(folder: Path) -> ModelRegistry:
    """Return a registry whose newest thirty versions belong to one of its two models."""
    registry = many_models(folder / "registry")
    for depth in range(100, 130):
        registry.register_model(
            {}, "rf", algorithm="RandomForest", hyperparameters={"depth": depth}
        )
    return registry


def messages_of(panel: RegistryPanel, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the types of the messages that a panel in a page sends from now on."""
    assert panel.model_id
    sent: list[str] = []
    monkeypatch.setattr(panel, "send", lambda content, _buffers=None: sent.append(content["type"]))
    return sent


def test_the_id_of_the_model_is_in_the_metadata(registry: ModelRegistry) -> None:
    """A front end without our extension finds only the stored view."""
    panel = registry.browse()
    data, metadata = panel._repr_mimebundle_()
    assert set(data) == {HTML, TEXT, PANEL_MIME}
    assert data[PANEL_MIME] == {"v": 1}
    assert metadata == {PANEL_MIME: {"model_id": panel.model_id}}


@pytest.mark.parametrize(("display", "shown"), [("html", {HTML, TEXT}), ("text", {TEXT})])
def test_the_display_setting_is_respected(
    registry: ModelRegistry, display: str, shown: set[str]
) -> None:
    """The options "html" and "text" show no live panel."""
    option.set_config(display=display)
    assert set(registry._repr_mimebundle_()) == shown


def test_a_registry_shows_the_same_panel_again(registry: ModelRegistry) -> None:
    """A registry as last line has one panel, until it is closed."""
    first = registry._repr_mimebundle_()[1]
    assert registry._repr_mimebundle_()[1] == first
    assert registry._panel is not None
    registry._panel.close()
    assert registry._repr_mimebundle_()[1] != first


def test_a_registry_with_a_panel_can_be_pickled(tmp_path: Path) -> None:
    """A displayed registry can be sent to a worker."""
    registry = ModelRegistry(tmp_path / "registry", create=True)
    registry._repr_mimebundle_()
    assert pickle.loads(pickle.dumps(registry)).location == registry.location


def test_the_first_page_is_sent_with_the_panel(registry: ModelRegistry) -> None:
    """The state of the model has the reply to the first request for a list."""
    panel = registry.browse(page_size=3)
    panel._repr_mimebundle_()
    (path,) = (path for path in panel._primed if "/versions" in path)
    status, _, body = panel._primed[path]
    assert status == 200
    assert [item["version"] for item in json.loads(gzip.decompress(body))["items"]] == [1, 6, 5]


@pytest.mark.parametrize(
    ("order_by", "query"),
    [
        ("-metrics.f1_score", "order_by=-metrics.f1_score&limit=3&offset=0&metric=f1_score"),
        (
            "metrics['it\\'s']",
            "order_by=metrics%5B%27it%5C%27s%27%5D&limit=3&offset=0&metric=it%27s",
        ),
        ("-created_at", "order_by=-created_at&limit=3&offset=0"),
    ],
)
def test_models_are_requested_as_the_view_does(
    registry: ModelRegistry, order_by: str, query: str
) -> None:
    """Models show the metric that they are sorted by, and always have the same columns."""
    panel = registry.browse(page_size=3, order_by=order_by, columns=["aliases"])
    panel.view = "models"
    assert panel.list_path == f"/registries/this/models?{query}"


def test_an_old_first_page_is_not_sent_again(registry: ModelRegistry) -> None:
    """A view that is shown after a change does not start with the old page."""
    panel = registry.browse()
    panel._repr_mimebundle_()
    panel.query = "svm"
    assert panel.get_state()["_primed"] == {}


def test_the_stored_view_has_the_page(registry: ModelRegistry) -> None:
    """The stored view has the rows and the position of the page, in HTML and in text."""
    panel = registry.browse(page_size=3)
    panel.page = 2
    for stored in (panel.static_html(), panel.static_text()):
        assert "Page 2 of 3 - 7 versions" in stored
        assert "rf:4" in stored
        assert "rf:6" not in stored


def test_a_page_beyond_the_last_shows_the_last(registry: ModelRegistry) -> None:
    """A page that does not exist becomes the last page."""
    panel = registry.browse(page_size=3)
    panel.page = 99
    assert "rf:1" in panel.static_text()
    assert panel.page == 3


def test_the_stored_view_names_the_search(registry: ModelRegistry) -> None:
    """A search and a model are named above the table."""
    text = registry.browse("svm").static_text()
    assert "Searching all fields for svm" in text
    assert "rf" not in text.partition("svm:1")[2]
    assert "Model: rf" in registry.browse(model_name="rf").static_text()
    assert "Filter: version > 1" in registry.browse("version > 1").static_html().replace(
        "&gt;", ">"
    )


def test_an_invalid_filter_is_stored_as_a_sentence(registry: ModelRegistry) -> None:
    """The stored view of an invalid filter has the error message."""
    panel = registry.browse("metrics.f1_score >")
    for stored in (panel.static_html(), panel.static_text()):
        assert "Cannot read the filter" in stored


def test_a_search_without_matches_says_so(registry: ModelRegistry) -> None:
    """The stored view of an empty page states how to see rows."""
    panel = registry.browse("nothing_like_this")
    assert "No matching versions. Clear the search" in panel.static_text()


def test_an_empty_registry_shows_how_to_register(tmp_path: Path) -> None:
    """The stored view of an empty registry has the call that adds a model."""
    panel = ModelRegistry(tmp_path / "empty", create=True).browse()
    assert "registry.register_model(" in panel.static_text()


def test_few_models_with_many_versions_are_shown_by_model(tmp_path: Path) -> None:
    """Versions of one model that would hide another model are folded."""
    panel = drowned(tmp_path).browse()
    assert panel.view == "models"
    assert "svm" in panel.static_text()


def test_a_search_is_not_folded(tmp_path: Path) -> None:
    """A model, a filter or a sort order that is passed shows versions."""
    registry = drowned(tmp_path)
    for options in ({"where": "rf"}, {"model_name": "rf"}, {"order_by": "version"}):
        assert registry.browse(**options).view == "versions"  # type: ignore[arg-type]


def test_a_selected_version_is_stored_with_its_details(registry: ModelRegistry) -> None:
    """The stored view has the details of one version, and compares several."""
    panel = registry.browse()
    panel.selected = ["rf:2"]
    assert "Cell source" in panel.static_html() or "Parameters" in panel.static_html()
    panel.selected = ["rf:2", "rf:3"]
    assert "0.3" in panel.static_text()


def test_a_changed_registry_is_announced(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a cell that changed the registry, the page reads it again."""
    panel = registry.browse()
    panel.check()
    sent = messages_of(panel, monkeypatch)
    panel.check()
    assert sent == []
    registry.set_alias("rf", "staging", 1)
    panel.check()
    assert sent == ["changed"]


def test_a_change_in_one_panel_is_announced_to_the_other(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two panels of a registry show the same state after a change in one of them."""
    one, other = registry.browse(), registry.browse()
    sent = messages_of(other, monkeypatch)
    monkeypatch.setattr(one, "send", lambda *_message: None)
    request: dict[str, Any] = {
        "v": 1,
        "type": "request",
        "mark": "a",
        "method": "PUT",
        "path": "/registries/this/models/rf/aliases/staging",
        "headers": {"content-type": "application/json"},
        "body": '{"version": 1}',
    }
    one._handle_custom_msg(request, [])
    assert sent == ["changed"]


def test_a_closed_panel_announces_nothing(registry: ModelRegistry) -> None:
    """After closing, a change does not raise an error."""
    panel = registry.browse()
    panel.close()
    registry.set_alias("rf", "staging", 1)
    panel.check()


@pytest.mark.parametrize("method", ["GET", "TRACE"])
def test_a_message_after_the_end_is_not_answered(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """A request that arrives after the panel was closed sends nothing and raises nothing."""
    panel = RegistryPanel(registry)
    sent = messages_of(panel, monkeypatch)
    panel.close()
    message = {"v": 1, "type": "request", "mark": "a", "method": method, "path": "/registries"}
    panel._receive(panel, message, [])
    panel._receive(panel, {"v": 1, "type": "hello"}, [])
    assert sent == []


def test_the_stored_view_is_deterministic(registry: ModelRegistry) -> None:
    """Two panels of the same registry store the same bytes, without ids and relative times."""
    one, two = registry.browse(), registry.browse()
    assert one.static_html() == two.static_html()
    assert " id=" not in one.static_html()
    assert "ago" not in one.static_html()


def test_the_stored_view_is_current(registry: ModelRegistry) -> None:
    """A change of the registry is in the next stored view."""
    panel = registry.browse()
    assert "staging" not in panel.static_text()
    registry.set_alias("rf", "staging", 6)
    assert "staging" in panel.static_text()


def test_an_output_reads_its_page_once(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTML, text and the live view of an output are made from one reply."""
    panel = registry.browse()
    asked: list[str] = []
    answer = panel._requests.answer

    def counted(method: str, path: str) -> Any:
        asked.append(path)
        return answer(method, path)

    monkeypatch.setattr(panel._requests, "answer", counted)
    panel._repr_mimebundle_()
    assert len([path for path in asked if "/versions" in path]) == 1
