"""Steps of adding a version that registering and importing share."""

from __future__ import annotations

from collections.abc import Callable

from exo_nbregistry.errors import IntegrityError, RecordError, StoreError
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.workspace import log
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.keys import blob_key
from exo_nbregistry.values.reference import model_id

_ATTEMPTS = 3


def find_duplicate(
    journal: Journal, model: str, facts: str, version: int | None = None
) -> str | None:
    """Return the active version with the same facts, or None; a log message names it.

    Parameters
    ----------
    journal : Journal
        The records.
    model : str
        The model key.
    facts : str
        The digest of the facts.
    version : int, optional
        Compare with this version only.

    Returns
    -------
    str or None
        Its model_id. The version is durable.
    """
    snapshot = journal.snapshot(model)
    for number in reversed(snapshot.versions):
        if version is not None and number != version:
            continue
        try:
            record = snapshot.read(number)
        except (RecordError, IntegrityError):
            continue  # a damaged record has no duplicate; verify() reports it
        if record.content.get("facts_sha256") == facts and (
            snapshot.state.of(number).status == ACTIVE
        ):
            name = model_id(model, number)
            journal.confirm(record)
            log.warning("%s has the same model and metadata: no new version.", name)
            return name
    return None


def ensure_payloads(store: Store, record: Record, publish: Callable[[], None]) -> None:
    """Check that a new version's payloads exist; publish them again if not.

    A purge of another version with the same payload removes it if it looked for other users of
    the payload before this record was created (`garbage.remove`).

    Parameters
    ----------
    store : Store
        The store of the payloads.
    record : Record
        The new version's record.
    publish : callable
        Publishes all payloads.

    Raises
    ------
    StoreError
        If purges remove a payload again and again.
    """
    items = [record.content["artifact"], *record.content["attachments"].values()]
    keys = [blob_key(record.model, item["sha256"], item["format"]) for item in items]
    for _ in range(_ATTEMPTS):
        missing = [key for key in keys if store.info(key) is None]
        if not missing:
            return
        publish()
    raise StoreError(
        f"{missing[0]} was removed by a purge while it was registered; register it again.",
        key=missing[0],
    )
