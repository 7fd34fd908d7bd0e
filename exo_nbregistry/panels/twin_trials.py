"""The section of a version's details with the trials of its search."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels import twin_sections
from exo_nbregistry.panels.base import sentence
from exo_nbregistry.panels.twin_section import Section
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.trials import ATTACHMENT
from exo_nbregistry.text.markup import paragraph
from exo_nbregistry.text.terminal import visible


def overview(registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the sections of the overview, with the best trials of a search."""
    return [*twin_sections.overview(registry, item), *trials(registry, item)]


def trials(registry: Any, item: ModelMetadata) -> list[Section]:
    """Return the section with the best trials; none without a search."""
    if ATTACHMENT not in item.attachments:
        return []
    try:
        title, page, text = registry.trials(item.model_id).section()
        return [Section(title, page, text, opened=False)]
    except (RegistryError, OSError) as error:
        text = sentence(error)
        return [Section("Trials", paragraph(text), visible(text))]
