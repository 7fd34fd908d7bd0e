"""The id of a registry whose descriptor is lost, from its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from exo_nbregistry.errors import IntegrityError, RecordError, StoreError
from exo_nbregistry.records.record import EVENT, VERSION, parse_record
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import (
    MODELS,
    event_key,
    event_numbers,
    events_folder,
    version_key,
    version_numbers,
    versions_folder,
)
from exo_nbregistry.values.reference import is_model_key

_ENOUGH = 100


def recorded_id(store: Store) -> str | None:
    """Return the id that most of the newest records name, or None if no record names one.

    Records of earlier releases have no id. Only the newest records of each model are read first:
    if they have none, an older one is unlikely to have one, but it is looked for.

    Parameters
    ----------
    store : Store
        The store of a registry without a descriptor.

    Returns
    -------
    str or None
        The id.
    """
    found: Counter[str] = Counter()
    for registry_id in _ids(store):
        found[registry_id] += 1
        if found.total() >= _ENOUGH:
            break
    return found.most_common(1)[0][0] if found else None


def _ids(store: Store) -> Iterator[str]:
    """Yield the ids that intact records name: one of each model, and events last."""
    models = [e.name for e in store.entries(MODELS) if e.kind == "folder" and is_model_key(e.name)]
    for kind in (VERSION, EVENT):
        for model in models:
            yield from _newest_id(store, model, kind)


def _newest_id(store: Store, model: str, kind: str) -> Iterator[str]:
    folder, numbers_in, key_of = (
        (versions_folder, version_numbers, version_key)
        if kind == VERSION
        else (events_folder, event_numbers, event_key)
    )
    for number in reversed(numbers_in(store.names(folder(model)))):
        key = key_of(model, number)
        try:
            data = store.read(key, max_bytes=MAX_RECORD_BYTES)
            record = parse_record(data, key=key, kind=kind, model=model, number=number)
        except (RecordError, IntegrityError, StoreError):
            continue
        if record.registry is not None:
            yield record.registry
            return
