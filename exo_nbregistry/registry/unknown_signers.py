"""Versions and events of unknown signers: their limits, and what a user is shown about them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.journal.event_warnings import is_new
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.payloads.npz import Limit
from exo_nbregistry.persistence.unknown_signer import Alternatives
from exo_nbregistry.records.imported import needs_trust, record_status
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import Record
from exo_nbregistry.records.version_facts import StatusChange
from exo_nbregistry.registry.best import BestQuery
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.values.metric import higher_is_better as metric_direction
from exo_nbregistry.values.reference import Reference, model_id


def untrusted_limit(work: Workspace, record: Record, *, unsafe: bool = False) -> Limit | None:
    """Return the limit of an attachment that a record or an event names; None if it is trusted.

    Parameters
    ----------
    work : Workspace
        The open registry.
    record : Record
        The version or the event.
    unsafe : bool
        If True, the size is not limited.

    Returns
    -------
    Limit or None
        The limit.
    """
    status = record_status(work.keyring, record)
    if unsafe or status.trusted:
        return None
    return Limit(status.signer, imported=status.status == "imported")


def how_to_trust(metadata: ModelMetadata, call: str = "") -> Alternatives:
    """Return the calls that load a version of an unknown signer.

    Parameters
    ----------
    metadata : ModelMetadata
        The version.
    call : str
        Beginning of the call that loads the model; by default that of ``load_model``.

    Returns
    -------
    Alternatives
        The calls, for an error message.
    """
    start = f"registry.{call or f'load_model({metadata.model_id!r}'}"
    once = f"{start}, unsafe=True)."
    if needs_trust(metadata.imported):
        return Alternatives(start, f"If you trust where its files are from: {once}")
    if metadata.signer is None:
        return Alternatives(start, f"If you know its origin: {once}")
    return Alternatives(
        start,
        f"If you know the signer: registry.trust_signer({metadata.signer!r}); to load it "
        f"once without trust: {once}",
    )


def warn_of_unknown_signers(
    work: Workspace, snapshot: Snapshot, reference: Reference, number: int
) -> None:
    """Log which events of unknown signers led to a version, once in each process.

    Parameters
    ----------
    work : Workspace
        The open registry.
    snapshot : Snapshot
        Snapshot of the model.
    reference : Reference
        The reference that was resolved. A version that is named by its number is not decided by
        events.
    number : int
        The version that it resolved to.
    """
    found = [
        (change, undo)
        for change, undo in _decisive(snapshot, reference, number)
        if not change.signer.trusted and is_new(work.location, change.record.key, "decides")
    ]
    if not found:
        return
    events = (
        f"event {change.record.number} ({change.record.content['action']}) by "
        f"{visible(change.actor)}"
        for change, _ in found
    )
    change, undo = found[0]
    log.warning(
        "%s is %s because of %s. If you know the signer: registry.trust_signer(%r); to undo it: "
        "registry.%s.",
        reference,
        model_id(snapshot.model, number),
        name_list(events, separator="; ", width=200),
        change.signer.signer,
        undo,
    )


def warn_of_unknown_ranking(
    work: Workspace, query: BestQuery, best: tuple[str, int], higher_is_better: bool | None
) -> None:
    """Log which changes by unknown signers made a version the best, once in each process.

    These are its restoration, its tags if there is a filter, and the deletion of a better version
    of the same model.

    Parameters
    ----------
    work : Workspace
        The open registry.
    query : BestQuery
        The metric, and the versions that were ranked.
    best : tuple of (str, int)
        Key and number of the best version.
    higher_is_better : bool or None
        Direction of the metric; None for that of a known metric.
    """
    model, number = best
    snapshot = work.journal.snapshot(model)
    facts = snapshot.state.facts.items()
    changes = {
        version: fact.changed
        for version, fact in facts
        if fact.changed and not fact.changed.signer.trusted and version in snapshot.versions
    }
    found = []
    for version, change in changes.items():
        restored = version == number
        if restored or _is_better(snapshot, version, number, query.metric, higher_is_better):
            action = change.record.content["action"]
            reason = f"event {change.record.number} ({action}) by {visible(change.actor)}"
            undo = f"{'delete' if restored else 'restore'}_model({model_id(model, version)!r})"
            found.append((change.record.key, f"{reason} (to undo it: registry.{undo})"))
    if query.where:
        by_unknown = snapshot.state.of(number).by_unknown.items()
        found += [
            (f"{model_id(model, number)} {what}", f"{what} by {visible(who)}")
            for what, who in by_unknown
            if what.startswith("tag ")
        ]
    new = [reason for key, reason in found if is_new(work.location, key, "makes it the best")]
    if new:
        log.warning(
            "%s may be the best version by %s only because of %s. If you know the signer: "
            "registry.list_signers() and registry.trust_signer().",
            model_id(model, number),
            query.metric,
            name_list(new, separator="; ", width=300),
        )


def _is_better(
    snapshot: Snapshot, version: int, best: int, metric: str, higher_is_better: bool | None
) -> bool:
    """Return whether a version that was deleted has a better value than the best one."""
    if snapshot.state.of(version).status == ACTIVE:
        return False
    try:
        values = [snapshot.metadata(n).metrics.get(metric, math.nan) for n in (version, best)]
    except (IntegrityError, RecordError):
        return False
    higher = metric_direction(metric) if higher_is_better is None else higher_is_better
    return values[0] > values[1] if higher else values[0] < values[1]


def _decisive(
    snapshot: Snapshot, reference: Reference, number: int
) -> Iterator[tuple[StatusChange, str]]:
    """Yield the events that led from a reference to a version, and the calls that undo them."""
    state, model = snapshot.state, snapshot.model
    if reference.alias is not None:
        move = state.alias(reference.alias)
        if move:
            call = "rollback" if state.before(move.alias) else "remove"
            force = ", force=True" if move.protected else ""
            undo = f"{call}_alias({model!r}, {move.alias!r}{force})"
            yield StatusChange(move.record, move.signer), undo
    elif reference.version is None:
        for later in [number, *(n for n in snapshot.versions if n > number)]:
            facts = state.of(later)
            if facts.changed:
                undo = "delete" if facts.status == ACTIVE else "restore"
                yield facts.changed, f"{undo}_model({model_id(model, later)!r})"
