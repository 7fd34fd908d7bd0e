"""A registry with many versions, and a driver of its browser panel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from ipywidgets import Button, Checkbox, Widget

from exo_nbregistry.panels.browser.panel import BrowserPanel
from exo_nbregistry.registry.facade import ModelRegistry
from tests.html_page import Page

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = BEGIN + timedelta(days=3)


def many_models(folder: Path, forests: int = 6) -> ModelRegistry:
    """Return a registry with versions of ``rf``, each newer and better, and one of ``svm``."""
    hours = count()
    registry = ModelRegistry(
        folder, durable=False, now=lambda: BEGIN + timedelta(hours=next(hours))
    )
    for number in range(1, forests + 1):
        scores = {"f1_score": number / 10, "log_loss": 1 - number / 10}
        registry.register_model(
            {},
            "rf",
            algorithm="RandomForest",
            evaluation_results=scores,
            hyperparameters={"depth": number, "odd name": 1},
        )
    registry.register_model({}, "svm", algorithm="SVC", evaluation_results={"accuracy": 0.5})
    registry.set_alias("rf", "champion", 2)
    return registry


class BrowserDriver:
    """Driver of a browser panel with few rows on a page.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    **options : object
        Further arguments of the panel.
    """

    def __init__(self, registry: Any, **options: Any) -> None:
        self.panel = BrowserPanel(registry, now=lambda: NOW, **({"page_size": 3} | options))

    def find(self, kind: type, description: str) -> Any:
        """Return the visible control with this label."""
        return next(w for w in shown(self.panel) if _has_label(w, kind, description))

    def has(self, kind: type, description: str) -> bool:
        """Return whether a control with this label is visible."""
        return any(_has_label(w, kind, description) for w in shown(self.panel))

    def press(self, description: str) -> None:
        """Press a button."""
        self.find(Button, description).click()

    def tick(self, description: str, value: bool = True) -> None:
        """Set a check box."""
        self.find(Checkbox, description).value = value

    def type(self, text: str) -> None:
        """Type into the search box and press Enter."""
        self.panel._search._box.value = text

    @property
    def rows(self) -> list[str]:
        """The labels of the check boxes of the page."""
        return [box.description for box in self.panel._selection_boxes.children[1:]]

    @property
    def ticked(self) -> list[str]:
        """The labels of the ticked check boxes of the page."""
        return [box.description for box in self.panel._selection_boxes.children[1:] if box.value]

    @property
    def place(self) -> str:
        """The text of the pager."""
        return text(self.panel._pager._place.value)

    @property
    def message(self) -> str:
        """The message below the search box."""
        return text(self.panel._search._message.value)

    @property
    def table(self) -> str:
        """The text of the table."""
        return text(self.panel._table.value)


def shown(widget: Widget) -> list[Widget]:
    """Return a widget and all visible widgets in it."""
    if widget.layout.display == "none":
        return []
    children = getattr(widget, "children", ())
    return [widget, *(part for child in children for part in shown(child))]


def text(html: str) -> str:
    """Return the text of HTML."""
    return " ".join(" ".join(Page(html).text).split())


def _has_label(widget: Widget, kind: type, description: str) -> bool:
    return isinstance(widget, kind) and getattr(widget, "description", None) == description
