"""When the widget model of a live panel opens and closes, and what it is opened with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import comm
import pytest
from ipywidgets import VBox
from ipywidgets.widgets import widget

from exo_nbregistry import config as option
from exo_nbregistry.panels.base import PANEL_MIME
from exo_nbregistry.panels.registry_panel import RegistryPanel
from tests.panels.many_models import many_models


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the states that models are opened with, from now on, in a kernel."""
    states: list[dict[str, Any]] = []

    def create(**options: Any) -> comm.DummyComm:
        states.append(options["data"]["state"])
        return comm.DummyComm(**options)

    monkeypatch.setattr(option, "in_kernel", lambda: True)
    monkeypatch.setattr(widget.comm, "create_comm", create)
    return states


@pytest.fixture
def panel(tmp_path: Path, opened: list[Any]) -> Iterator[RegistryPanel]:
    """Return a panel that was not shown yet."""
    panel = many_models(tmp_path / "registry").browse()
    yield panel
    panel.close()


def test_a_panel_is_two_models(panel: RegistryPanel) -> None:
    """The front end makes a model for the panel and one for its layout, until it is closed."""
    before = set(widget._instances)
    panel._repr_mimebundle_()
    assert len(set(widget._instances) - before) == 2
    panel.close()
    assert set(widget._instances) == before


def test_the_model_opens_with_the_first_replies(
    panel: RegistryPanel, opened: list[dict[str, Any]]
) -> None:
    """The model is sent when the panel is shown, once and complete."""
    panel.page = 1
    assert opened == []
    panel._repr_mimebundle_()
    _, state = opened
    assert set(state["_primed"]) == set(panel.first_paths())
    panel._repr_mimebundle_()
    assert len(opened) == 2


def test_a_panel_in_a_box_is_opened_by_the_box(
    panel: RegistryPanel, opened: list[dict[str, Any]]
) -> None:
    """A box refers to the models of its children."""
    box = VBox([panel])
    assert opened[-1]["children"] == [f"IPY_MODEL_{panel.model_id}"]
    box.close()


def test_a_panel_that_was_closed_before_it_was_shown_has_its_stored_view(
    panel: RegistryPanel, opened: list[dict[str, Any]]
) -> None:
    """Closing sends nothing, and the panel cannot become live any more."""
    panel.close()
    assert not panel.is_reusable
    assert PANEL_MIME not in panel._repr_mimebundle_()
    assert opened == []


def test_a_layout_that_was_read_is_closed_with_the_panel(panel: RegistryPanel) -> None:
    """A layout is a model of its own, which opens when it is first read."""
    layout = panel.layout
    panel.close()
    assert layout.comm is None
