"""The detail of the browser panel: one version in parts, or several side by side."""

from __future__ import annotations

from typing import Any

from ipywidgets import ToggleButtons, VBox

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.markup import Markup, paragraph, stack
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.panels import detail_part
from exo_nbregistry.panels.base import Panel, html, sentence
from exo_nbregistry.panels.comparison import ComparisonPanel
from exo_nbregistry.terminal import visible

_HINT = "Select a version to see what is known of it, or several to compare them."
_PARTS = {
    "Overview": (detail_part.overview, "What it is, how good, of what, and whether it loads here"),
    "Provenance": (detail_part.provenance, "Which notebook, cell and commit made it, and who"),
    "History": (detail_part.history, "What happened to it, and which aliases came and went"),
    "Notes": (detail_part.notes, "What was written about it"),
    "Code": (detail_part.loading, "The lines that load it"),
}


class Detail(Panel):
    """What is known of the versions that are selected; no model is loaded for it.

    Parameters
    ----------
    registry : ModelRegistry
        Where they are.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._refs: tuple[str, ...] = ()
        self._title = html()
        self._body = html(overflow="auto")
        self.choice = ToggleButtons(
            options=list(_PARTS),
            tooltips=[tooltip for _, tooltip in _PARTS.values()],
            style={"button_width": "auto"},
        )
        self.comparison: ComparisonPanel | None = None
        self._others = VBox()
        super().__init__([self._title, self.choice, self._body, self._others])
        self.choice.observe(self._draw, "value")
        self._draw()

    def show(self, refs: tuple[str, ...]) -> None:
        """Show versions.

        Parameters
        ----------
        refs : tuple of str
            References: none shows what to do, one shows it in parts, more are compared.
        """
        self._refs = tuple(dict.fromkeys(refs))
        self._draw()

    def static_html(self) -> Markup:
        """Return all that is told of the version, or the comparison."""
        if self.comparison is not None:
            return self.comparison.static_html()
        try:
            item, parts = self._told()
        except (RegistryError, OSError) as error:
            return paragraph(sentence(error))
        if item is None:
            return Markup("")
        return stack([detail_part.title_html(item), *map(detail_part.sections_html, parts)])

    def static_text(self) -> str:
        """Return all that is told of the version, or the comparison."""
        if self.comparison is not None:
            return self.comparison.static_text()
        try:
            item, parts = self._told()
        except (RegistryError, OSError) as error:
            return visible(sentence(error))
        if item is None:
            return ""
        return "\n".join([detail_part.title_text(item), *map(detail_part.sections_text, parts)])

    def _told(self) -> tuple[ModelMetadata | None, list[list[detail_part.Section]]]:
        if not self._refs:
            return None, []
        item = self._registry.get_metadata(self._refs[0])
        return item, [tell(self._registry, item) for tell, _ in _PARTS.values()]

    def _draw(self, _change: Any = None) -> None:
        self._title.value = self._body.value = ""
        self.choice.layout.display = None if len(self._refs) == 1 else "none"
        self._compare(None)
        try:
            if not self._refs:
                self._body.value = paragraph(_HINT)
            elif len(self._refs) == 1:
                item = self._registry.get_metadata(self._refs[0])
                self._title.value = detail_part.title_html(item)
                tell, _ = _PARTS[self.choice.value]
                self._body.value = detail_part.sections_html(tell(self._registry, item))
            else:
                self._compare(self._registry.compare_models(list(self._refs)))
        except (RegistryError, OSError) as error:
            self._body.value = Markup(f'<div role="alert">{paragraph(sentence(error))}</div>')

    def _compare(self, comparison: Any) -> None:
        old, self.comparison = self.comparison, comparison and ComparisonPanel(comparison)
        self._others.children = (self.comparison,) if self.comparison else ()
        if old is not None:
            old.close()
