"""Buttons beside the table; each shows the versions of a model, or the children of a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ipywidgets import Button, VBox

from exo_nbregistry.panels.base import html
from exo_nbregistry.panels.browser.page import Row
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.views.model_table import ModelSummary


class OpenButton(NamedTuple):
    """The content of a button.

    Attributes
    ----------
    name : str
        Name of the model or reference of the version.
    label : str
        Text of the button.
    tooltip : str
        Text that explains it.
    """

    name: str
    label: str
    tooltip: str


def open_button(row: Row) -> OpenButton | None:
    """Return the button of a row; None if there is nothing to open."""
    if isinstance(row.item, ModelSummary):
        model = row.item
        deleted = f", {model.n_deleted} deleted" if model.n_deleted else ""
        tooltip = f"Show the versions of {visible(model.model_name)}"
        return OpenButton(model.model_name, count(model.n_versions, "version") + deleted, tooltip)
    if row.children:
        tooltip = f"Show the versions whose parent is {visible(row.label)}"
        return OpenButton(row.ref, f"{row.children:,} children", tooltip)
    return None


class ModelButtons(VBox):
    """A button for each row of a page that can be opened. The buttons are reused for all pages.

    Parameters
    ----------
    opened : callable
        Called with the name of a model or the reference of a version.
    """

    def __init__(self, opened: Callable[[str], None]) -> None:
        self._head, self._gap = html(), html()
        self._buttons: list[Button] = []
        self._names: tuple[str, ...] = ()
        self._opened = opened
        super().__init__([], layout={"flex": "0 0 auto"})
        self.add_class("nbr-open")

    def show(self, rows: Sequence[Row]) -> None:
        """Show the buttons of the rows; if no row can be opened, the box is empty."""
        shown = [open_button(row) for row in rows]
        given = [one for one in shown if one is not None]
        self._names = tuple(one.name for one in given)
        while len(self._buttons) < len(given):
            self._buttons.append(self._button())
        for button, one in zip(self._buttons, given, strict=False):
            with button.hold_sync():
                button.description, button.tooltip = one.label, one.tooltip
        buttons = iter(self._buttons)
        parts = [self._gap if one is None else next(buttons) for one in shown]
        self.children = (self._head, *parts) if given else ()

    def close(self) -> None:
        """Close all buttons, also the unused ones."""
        for part in (self._head, self._gap, *self._buttons):
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
