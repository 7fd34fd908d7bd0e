"""Check boxes beside the table, to select versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import Checkbox, Layout, VBox
from traitlets import Tuple

_ALL = "Select page"
_UNREADABLE = "unreadable"


class SelectionBoxes(VBox):
    """A check box for each row, and one for the page.

    The boxes are reused for all pages.

    Parameters
    ----------
    size : int
        Maximum number of rows of a page.

    Attributes
    ----------
    selected : tuple of str
        References of the selected versions of all pages, in order of selection.
    """

    selected = Tuple(help="References of the selected versions, in order of selection.")
    refs = Tuple(help="References of the rows; empty for an unreadable row.")

    def __init__(self, size: int) -> None:
        shared = Layout()
        self._page = Checkbox(description=_ALL, indent=False, layout=shared)
        style = self._page.style
        self._boxes = [Checkbox(indent=False, layout=shared, style=style) for _ in range(size)]
        self._drawing = False
        self._labels: tuple[str, ...] = ()
        super().__init__([self._page], layout={"flex": "0 0 auto"})
        self.add_class("nbr-pick")
        self._page.observe(self._pick_page, "value")
        for box in self._boxes:
            box.observe(self._pick, "value")
        self.observe(self._draw, ["selected"])

    def show(self, refs: Sequence[str], labels: Sequence[str] = ()) -> None:
        """Show the rows of a page.

        Parameters
        ----------
        refs : sequence of str
            References of the rows. A row with an empty reference cannot be selected.
        labels : sequence of str, optional
            Labels of the rows. The default is their references.
        """
        self.refs = tuple(refs)
        self._labels = tuple(labels) or self.refs
        self._draw()
        self.children = (self._page, *self._boxes[: len(refs)]) if refs else ()

    def close(self) -> None:
        """Close all boxes, also the unused ones."""
        for part in (self._page, *self._boxes):
            part.layout.close()
            part.style.close()
            part.close()
        super().close()

    def _draw(self, _change: Any = None) -> None:
        chosen = set(self.selected)
        self._drawing = True
        for box, ref, label in zip(self._boxes, self.refs, self._labels, strict=False):
            with box.hold_sync():
                box.description = label or _UNREADABLE
                box.disabled = not ref
                box.value = ref in chosen
        here = [ref for ref in self.refs if ref]
        self._page.value = bool(here) and chosen.issuperset(here)
        self._page.disabled = not here
        self._drawing = False

    def _pick(self, change: Any) -> None:
        if not self._drawing:
            ref = self.refs[self._boxes.index(change["owner"])]
            others = tuple(item for item in self.selected if item != ref)
            self.selected = (*others, ref) if change["new"] else others

    def _pick_page(self, change: Any) -> None:
        if not self._drawing:
            here = tuple(dict.fromkeys(ref for ref in self.refs if ref))
            others = tuple(ref for ref in self.selected if ref not in here)
            kept = tuple(ref for ref in self.selected if ref in here)
            new = tuple(ref for ref in here if ref not in kept)
            self.selected = (*self.selected, *new) if change["new"] else others
