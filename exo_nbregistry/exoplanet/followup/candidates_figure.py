"""The figure in the candidates panel: period and radius."""

from __future__ import annotations

from typing import Any

from ipywidgets import Image, ToggleButton, VBox

from exo_nbregistry.exoplanet.followup.period_radius import TITLE, has_diagram, period_radius
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.panels.base import html
from exo_nbregistry.text.markup import paragraph

_HEIGHT = "400px"


class FigureBox(VBox):
    """A button that shows the diagram of period and radius, and the diagram.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates. If the table has no periods or radii, the box is empty.
    """

    def __init__(self, scored: ScoredCandidates) -> None:
        self._scored = scored
        self._threshold = 0.0
        self._can_draw = has_diagram(scored)
        self.button = ToggleButton(
            description=TITLE,
            tooltip="Show the flagged candidates over the confirmed planets",
            layout={"width": "160px"},
        )
        self.image = Image(
            format="png",
            layout={
                "height": _HEIGHT,
                "max_width": "100%",
                "object_fit": "contain",
                "align_self": "flex-start",
            },
        )
        self.caption = html()
        self.button.observe(self._draw, "value")
        super().__init__([self.button] if self._can_draw else [])

    def show(self, threshold: float) -> None:
        """Draw the diagram for another threshold, if it is shown."""
        self._threshold = threshold
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        shown = [self.image, self.caption] if self.button.value else []
        if self._can_draw:
            self.children = [self.button, *shown]
        if not shown:
            return
        plot = period_radius(self._scored, self._threshold)
        self.image.value = plot.to_page_image().data
        self.caption.value = paragraph(plot.caption)
