"""The payloads that the records and events of a model require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exo_nbregistry.records.model_state import OWN_ATTACHMENTS
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.keys import ATTACHMENTS, BLOBS, model_folder


def required_keys(versions: Mapping[int, Record], events: Mapping[int, Record]) -> dict[str, int]:
    """Return the store keys of the required payloads, with a version that requires each.

    The keys are only compared and shown, because a record can name any digest and format.
    """
    contents = [record.content for record in events.values()]
    purged = {event["version"] for event in contents if event.get("action") == "purge"}
    needed: dict[str, int] = {}
    for number, record in versions.items():
        content = record.content
        named = [content.get("artifact"), *(content.get("attachments") or {}).values()]
        if number not in purged:
            needed |= {_key(record.model, item): number for item in named if item}
    for record in events.values():
        event = record.content
        is_purged, name = event.get("version") in purged, str(event.get("name"))
        if event.get("action") != "attach" or is_purged or name.lower() in OWN_ATTACHMENTS:
            continue
        needed.setdefault(_key(record.model, event["artifact"]), event["version"])
    return needed


def _key(model: str, item: Mapping[str, Any]) -> str:
    folder = BLOBS if item.get("kind") is None else ATTACHMENTS
    return f"{model_folder(model)}/{folder}/{item['sha256']}.{item['format']}"
