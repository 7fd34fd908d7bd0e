"""Steps that registering and importing a version share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError, StoreError
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
    facts: Collection[str],
    numbers: Sequence[int],
    is_intact: Callable[[Record], bool] = lambda _record: True,
) -> str | None:
    """Return the newest active version with the same facts, or None. A duplicate is logged.

    Parameters
    ----------
    journal : Journal
        Journal of the registry.
    model : str
        The model key.
    facts : collection of str
        Digests of the facts, of which one must match.
    numbers : sequence of int
        Numbers of the versions to compare, ascending.
    is_intact : callable
        Takes the record of a duplicate and returns whether its model can be loaded.

    Returns
    -------
    str or None
        model_id of the duplicate, which is flushed to disk.
    """
    snapshot = journal.snapshot(model)
    for number in journal.ahead(model, numbers[::-1]):
        try:
            record = snapshot.read(number)
        except (RecordError, IntegrityError, MissingKeyError):
            continue  # Damaged records are skipped; verify() reports them.
        if (
            record.content.get("facts_sha256") in facts
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
        found = zip(keys, store.infos(keys), strict=True)
        missing = [key for key, entry in found if entry is None]
        if not missing:
            return
        publish()
    raise StoreError(
        f"{missing[0]} was removed by a purge at the same time. Run the call again.",
        key=missing[0],
    )
