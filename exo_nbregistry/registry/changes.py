"""History of a model, detection of changes, and consistent reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from exo_nbregistry.api.registries import RegistryStatus
from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.journal.read_cache import Reads
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.event_signer import signed_actor
from exo_nbregistry.records.model_state import ACTIONS, MOVES
from exo_nbregistry.records.record import EVENT, Record
from exo_nbregistry.registry.argument import one_version
from exo_nbregistry.registry.descriptor import FORMAT_VERSION
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.signing.keyring import KnownSigners
from exo_nbregistry.signing.public_keys import parse_key
from exo_nbregistry.text.names import short_repr
from exo_nbregistry.text.terminal import cut
from exo_nbregistry.values.json_codec import decode
from exo_nbregistry.values.reference import MAX_VERSION, model_id, parse_reference
from exo_nbregistry.views.event_sentences import with_previous
from exo_nbregistry.views.history import History

_ACTION_WIDTH = 40


class Changes:
    """Registry methods for the history, the revision and consistent reads.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace

    def revision(self) -> str:
        """Return a digest that changes whenever the registry changes.

        Returns
        -------
        str
            Digest of the numbers of all records. Records are not read, so frequent calls are
            cheap.

        Notes
        -----
        In a bucket, a change by another process is usually noticed within a second. If that process
        was killed, or has an earlier release, it is noticed after at most two minutes. Lists and
        all other calls have each change at once.

        Examples
        --------
        >>> before = registry.revision()
        >>> registry.set_alias("kepler_rf", "champion", 1).aliases
        ('champion',)
        >>> registry.revision() == before
        False
        """
        return self._work.revision.read()

    def status(self) -> RegistryStatus:
        """Return the time, the progress of the index, the signer and the format.

        Returns
        -------
        RegistryStatus
            Answered at once, also while another thread builds the index.

        Examples
        --------
        >>> registry.status().format_version, registry.status().indexing
        (1, None)
        """
        keyring = self._work.keyring
        line = keyring.public_key
        signer = keyring.status_of(parse_key(line)) if line else None
        return RegistryStatus(
            now=self._work.now(),
            indexing=self._work.index.indexing,
            signer_name=signer.name if signer else None,
            fingerprint=signer.signer if signer else None,
            format_version=FORMAT_VERSION,
            trusted=self._work.keyring.trusted(),
        )

    def consistent_reads(self, reads: Reads | None = None) -> AbstractContextManager[Reads]:
        """Read each model once within a ``with`` block, for consistent results.

        All calls of this thread in the block use the same snapshots, and each record is read
        once. Changes made in the block are visible. Changes by other writers become visible after
        the block, or when the block changes the same model.

        Parameters
        ----------
        reads : Reads, optional
            What an earlier block has read, to continue with. By default, the block reads again.

        Returns
        -------
        context manager
            Context manager of the block; ``as reads`` returns what the block reads.

        Examples
        --------
        >>> with registry.consistent_reads():
        ...     names = [registry["kepler_rf"].model_id, registry["kepler_rf:1"].model_id]
        >>> names
        ['kepler_rf:1', 'kepler_rf:1']
        """
        return self._work.journal.consistent_reads(reads)

    def history(self, name: str, version: int | None = None) -> History[dict[str, Any]]:
        """Return the registrations and events of a model or of one version.

        Parameters
        ----------
        name : str
            Name of the model, or a reference with a version or an alias for the history of that
            version.
        version : int, optional
            Version number, if `name` is the name of a model. The history of a version includes
            aliases that are set on it and that move away from it.

        Returns
        -------
        History of dict
            A tuple with a table display and ``to_frame()``: registrations first, then events in
            order. Each entry has ``action``, ``version``, ``at``, ``actor`` (the name that the
            event states, with its signer unless it is this user), ``signer`` and the fields of the
            action. An alias has ``previous``, the version that it pointed to before. An event that
            is not followed has ``not_followed``, the reason.

        Raises
        ------
        InvalidReferenceError
            If `name` has a version or an alias, and `version` is passed too.
        NotFoundError
            If the model or the version does not exist.

        Examples
        --------
        >>> [entry["action"] for entry in registry.history("kepler_rf")]
        ['register']
        >>> registry.history("kepler_rf:1") == registry.history("kepler_rf", 1)
        True
        """
        reference = parse_reference(one_version(name, version, "history"))
        key, journal = reference.key, self._work.journal
        snapshot = journal.snapshot(key)
        whole = reference.version is None and reference.alias is None
        numbers = snapshot.existing_versions() if whole else [snapshot.resolve(reference)]
        signers = KnownSigners(self._work.keyring)
        registered = (_registration(signers, snapshot, n) for n in journal.ahead(key, numbers))
        events = [entry for entry in registered if entry is not None]
        listed = journal.ahead(key, snapshot.events, EVENT)
        events += with_previous(_event(signers, snapshot, number) for number in listed)
        return History(events if whole else _events_of_version(numbers[0], events))


