"""Details of the browser panel: the parts of one version, or a comparison of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import ToggleButtons, VBox

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.base import Panel, html, sentence
from exo_nbregistry.panels.browser import detail_sections, detail_trials
from exo_nbregistry.panels.browser.detail_attachments import DetailAttachments
from exo_nbregistry.panels.browser.detail_plot import DetailPlot
from exo_nbregistry.panels.browser.detail_section import Section, sections_html, sections_text
from exo_nbregistry.panels.comparison import ComparisonPanel
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, paragraph, stack
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.views.comparison import Comparison

_HINT = "Select a version to see its details, or several versions to compare them."
_PARTS = {
    "Overview": (detail_trials.overview, "Metrics, parameters, data, environment and artifact"),
    "Provenance": (detail_sections.provenance, "Notebook, cell, commit and user"),
    "History": (detail_sections.history, "Events of the version, such as alias moves"),
    "Notes": (detail_sections.notes, "Notes on the version"),
    "Attachments": (detail_sections.attachments, "Figures, tables, files and other objects"),
    "Code": (detail_sections.loading, "Code that loads the version"),
}
_PLOTS = "Plots"
_ATTACHMENTS = "Attachments"
_COMPARISON = "Comparison"
_TOOLTIPS = {
    **{title: tooltip for title, (_, tooltip) in _PARTS.items()},
    _COMPARISON: "Differences between the versions",
    _PLOTS: "Plots of stored results; no model is loaded",
}
_OF_ONE = ("Overview", "Provenance", "History", "Notes", _PLOTS, _ATTACHMENTS, "Code")
_OF_SEVERAL = (_COMPARISON, _PLOTS)


class Detail(Panel):
    """Details of the selected versions. No model is loaded.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    """

    def __init__(self, registry: Any) -> None:
        self._registry = registry
        self._refs: tuple[str, ...] = ()
        self._offered: tuple[str, ...] = ()
        self._last = {_OF_ONE: _OF_ONE[0], _OF_SEVERAL: _OF_SEVERAL[0]}
        self._title = html()
        self._body = html(overflow="auto")
        self.choice = ToggleButtons(style={"button_width": "auto"})
        self.comparison: ComparisonPanel | None = None
        self.plots: DetailPlot | None = None
        self.attachments: DetailAttachments | None = None
        self._inside = VBox()
        super().__init__([self._title, self.choice, self._body, self._inside])
        self.choice.observe(self._chosen, "value")
        self._draw()

    def show(self, refs: tuple[str, ...]) -> None:
        """Show versions.

        Parameters
        ----------
        refs : tuple of str
            References. One version is shown in parts, several are compared.
        """
        self._refs = tuple(dict.fromkeys(refs))
        self._offer((_OF_SEVERAL if self._refs[1:] else _OF_ONE) if self._refs else ())
        self._draw()

    def static_html(self) -> Markup:
        """Return all parts of the version, or the comparison."""
        try:
            if self._refs[1:]:
                return Markup(self._compared().to_html())
            item, parts = self._sections()
        except (RegistryError, OSError) as error:
            return paragraph(sentence(error))
        if item is None:
            return Markup("")
        return stack([detail_sections.title_html(item), *map(sections_html, parts)])

    def static_text(self) -> str:
        """Return all parts of the version, or the comparison."""
        try:
            if self._refs[1:]:
                return repr(self._compared())
            item, parts = self._sections()
        except (RegistryError, OSError) as error:
            return visible(sentence(error))
        if item is None:
            return ""
        return "\n".join([detail_sections.title_text(item), *map(sections_text, parts)])

    def _sections(self) -> tuple[ModelMetadata | None, list[list[Section]]]:
        if not self._refs:
            return None, []
        item = self._registry.get_metadata(self._refs[0])
        return item, [render(self._registry, item) for render, _ in _PARTS.values()]

    def _compared(self) -> Comparison:
        if self.comparison is not None:
            return self.comparison.comparison
        compared: Comparison = self._registry.compare_models(list(self._refs))
        return compared

    def _offer(self, titles: tuple[str, ...]) -> None:
        if titles != self._offered:
            self._offered = ()  # ignore what the control selects by itself
            self.choice.options = titles
            self.choice.tooltips = [_TOOLTIPS[title] for title in titles]
            if titles:
                self.choice.value = self._last[titles]
            self._offered = titles
        self.choice.layout.display = None if titles else "none"

    def _chosen(self, change: Any) -> None:
        if self._offered:
            self._last[self._offered] = change["new"]
            self._draw()

    def _draw(self) -> None:
        title = self.choice.value if self._refs else None
        self._title.value, body, inside = "", "", None
        try:
            if title == _COMPARISON:
                inside = self._comparison_panel()
            elif title is not None:
                items = [self._registry.get_metadata(ref) for ref in self._refs]
                if not items[1:]:
                    self._title.value = detail_sections.title_html(items[0])
                if title == _PLOTS:
                    inside = self._plot_panel(items)
                elif title == _ATTACHMENTS:
                    inside = self._attachment_panel(items[0])
                else:
                    body = sections_html(_PARTS[title][0](self._registry, items[0]), live=True)
            else:
                body = paragraph(_HINT)
        except (RegistryError, OSError) as error:
            body = Markup(f'<div role="alert">{paragraph(sentence(error))}</div>')
        self._body.value = body
        self._inside.children = (inside,) if inside else ()
        if self.comparison is not None and inside is not self.comparison:
            self.comparison.close()
            self.comparison = None

    def _comparison_panel(self) -> ComparisonPanel:
        old, compared = self.comparison, self._registry.compare_models(list(self._refs))
        self.comparison = ComparisonPanel(compared)
        if old is not None:
            self.comparison.show_all = old.show_all
            old.close()
        return self.comparison

    def _plot_panel(self, items: Sequence[ModelMetadata]) -> DetailPlot:
        if self.plots is None:
            self.plots = DetailPlot(self._registry)
        self.plots.show(items)
        return self.plots

    def _attachment_panel(self, item: ModelMetadata) -> DetailAttachments:
        if self.attachments is None:
            self.attachments = DetailAttachments(self._registry)
        self.attachments.show(item)
        return self.attachments

    def close(self) -> None:
        """Close the panel with all its widgets, also if they are hidden."""
        hidden = [part for part in (self.plots, self.attachments) if part is not None]
        self._inside.children = tuple(dict.fromkeys([*self._inside.children, *hidden]))
        super().close()
