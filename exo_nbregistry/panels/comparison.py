"""The comparison panel: what differs, and by a switch everything."""

from __future__ import annotations

from typing import Any

from ipywidgets import ToggleButtons
from traitlets import Bool

from exo_nbregistry.panels.base import Panel, html
from exo_nbregistry.text.markup import Markup
from exo_nbregistry.views.comparison import Comparison

_CHOICES = [("What differs", False), ("Everything", True)]


class ComparisonPanel(Panel):
    """Model versions side by side, measured against the first.

    Parameters
    ----------
    comparison : Comparison
        What `ModelRegistry.compare_models` returned.

    Attributes
    ----------
    show_all : bool
        Whether what is the same is shown too.
    """

    show_all = Bool(help="Whether what is the same is shown too.")

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._switch = ToggleButtons(
            options=_CHOICES,
            value=comparison.show_all,
            tooltips=["Only the facts that differ", "Also what is the same in all versions"],
            layout={"margin": "0 0 4px 0"},
        )
        self._table = html(overflow="auto")
        super().__init__([self._switch, self._table], show_all=comparison.show_all)
        self._switch.observe(lambda change: self.set_trait("show_all", change["new"]), "value")
        self.observe(self._draw, "show_all")
        self._draw()

    @property
    def comparison(self) -> Comparison:
        """The comparison as it is shown now."""
        shown = self._comparison
        return Comparison(shown.items, shown.directions, self.show_all)

    def static_html(self) -> Markup:
        """Return the tables and the cell-source diffs."""
        return Markup(self.comparison.to_html())

    def static_text(self) -> str:
        """Return the text tables and the diffs."""
        return repr(self.comparison)

    def _draw(self, _change: Any = None) -> None:
        self._switch.value = self.show_all
        self._table.value = self.static_html()
