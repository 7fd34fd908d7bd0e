"""The plots of the versions that are selected, of which none loads a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import Image, ToggleButtons, VBox

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.base import html, sentence
from exo_nbregistry.plot.kinds import KINDS, plot_kinds
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, paragraph

_HEIGHT = "400px"  # kept while a picture takes the place of another, so that nothing jumps
_SHARPNESS = 2
_NEIGHBOURS = 50  # versions on each side of one, so that a long history stays cheap
_NONE = (
    "There is nothing to draw: it was registered without metrics. Register with X_test and y_test, "
    "and curves, confusion matrix and metric are here."
)


class DetailPlot(VBox):
    """One picture, and a button for each kind that there is.

    Parameters
    ----------
    registry : ModelRegistry
        Where the versions are.
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
        """Offer what can be drawn of versions, and draw the kind that was looked at last.

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
            picture = kind and self._registry.plot(kind, **self._asked(kind))
        except (RegistryError, OSError) as error:
            self._show_message(Markup(f'<div role="alert">{paragraph(sentence(error))}</div>'))
            return
        if not picture:
            self._show_message(paragraph(_NONE))
            return
        self.image.value = picture.to_png(_SHARPNESS * picture.figure.dpi)
        self.image.layout.display = None
        self.caption.value = paragraph(picture.caption)

    def _asked(self, kind: str) -> dict[str, Any]:
        refs = [item.model_id for item in self._items]
        if kind != "metric" or refs[1:]:
            return {"refs": refs}
        item = self._items[0]
        first, last = item.version - _NEIGHBOURS, item.version + _NEIGHBOURS
        return {
            "model_name": item.model_name,
            "where": f"version >= {max(first, 1)} and version <= {last}",
        }

    def _show_message(self, text: Markup) -> None:
        self.image.layout.display = "none"
        self.caption.value = text
