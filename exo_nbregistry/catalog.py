"""Every version of a registry as metadata: what the index is made from."""

from __future__ import annotations

import dataclasses

from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.record import Record
from exo_nbregistry.state import ModelState


def describe(record: Record, state: ModelState) -> ModelMetadata:
    """Build a version's metadata from its record and what the journal says of it.

    Parameters
    ----------
    record : Record
        The version's record.
    state : ModelState
        The folded journal of its model.

    Returns
    -------
    ModelMetadata
        The whole.
    """
    fields = dict(record.content)
    fields.pop("facts_sha256", None)
    facts = state.of(record.number)
    metadata = ModelMetadata.from_dict(fields)
    tags = {k: v for k, v in (metadata.tags | facts.tags).items() if v is not None}
    return dataclasses.replace(
        metadata,
        tags=tags,
        aliases=state.aliases_of(record.number),
        notes=tuple(facts.notes),
        status=facts.status,
        signer=record.signer,
    )
