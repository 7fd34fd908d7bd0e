"""Sources that a version stores for its readers, without passwords, tokens and keys."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from exo_nbregistry.config import get_provenance
from exo_nbregistry.errors import RecordError
from exo_nbregistry.payloads.attachment import Attachment, pack_json
from exo_nbregistry.persistence.masking import MASK, log_masked, mask_secrets, mask_sources
from exo_nbregistry.records.fields import Provenance

log = logging.getLogger("exo_nbregistry")


def masked_sources(*sources: str | None) -> list[str | None]:
    """Mask the secrets in the sources of cells, and log their number once."""
    found = [None if source is None else mask_secrets(source) for source in sources]
    log_masked(sum(item[1] for item in found if item))
    return [item and item[0] for item in found]


def pack_sources(
    sources: Mapping[str, str], stored: Provenance, level: str | None
) -> dict[str, Attachment]:
    """Return the attachment with the sources of the code that a model carries.

    Parameters
    ----------
    sources : mapping of str to str
        Source of each class and function, by name.
    stored : Provenance
        Provenance of the version.
    level : str or None
        Level of provenance; None is the level of the configuration.

    Returns
    -------
    dict of str to Attachment
        The attachment ``sources``; empty if sources are not stored.
    """
    if (level or get_provenance()) != "full":
        return {}
    masked, number = mask_sources(sources)
    # The same secret is usually in the cell, for which a message was logged.
    if MASK not in f"{stored.cell_source}{stored.definitions}":
        log_masked(number)
    try:
        return {"sources": pack_json(masked, "sources")}
    except RecordError:
        log.warning("The sources of the model's code are not stored: they exceed 1 MiB.")
        return {}
