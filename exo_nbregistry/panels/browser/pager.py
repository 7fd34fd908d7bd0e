"""Buttons to turn pages."""

from __future__ import annotations

from functools import partial
from typing import Any

from ipywidgets import Button, HBox
from traitlets import Int

from exo_nbregistry.panels.base import html
from exo_nbregistry.text.markup import Markup, count, escape

_TURNS = {
    "First": "Go to the first page",
    "Previous": "Go to the previous page",
    "Next": "Go to the next page",
    "Last": "Go to the last page",
}


def place(page: int, pages: int, total: int, what: str, *, with_deleted: bool = False) -> str:
    """Return the position of a page as text; the total may include deleted versions.

    Examples
    --------
    >>> place(2, 80, 1998, "version"), place(1, 1, 1, "model")
    ('Page 2 of 80 - 1,998 versions', '1 model')
    >>> place(1, 1, 3, "version", with_deleted=True)
    '3 versions with deleted ones'
    """
    amount = count(total, what) + (" with deleted ones" if with_deleted else "")
    return f"Page {page:,} of {pages:,} - {amount}" if pages > 1 else amount


class Pager(HBox):
    """Buttons to turn pages, and the position.

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

    def show(
        self, page: int, pages: int, total: int, what: str, *, with_deleted: bool = False
    ) -> None:
        """Show a position.

        Parameters
        ----------
        page, pages : int
            Number of the page, and of all pages.
        total : int
            Number of rows on all pages.
        what : str
            Name of a row, such as ``"version"``.
        with_deleted : bool
            Whether the total includes deleted versions.
        """
        self._pages = pages
        self.page = page
        # Screen readers announce changes.
        text = escape(place(page, pages, total, what, with_deleted=with_deleted))
        self._place.value = Markup(f'<span class="nbr-note" role="status">{text}</span>')
        # Buttons are not disabled: a disabled button loses the keyboard focus, and JupyterLab would
        # then run the next keys as cell commands.
        self._turns.layout.display = None if pages > 1 else "none"

    def _turn(self, name: str, _button: Any) -> None:
        goal = {"First": 1, "Previous": self.page - 1, "Next": self.page + 1, "Last": self._pages}
        self.page = min(max(1, goal[name]), self._pages)
