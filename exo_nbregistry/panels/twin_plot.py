"""The plot in the stored view of selected versions."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.base import sentence
from exo_nbregistry.panels.twin_section import Section
from exo_nbregistry.plot.kinds import KINDS, plot_kinds
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, escape, paragraph
from exo_nbregistry.text.terminal import visible

# The first kind that the versions have data for. None of them loads a model.
_OF_ONE = ("roc", "predicted_vs_true", "confusion_matrix", "curve", "metric")
_OF_SEVERAL = ("roc", "error_distribution", "metric")
# As base64, a third more: a first page with details is then at most 60 kB.
MAX_BYTES = 15_000
_WIDTH_INCHES = 4.8


def plots(registry: Any, items: Sequence[ModelMetadata]) -> list[Section]:
    """Return the section with a plot of versions; none if there is nothing to plot.

    Parameters
    ----------
    registry : ModelRegistry
        The registry of the versions.
    items : sequence of ModelMetadata
        One or several versions.
    """
    available = plot_kinds(items)
    order = _OF_SEVERAL if items[1:] else _OF_ONE
    kind = next((kind for kind in order if kind in available), None)
    if kind is None:
        return []
    # The metric of one version is plotted among the other versions of its model.
    is_of_model = kind == "metric" and not items[1:]
    refs = items[0].model_name if is_of_model else [item.model_id for item in items]
    title = KINDS[kind].title
    try:
        plot = registry.plot(kind, refs, figsize=(_WIDTH_INCHES, None))
        if is_of_model and len(plot.rows) < 2:
            return []
        image = plot.to_page_image(max_bytes=MAX_BYTES)
    except (RegistryError, OSError) as error:
        text = sentence(error)
        return [Section(title, paragraph(text), visible(text))]
    source = base64.b64encode(image.data).decode("ascii")
    alt = escape(plot.caption)
    page = f'<img src="data:image/png;base64,{source}" alt="{alt}" width="{image.width}">'
    return [Section(title, Markup(page), plot.caption)]
