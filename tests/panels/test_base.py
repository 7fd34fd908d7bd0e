"""Base class of panels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ipywidgets import Button, HBox, Text
from ipywidgets.widgets import widget

from exo_nbregistry import config as option
from exo_nbregistry.panels.base import PANEL_MIME, Panel, html
from exo_nbregistry.text.markup import Markup

VIEW = "application/vnd.jupyter.widget-view+json"


class Clock(Panel):
    """A panel for the tests."""

    def static_html(self) -> Markup:
        """Return it as HTML."""
        return Markup("<p>noon</p>")

    def static_text(self) -> str:
        """Return it as text."""
        return "noon"


@pytest.fixture(autouse=True)
def _as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    return


def bundle(panel: Panel, monkeypatch: pytest.MonkeyPatch, *, kernel: bool) -> dict[str, Any]:
    """Return the MIME bundle."""
    monkeypatch.setattr(option, "in_kernel", lambda: kernel)
    return panel._repr_mimebundle_()


def test_a_kernel_shows_the_live_panel_and_its_static_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a kernel the live view comes with HTML, text and the extension's constant mark."""
    panel = Clock()
    shown = bundle(panel, monkeypatch, kernel=True)
    assert shown.pop(VIEW)["model_id"] == panel.model_id
    assert shown == {"text/html": "<p>noon</p>", "text/plain": "noon", PANEL_MIME: {"v": 1}}


def test_without_a_kernel_the_static_form_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a kernel, the bundle has no live view."""
    shown = bundle(Clock(), monkeypatch, kernel=False)
    assert shown == {"text/html": "<p>noon</p>", "text/plain": "noon"}


@pytest.mark.parametrize(
    ("display", "shown"),
    [("html", {"text/html", "text/plain"}), ("text", {"text/plain"})],
)
def test_the_display_setting_is_respected(
    monkeypatch: pytest.MonkeyPatch, display: str, shown: set[str]
) -> None:
    """Also in a kernel, "html" has no live view, and "text" has only text."""
    option.set_config(display=display)
    assert set(bundle(Clock(), monkeypatch, kernel=True)) == shown


def test_a_panel_requires_a_static_form() -> None:
    """A panel without a static view cannot be shown."""
    with pytest.raises(NotImplementedError):
        Panel().static_html()
    with pytest.raises(NotImplementedError):
        Panel().static_text()


def test_closing_frees_every_part() -> None:
    """After closing, no widget of the panel remains in the kernel."""
    before = set(widget._instances)
    panel = Clock([HBox([Button(), HBox([Text()])]), html("x")])
    assert len(set(widget._instances) - before) > 5
    panel.close()
    assert set(widget._instances) == before


def test_text_in_a_block_is_escaped() -> None:
    """Text is escaped, and markup is kept."""
    assert html("<b>").value == "&lt;b&gt;"
    assert html(Markup("<b>x</b>")).value == "<b>x</b>"
