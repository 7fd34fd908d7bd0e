"""Buttons beside the table of models; each shows the versions of a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ipywidgets import Button, VBox

from exo_nbregistry.panels.base import html
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.views.model_table import ModelSummary


class ModelButtons(VBox):
    """A button for each model of a page. The buttons are reused for all pages.

    Parameters
    ----------
    opened : callable
        Called with the name of a model.
    """

    def __init__(self, opened: Callable[[str], None]) -> None:
        self._head = html()
        self._buttons: list[Button] = []
        self._names: tuple[str, ...] = ()
        self._opened = opened
        super().__init__([], layout={"flex": "0 0 auto"})
        self.add_class("nbr-open")

    def show(self, models: Sequence[ModelSummary]) -> None:
        """Show a button for each model; without models, the box is empty."""
        self._names = tuple(model.model_name for model in models)
        while len(self._buttons) < len(models):
            self._buttons.append(self._button())
        for button, model in zip(self._buttons, models, strict=False):
            with button.hold_sync():
                deleted = f", {model.n_deleted} deleted" if model.n_deleted else ""
                button.description = count(model.n_versions, "version") + deleted
                button.tooltip = f"Show the versions of {visible(model.model_name)}"
        self.children = (self._head, *self._buttons[: len(models)]) if models else ()

    def close(self) -> None:
        """Close all buttons, also the unused ones."""
        for part in (self._head, *self._buttons):
            part.layout.close()
            part.style.close()
            part.close()
        super().close()

    def _button(self) -> Button:
        first = self._buttons[0] if self._buttons else None
        shared = {"layout": first.layout, "style": first.style} if first else {}
        button = Button(**shared)
        button.on_click(self._open)
        return button

    def _open(self, button: Any) -> None:
        self._opened(self._names[self._buttons.index(button)])
