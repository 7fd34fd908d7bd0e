"""First, previous, next, last."""

from __future__ import annotations

from functools import partial
from typing import Any

from ipywidgets import Button, HBox
from traitlets import Int

from exo_nbregistry.panels.base import html
from exo_nbregistry.text.markup import Markup, count, escape

_TURNS = {
    "First": "Go to the first page",
    "Previous": "Go to the page before",
    "Next": "Go to the next page",
    "Last": "Go to the last page",
}


def place(page: int, pages: int, total: int, what: str) -> str:
    """Return where in a list a page is.

    Examples
    --------
    >>> place(2, 80, 1998, "version"), place(1, 1, 1, "model")
    ('Page 2 of 80 - 1,998 versions', '1 model')
    """
    amount = count(total, what)
    return f"Page {page:,} of {pages:,} - {amount}" if pages > 1 else amount


class Pager(HBox):
    """The buttons that turn pages, and where one is.

    Attributes
    ----------
    page : int
        The page, from 1.
    """

    page = Int(1, help="The page, from 1.")

    def __init__(self) -> None:
        self._pages = 1
        self._buttons = {
            name: Button(description=name, tooltip=tip, layout={"width": "auto"})
            for name, tip in _TURNS.items()
        }
        self._place = html(margin="0 8px 0 2px")
        self._turns = HBox(tuple(self._buttons.values()))
        super().__init__(
            [self._place, self._turns],
            layout={"flex_flow": "row wrap", "align_items": "center"},
        )
        for name, button in self._buttons.items():
            button.on_click(partial(self._turn, name))

    def show(self, page: int, pages: int, total: int, what: str) -> None:
        """Say where one is.

        Parameters
        ----------
        page, pages : int
            Which page of how many.
        total : int
            How many rows there are on all pages.
        what : str
            What a row is.
        """
        self._pages = pages
        self.page = page
        # Read out by screen readers when it changes.
        text = escape(place(page, pages, total, what))
        self._place.value = Markup(f'<span class="nbr-note" role="status">{text}</span>')
        # None is ever disabled: with it the keyboard's focus would be lost, and JupyterLab takes
        # the next keys for commands on cells.
        self._turns.layout.display = None if pages > 1 else "none"

    def _turn(self, name: str, _button: Any) -> None:
        goal = {"First": 1, "Previous": self.page - 1, "Next": self.page + 1, "Last": self._pages}
        self.page = min(max(1, goal[name]), self._pages)
