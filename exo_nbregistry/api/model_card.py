"""The model card: a text that the user attached under a known name."""

from __future__ import annotations

from exo_nbregistry.api.registries import Registry
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markdown_tree import MAX_CHARACTERS, MarkdownNode, markdown_tree
from exo_nbregistry.views.attachments import kind_and_format

CARD_NAMES = ("model_card", "model card", "card", "readme")
_FORMATS = ("md", "markdown", "txt")


def card_of(registry: Registry, item: ModelMetadata) -> list[MarkdownNode] | None:
    """Return the Markdown of the model card of a version as a tree; None without a card.

    Parameters
    ----------
    registry : Registry
        The registry, from which only the card is read.
    item : ModelMetadata
        The version. Its card is the attached text or Markdown file ``model_card``,
        ``model_card.md``, ``card`` or ``README.md``.
    """
    name = card_name(item)
    if name is None:
        return None
    try:
        data = registry.attachment_bytes(item.model_id, name)
    except (RegistryError, OSError):
        # The list of attachments reports a damaged one.
        return None
    return markdown_tree(data.decode("utf-8", errors="replace"))


def card_name(item: ModelMetadata) -> str | None:
    """Return the name of the attachment with the model card, or None."""
    for wanted in CARD_NAMES:
        for name, artifact in item.attachments.items():
            kind, form = kind_and_format(artifact)
            is_text = kind == "text" or (kind == "file" and form in _FORMATS)
            # A character has at most four bytes.
            is_small = artifact.size_bytes <= 4 * MAX_CHARACTERS
            stem = name.lower().removesuffix(".md").removesuffix(".txt")
            if stem == wanted and is_text and is_small:
                return name
    return None