def _events_of_version(version: int, events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    pointing: set[object] = set()
    for event in events:
        alias, here = event.get("alias"), event.get("version") == version
        if "not_followed" in event and event["version"] is None:
            yield event
            continue
        if here or alias in pointing:
            yield event
        if alias is not None:
            (pointing.add if here else pointing.discard)(alias)


def _registration(signers: KnownSigners, snapshot: Snapshot, number: int) -> dict[str, Any] | None:
    """Return the registration of a version, or None if its record is damaged."""
    try:
        metadata = snapshot.metadata(number)
    except (RecordError, IntegrityError) as error:
        log.warning("%s is omitted: %s", model_id(snapshot.model, number), error)
        return None
    origin = {"imported_from": metadata.imported.label} if metadata.imported else {}
    return origin | {
        "action": "register",
        "version": metadata.version,
        "at": metadata.created_at,
        "actor": _actor(signers, snapshot.version(number), metadata.provenance.user or "unknown"),
        "signer": metadata.signer,
    }


def _event(signers: KnownSigners, snapshot: Snapshot, number: int) -> dict[str, Any]:
    """Return an event; one that is not followed has only the basic fields and the reason."""
    problem = snapshot.state.problems.get(number)
    if problem:
        event = _basic(signers, problem.record) if problem.record else _unreadable(number)
        return event | {"not_followed": problem.reason}
    try:
        return _fields(signers, snapshot.read(number, EVENT))
    except (RecordError, IntegrityError):
        # It was damaged after this process had read it.
        return _unreadable(number) | {"not_followed": "is damaged"}


def _unreadable(number: int) -> dict[str, Any]:
    names = dict.fromkeys(("version", "at", "signer"))
    return {"action": "damaged", **names, "actor": "unknown", "number": number}


def _fields(signers: KnownSigners, record: Record) -> dict[str, Any]:
    """Return the fields of an event; one that its action does not have can have any value."""
    content, basic = record.content, _basic(signers, record)
    if content.get("action") not in ACTIONS:
        return basic
    fields = {key: _decoded(value) for key, value in content.items() if key != "not_followed"}
    if content["action"] not in MOVES:
        fields.pop("alias", None)
    elif "version" not in content:
        del basic["version"]
    return fields | basic | {"action": content["action"], "at": fields["at"]}


def _basic(signers: KnownSigners, record: Record) -> dict[str, Any]:
    """Return the fields that each event has, if they are valid."""
    content = record.content
    action, version, at = content.get("action"), content.get("version"), _decoded(content.get("at"))
    return {
        "action": cut(action, _ACTION_WIDTH) if isinstance(action, str) else "unknown",
        "version": version if type(version) is int and 0 < version < MAX_VERSION else None,
        "at": at if isinstance(at, datetime) and at.tzinfo and 1 < at.year < 9999 else None,
        "actor": _actor(signers, record, content.get("actor")),
        "number": record.number,
        "signer": record.signer,
    }


def _decoded(value: Any) -> Any:
    try:
        return decode(value)
    except (RecordError, ValueError, TypeError, AttributeError):
        return short_repr(value)


def _actor(signers: KnownSigners, record: Record, actor: Any) -> str:
    signer = signers.signer_status(record.check, record.signature)
    return signed_actor(actor if isinstance(actor, str) else "unknown", signer)
