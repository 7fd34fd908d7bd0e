"""Search for a version with the same facts and the same model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.payloads.artifact import StagedArtifact, is_intact
from exo_nbregistry.records.imported import record_status
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.committing import find_duplicate
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.keys import blob_key

# On a network share each record takes a while, and a cell that is run again is among the newest.
MAX_UNREAD = 200


class Duplicates:
    """Facts of the versions that this handle has seen. Threads can share it.

    Parameters
    ----------
    journal : Journal
        Journal of the registry.
    store : Store
        The store of the payloads.
    keyring : Keyring
        Checks who signed a version.
    indexed : callable
        Takes a model key and returns the digests of the facts of its indexed versions, by number.
        A match is proven by its record.
    """

    def __init__(
        self,
        journal: Journal,
        store: Store,
        keyring: Keyring,
        indexed: Callable[[str], Mapping[int, str]],
    ) -> None:
        self._journal = journal
        self._store = store
        self._keyring = keyring
        self._indexed = indexed
        self._facts: dict[str, dict[int, str | None]] = {}

    def find(
        self,
        model: str,
        numbers: list[int],
        digests: Collection[str],
        staged: StagedArtifact,
        version: int | None = None,
    ) -> str | None:
        """Return the active version with the same facts, or None. A duplicate is logged.

        If more than `MAX_UNREAD` versions were never read, the older ones are compared only if
        the same bytes are stored.

        Parameters
        ----------
        model : str
            The model key.
        numbers : list of int
            The numbers of its versions.
        digests : collection of str
            Digests of the facts, of which one must match.
        staged : StagedArtifact
            The model. Its bytes replace equal bytes that are damaged.
        version : int, optional
            If given, compare with this version only.

        Returns
        -------
        str or None
            model_id of the duplicate.
        """
        known = self._known(model)
        unread = [number for number in reversed(numbers) if number not in known]
        if len(unread) > MAX_UNREAD and self._store.info(staged.key) is None:
            # In a bucket, a later call does not read the older ones either.
            recent = set(numbers[-MAX_UNREAD:] if self._journal.reads_ahead else numbers)
            unread = [number for number in unread[:MAX_UNREAD] if number in recent]
        for number in self._journal.ahead(model, unread):
            known[number] = self._read(model, number)
        same = [number for number in numbers if known.get(number) in digests]
        same = [number for number in same if version in (None, number)]
        return find_duplicate(
            self._journal, model, digests, same, lambda record: self._is_same(record, staged)
        )

    def add(self, record: Record) -> None:
        """Add the facts of a new version.

        Parameters
        ----------
        record : Record
            Record of the version.
        """
        known = self._known(record.model)
        known[record.number] = record.content.get("facts_sha256")

    def _known(self, model: str) -> dict[int, str | None]:
        """Return the digests of the facts by number, in a bucket also those in the index."""
        if model not in self._facts:
            indexed = self._indexed(model) if self._journal.reads_ahead else {}
            self._facts[model] = dict(indexed)
        return self._facts[model]

    def _read(self, model: str, number: int) -> str | None:
        try:
            facts = self._journal.skim(model, number).content.get("facts_sha256")
        except (RecordError, IntegrityError, MissingKeyError):
            return None  # Damaged records are skipped; verify() reports them.
        return facts if isinstance(facts, str) else None

    def _is_same(self, record: Record, staged: StagedArtifact) -> bool:
        """Return whether a version with the same facts has the model, intact."""
        artifact = record.content["artifact"]
        key = blob_key(record.model, artifact["sha256"], artifact["format"])
        is_other = key != staged.key
        # The content digest of other bytes is only as trustworthy as its signer.
        if is_other and not record_status(self._keyring, record).trusted:
            return False
        if is_intact(self._store, key, artifact["sha256"], artifact["size_bytes"]):
            return True
        if not is_other:
            staged.publish()
        return not is_other
