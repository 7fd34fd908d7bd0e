"""The stored view of the selected versions: all parts of one, or a comparison of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels import twin_sections, twin_trials
from exo_nbregistry.panels.base import sentence
from exo_nbregistry.panels.twin_plot import plots
from exo_nbregistry.panels.twin_section import sections_html, sections_text
from exo_nbregistry.text.markup import Markup, paragraph, stack
from exo_nbregistry.text.terminal import visible

_PARTS = (
    twin_trials.overview,
    twin_sections.provenance,
    twin_sections.history,
    twin_sections.notes,
    twin_sections.attachments,
    twin_sections.loading,
)


def selection_html(registry: Any, refs: Sequence[str]) -> Markup:
    """Return the selected versions as HTML; empty without any. No model is loaded."""
    try:
        if refs[1:]:
            comparison = registry.compare_models(list(refs))
            figure = sections_html(plots(registry, comparison.items))
            return stack([Markup(comparison.to_html(compact=True)), figure])
        if not refs:
            return Markup("")
        item = registry.get_metadata(refs[0])
        parts = [sections_html(part(registry, item)) for part in _PARTS]
    except (RegistryError, OSError) as error:
        return paragraph(sentence(error))
    return stack([twin_sections.title_html(item), *parts])


def selection_text(registry: Any, refs: Sequence[str]) -> str:
    """Return the selected versions as text; empty without any. No model is loaded."""
    try:
        if refs[1:]:
            comparison = registry.compare_models(list(refs))
            figure = sections_text(plots(registry, comparison.items))
            return f"{comparison!r}\n{figure}"
        if not refs:
            return ""
        item = registry.get_metadata(refs[0])
        parts = [sections_text(part(registry, item)) for part in _PARTS]
    except (RegistryError, OSError) as error:
        return visible(sentence(error))
    return "\n".join([twin_sections.title_text(item), *parts])
