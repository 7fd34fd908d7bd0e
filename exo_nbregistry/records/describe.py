"""Metadata of a version from its record and its journal."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.fields import encode_part
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ModelState
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.json_codec import decode, encode


def describe(record: Record, state: ModelState) -> ModelMetadata:
    """Return a version's metadata from its record and its journal.

    Parameters
    ----------
    record : Record
        The version's record.
    state : ModelState
        The folded journal of its model.

    Returns
    -------
    ModelMetadata
        The metadata.
    """
    changes = journal_fields(record.content, state, record.number, record.check)
    return metadata_of(record.content, changes, record.signer)


def journal_fields(
    content: dict[str, Any], state: ModelState, number: int, check: str | None = None
) -> dict[str, Any]:
    """Return the encoded metadata fields of a version that the journal can change.

    Parameters
    ----------
    content : dict
        The content of the version's record.
    state : ModelState
        The folded journal of its model.
    number : int
        The version.
    check : str, optional
        Check of the version's record. An alias that was set on another record is omitted.

    Raises
    ------
    RecordError
        If the record's tags are invalid.
    """
    facts = state.of(number)
    tags = decode(content.get("tags") or {})
    if not isinstance(tags, dict):
        raise RecordError(f"tags must be a dict, got {tags!r:.60}.", key="tags")
    tags |= facts.tags
    changes: dict[str, Any] = {
        "tags": encode({name: value for name, value in tags.items() if value is not None}),
        "aliases": list(state.aliases_of(number, check)),
        "notes": [encode_part(note) for note in facts.notes],
        "status": facts.status,
    }
    unknown = {
        f"alias {alias}": move.actor
        for alias in changes["aliases"]
        if (move := state.alias(alias)) and not move.signer.trusted
    }
    if unknown or facts.by_unknown:
        changed = (unknown | facts.by_unknown).items()
        changes["unknown_signers"] = [f"{name}: {actor}" for name, actor in changed]
    if facts.attachments:
        changes["attached"] = {
            name: encode_part(attached.artifact) for name, attached in facts.attachments.items()
        }
    if facts.later_metrics:
        changes["later_metrics"] = [encode_part(later) for later in facts.later_metrics]
    return changes


def metadata_of(
    content: dict[str, Any], changes: dict[str, Any], signer: str | None
) -> ModelMetadata:
    """Return a version's metadata from its parts.

    Parameters
    ----------
    content : dict
        The content of its record.
    changes : dict
        The fields from the journal, as `journal_fields` returns them; may be empty.
    signer : str or None
        Fingerprint of the key in the record's signature, which is not verified here.

    Raises
    ------
    RecordError
        If a value is invalid or missing.
    """
    fields = content | changes | {"signer": signer}
    fields.pop("facts_sha256", None)
    if "attached" in changes:
        del fields["attached"]
        fields["attachments"] = changes["attached"] | (content.get("attachments") or {})
    try:
        return ModelMetadata.from_dict(fields)
    except RecursionError:
        name = str(content.get("model_id", ""))
        raise RecordError(f"The record of {name} is nested too deeply.", key=name) from None
