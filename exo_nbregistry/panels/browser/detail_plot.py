"""Plots of the selected versions. No model is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import Image, ToggleButtons, VBox

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.base import html, sentence
from exo_nbregistry.plot.kinds import KINDS, plot_kinds
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, paragraph

_HEIGHT = "400px"  # fixed, so that the layout does not change between plots
_SHARPNESS = 2
_NEIGHBORS = 50  # number of versions on each side, which limits the cost of a long history
_NONE = (
    "No plots: the version has no metrics. Pass X_test and y_test to register_model to store "
    "metrics, curves and a confusion matrix."
)


class DetailPlot(VBox):
    """A plot, and a button for each available kind of plot.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._items: tuple[ModelMetadata, ...] = ()
        self._filling = False
        self.kind = ToggleButtons(style={"button_width": "auto"})
        self.image = Image(
            format="png",
            layout={"height": _HEIGHT, "max_width": "100%", "object_fit": "contain"},
        )
        self.image.layout.align_self = "flex-start"
        self.caption = html()
        super().__init__([self.kind, self.image, self.caption])
        self.kind.observe(self._draw, "value")

    def show(self, items: Sequence[ModelMetadata]) -> None:
        """Show the available kinds of plots, and draw the kind that was selected last.

        Parameters
        ----------
        items : sequence of ModelMetadata
            The versions.
        """
        self._items = tuple(items)
        names = [name for name in plot_kinds(items) if KINDS[name].reads != "model"]
        last = self.kind.value
        self._filling = True
        try:
            self.kind.options = [(KINDS[name].title, name) for name in names]
            self.kind.value = last if last in names else next(iter(names), None)
        finally:
            self._filling = False
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        if self._filling:
            return
        kind = self.kind.value
        try:
            plot = kind and self._registry.plot(kind, **self._arguments(kind))
        except (RegistryError, OSError) as error:
            self._show_message(Markup(f'<div role="alert">{paragraph(sentence(error))}</div>'))
            return
        if not plot:
            self._show_message(paragraph(_NONE))
            return
        self.image.value = plot.to_png(_SHARPNESS * plot.figure.dpi)
        self.image.layout.display = None
        self.caption.value = paragraph(plot.caption)

    def _arguments(self, kind: str) -> dict[str, Any]:
        refs = [item.model_id for item in self._items]
        if kind != "metric" or refs[1:]:
            return {"refs": refs}
        item = self._items[0]
        first, last = item.version - _NEIGHBORS, item.version + _NEIGHBORS
        return {
            "model_name": item.model_name,
            "where": f"version >= {max(first, 1)} and version <= {last}",
        }

    def _show_message(self, text: Markup) -> None:
        self.image.layout.display = "none"
        self.caption.value = text
