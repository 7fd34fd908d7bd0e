"""Steps that registering and importing a version share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exo_nbregistry.errors import IntegrityError, RecordError, StoreError
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.workspace import log
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.reference import model_id

_ATTEMPTS = 3


def find_duplicate(
    journal: Journal,
    model: str,
    facts: str,
    version: int | None = None,
    is_intact: Callable[[Record], bool] = lambda _record: True,
) -> str | None:
    """Return the active version with the same facts, or None. A duplicate is logged.

    Parameters
    ----------
    journal : Journal
        Journal of the registry.
    model : str
        The model key.
    facts : str
        Digest of the facts.
    version : int, optional
        If given, compare with this version only.
    is_intact : callable
        Takes the record of a duplicate and returns whether its model can be loaded.

    Returns
    -------
    str or None
        model_id of the duplicate, which is flushed to disk.
    """
    snapshot = journal.snapshot(model)
    for number in reversed(snapshot.versions):
        if version is not None and number != version:
            continue
        try:
            record = snapshot.read(number)
        except (RecordError, IntegrityError):
            continue  # Damaged records are skipped; verify() reports them.
        if (
            record.content.get("facts_sha256") == facts
            and snapshot.state.of(number).status == ACTIVE
            and is_intact(record)
        ):
            name = model_id(model, number)
            journal.flush_record(record)
            log.warning("%s has the same model and metadata: no new version.", name)
            return name
    return None


def ensure_payloads(store: Store, keys: Sequence[str], publish: Callable[[], None]) -> None:
    """Check that the payloads of a new version or event exist, and publish them again if not.

    A purge of another version can remove a shared payload if it searched for other users of the
    payload before this record was created (see `garbage.remove`).

    Parameters
    ----------
    store : Store
        The store of the payloads.
    keys : sequence of str
        Keys of the payloads that the new record names.
    publish : callable
        Publishes all payloads.

    Raises
    ------
    StoreError
        If a payload is still missing after several attempts.
    """
    for _ in range(_ATTEMPTS):
        missing = [key for key in keys if store.info(key) is None]
        if not missing:
            return
        publish()
    raise StoreError(
        f"{missing[0]} was removed by a purge at the same time. Run the call again.",
        key=missing[0],
    )
