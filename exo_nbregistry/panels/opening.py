"""The buttons beside the table of models: each opens its versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ipywidgets import Button, Layout, VBox

from exo_nbregistry.markup import count
from exo_nbregistry.panels.base import html
from exo_nbregistry.summary import ModelSummary
from exo_nbregistry.terminal import visible


class Opening(VBox):
    """One button for each model of a page, made once and used for every page.

    Parameters
    ----------
    size : int
        How many rows a page has at most.
    opened : callable
        Called with a model's name.
    """

    def __init__(self, size: int, opened: Callable[[str], None]) -> None:
        shared = Layout(width="auto")
        self._head = html()
        first = Button(layout=shared)
        others = [Button(layout=shared, style=first.style) for _ in range(size - 1)]
        self._buttons = [first, *others]
        self._names: tuple[str, ...] = ()
        self._opened = opened
        super().__init__([], layout={"flex": "0 0 auto"})
        self.add_class("nbr-open")
        for button in self._buttons:
            button.on_click(self._open)

    def show(self, models: Sequence[ModelSummary]) -> None:
        """Show the models of a page; without any it takes no room."""
        self._names = tuple(model.model_name for model in models)
        for button, model in zip(self._buttons, models, strict=False):
            with button.hold_sync():
                button.description = count(model.n_versions, "version")
                button.tooltip = f"Show the versions of {visible(model.model_name)}"
        self.children = (self._head, *self._buttons[: len(models)]) if models else ()

    def close(self) -> None:
        """Close those too that the page has no row for."""
        for part in (self._head, *self._buttons):
            part.layout.close()
            part.style.close()
            part.close()
        super().close()

    def _open(self, button: Any) -> None:
        self._opened(self._names[self._buttons.index(button)])
