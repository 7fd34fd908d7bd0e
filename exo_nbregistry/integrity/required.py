"""The payloads that the records and events of a model require."""

from __future__ import annotations

from collections.abc import Mapping

from exo_nbregistry.payloads.artifact import payload_key, recorded_keys
from exo_nbregistry.records.fields import Artifact, decode_part
from exo_nbregistry.records.record import Record


def required_keys(versions: Mapping[int, Record], events: Mapping[int, Record]) -> dict[str, int]:
    """Return the store keys of the required payloads, with a version that requires each."""
    contents = [record.content for record in events.values()]
    purged = {event["version"] for event in contents if event.get("action") == "purge"}
    needed = {
        key: number
        for number, record in versions.items()
        if number not in purged
        for key in recorded_keys(record)
    }
    for record in events.values():
        event = record.content
        if event.get("action") == "attach" and event["version"] not in purged:
            artifact = decode_part(Artifact, event["artifact"])
            needed.setdefault(payload_key(record.model, artifact), event["version"])
    return needed
