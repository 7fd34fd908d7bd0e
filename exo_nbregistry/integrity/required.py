"""The payloads that the records and events of a model require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from exo_nbregistry.records.model_state import OWN_ATTACHMENTS
from exo_nbregistry.records.record import Record
from exo_nbregistry.values.keys import ATTACHMENTS, BLOBS, model_folder


class Required(NamedTuple):
    """A payload that a version requires.

    Attributes
    ----------
    version : int
        Number of a version that requires it.
    size_bytes : int or None
        Its recorded size, in bytes; None if the record has no valid size.
    """

    version: int
    size_bytes: int | None


def required_payloads(
    versions: Mapping[int, Record], events: Mapping[int, Record]
) -> dict[str, Required]:
    """Return the payloads that the records and events of a model require, by store key.

    The keys are only compared and shown, because a record can name any digest and format.
    """
    contents = [record.content for record in events.values()]
    purged = {event["version"] for event in contents if event.get("action") == "purge"}
    needed: dict[str, Required] = {}
    for number, record in versions.items():
        content = record.content
        named = [content.get("artifact"), *(content.get("attachments") or {}).values()]
        if number not in purged:
            needed |= {_key(record.model, item): _required(number, item) for item in named if item}
    for record in events.values():
        event = record.content
        is_purged, name = event.get("version") in purged, str(event.get("name"))
        if event.get("action") != "attach" or is_purged or name.lower() in OWN_ATTACHMENTS:
            continue
        item = event["artifact"]
        needed.setdefault(_key(record.model, item), _required(event["version"], item))
    return needed


def _required(version: int, item: Mapping[str, Any]) -> Required:
    size = item.get("size_bytes")
    return Required(version, size if type(size) is int else None)


def _key(model: str, item: Mapping[str, Any]) -> str:
    folder = BLOBS if item.get("kind") is None else ATTACHMENTS
    return f"{model_folder(model)}/{folder}/{item['sha256']}.{item['format']}"
