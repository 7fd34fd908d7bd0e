"""Every version of a registry as metadata: what the index is made from."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.fields import encode_part
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.json_codec import decode, encode


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
    said = journal_fields(record.content, state, record.number)
    return metadata_of(record.content, said, record.signer)


def journal_fields(content: dict[str, Any], state: ModelState, number: int) -> dict[str, Any]:
    """Return the metadata fields of a version that the journal has a say in, encoded.

    Parameters
    ----------
    content : dict
        The content of the version's record.
    state : ModelState
        The folded journal of its model.
    number : int
        The version.

    Raises
    ------
    RecordError
        If the record's tags are malformed.
    """
    facts = state.of(number)
    tags = decode(content.get("tags") or {})
    if not isinstance(tags, dict):
        raise RecordError(f"tags must be a dict, not {tags!r:.60}.", key="tags")
    tags |= facts.tags
    return {
        "tags": encode({name: value for name, value in tags.items() if value is not None}),
        "aliases": list(state.aliases_of(number)),
        "notes": [encode_part(note) for note in facts.notes],
        "status": facts.status,
    }


def metadata_of(content: dict[str, Any], said: dict[str, Any], signer: str | None) -> ModelMetadata:
    """Build a version's metadata of its parts.

    Parameters
    ----------
    content : dict
        The content of its record.
    said : dict
        What the journal says of it; nothing if empty.
    signer : str or None
        Fingerprint of the key that claims to have signed the record.

    Raises
    ------
    RecordError
        If a value is malformed or missing.
    """
    fields = content | said | {"signer": signer}
    fields.pop("facts_sha256", None)
    try:
        return ModelMetadata.from_dict(fields)
    except RecursionError:
        name = str(content.get("model_id", ""))
        raise RecordError(f"The record of {name} is nested too deeply.", key=name) from None
