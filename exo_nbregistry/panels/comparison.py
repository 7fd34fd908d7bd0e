"""The comparison panel: the differences, and optionally the identical rows."""

from __future__ import annotations

from typing import Any

from ipywidgets import Checkbox
from traitlets import Bool

from exo_nbregistry.panels.base import Panel, html
from exo_nbregistry.text.markup import Markup
from exo_nbregistry.views.comparison import Comparison

# ipywidgets places the box above the middle of its label.
_STYLE = Markup(
    "<style>.nbr-comparison .widget-checkbox label {display: flex; align-items: center}</style>"
)


class ComparisonPanel(Panel):
    """Model versions side by side, compared with the first.

    Parameters
    ----------
    comparison : Comparison
        Result of `ModelRegistry.compare_models`.

    Attributes
    ----------
    show_all : bool
        Whether identical rows are shown.
    """

    show_all = Bool(help="Whether identical rows are shown.")

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._switch = Checkbox(
            description="Show identical rows",
            value=comparison.show_all,
            indent=False,
            layout={"width": "auto", "margin": "0 0 4px 2px"},
        )
        self._table = html(overflow="auto")
        style = html(_STYLE, display="none")
        super().__init__([self._switch, self._table, style], show_all=comparison.show_all)
        self.add_class("nbr-comparison")
        self._switch.observe(lambda change: self.set_trait("show_all", change["new"]), "value")
        self.observe(self._draw, "show_all")
        self._draw()

    @property
    def comparison(self) -> Comparison:
        """The comparison that is shown."""
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
